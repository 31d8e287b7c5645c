"""What is not a document: one finding each, at its place."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
import yaml
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.findings import Finding, Severity
from greenalgo.sources import LIMIT, Document, codes, parse, parse_fast
from greenalgo.sources.document import ReadError
from greenalgo.sources.yaml_reader import compose

DEEP = "a: " + "[" * 31 + "]" * 31
CASES: list[tuple[bytes, str, int, int]] = [
    (b"", "GA009", 1, 1),
    (b" \n\n", "GA009", 1, 1),
    (b"# only\n# comments\n", "GA009", 1, 1),
    (b"---\n...\n", "GA009", 2, 1),
    (b"- a\n- b\n", "GA020", 1, 1),
    (b"[1]", "GA020", 1, 1),
    (b"just a text\n", "GA020", 1, 1),
    (b"a:1\nb: 2\n", "GA020", 1, 1),
    (b"a: 1\n---\nb: 2\n", "GA016", 2, 1),
    (b"%YAML 1.2\n---\na: 1\n", "GA017", 1, 1),
    (b"# c\n\n%TAG ! x\n---\na: 1\n", "GA017", 3, 1),
    (b"%FOO\n---\na: 1\n", "GA017", 1, 1),
    (b"1: x\n", "GA018", 1, 1),
    (b"null: x\n", "GA018", 1, 1),
    (b"a:\n  true: x\n", "GA018", 2, 3),
    (b"1e999: x\n", "GA018", 1, 1),
    (b"99999999999999999999: x\n", "GA018", 1, 1),
    (b"? [a]\n: x\n", "GA018", 1, 3),
    (b"? {a: 1}\n: x\n", "GA018", 1, 3),
    (b"a:\n\tb: 1\n", "GA019", 2, 1),
    (b"a:\n  b: 1\n  \tc: 1\n", "GA019", 3, 3),
    (b"a: 1\nb: 2\na: 3\n", "GA012", 3, 1),
    (b"a: 1\n'a': 3\n", "GA012", 2, 1),
    (b"x: &a 1\n", "GA013", 1, 4),
    (b"x: *a\n", "GA013", 1, 4),
    (b"&a x: 1\n", "GA013", 1, 1),
    (b"x: !!int 1\n", "GA014", 1, 4),
    (b"!!map {a: 1}\n", "GA014", 1, 1),
    (b"b:\n  <<: {a: 1}\n", "GA015", 2, 3),
    ("µ: 'x'\né: [\n".encode(), "GA010", 3, 1),
    ("é: µ: x\n".encode(), "GA010", 1, 5),
    (b"title: it's \"x\n: y\n", "GA010", 2, 1),
    (b"a: 'x\nb: 1\n", "GA010", 1, 4),
    (b"a: {b: 1\nc: 2\n", "GA010", 2, 2),
    (b"a: \xff\n", "GA005", 1, 4),
    (b"\xc3\xa9: \xc3\n", "GA005", 1, 4),
    (b"\xff\xfea\0:\0", "GA005", 1, 1),
    (b"\0a\0:\0 ", "GA005", 1, 1),
    (b"a: 1\nb: \0\n", "GA004", 2, 4),
    (b"\xef\xbb\xbfb: \0\n", "GA004", 1, 4),
    (b"\x1f\x8b\x08\0", "GA004", 1, 1),
    (b"%PDF-1.7\n", "GA004", 1, 1),
    (b"a: x\x07\n", "GA006", 1, 5),
    (b"a: x\x7f\n", "GA006", 1, 5),
    ("a: x\u2028y\n".encode(), "GA006", 1, 5),
    ("a: x\x85y\n".encode(), "GA006", 1, 5),
    ("a: x\ufeffy\n".encode(), "GA006", 1, 5),
    (b"a: " + b"x" * LIMIT, "GA003", 1, 1),
    (b"a: " + b"[" * 32 + b"]" * 32, "GA021", 1, 35),
    (b"".join(b" " * i + b"a:\n" for i in range(33)), "GA021", 33, 33),
    (b'{"a": 1,}', "GA011", 1, 8),
    (b'{"a": 1 "b": 2}', "GA011", 1, 9),
    (b'{"a": 1', "GA011", 1, 8),
    (b'{"a"', "GA011", 1, 5),
    (b'{"a": ', "GA011", 1, 7),
    (b"{a: 1}", "GA011", 1, 2),
    (b'{"a": True}', "GA011", 1, 7),
    (b'{"a": 01}', "GA011", 1, 7),
    (b'{"a": "x\ny"}', "GA011", 1, 7),
    (b'{"a": "\\q"}', "GA011", 1, 8),
    (b'{"a": "\\u12"}', "GA011", 1, 8),
    (b'{"a": 1} x', "GA011", 1, 10),
    (b'{\r\n\t"\xc3\xa9": 1,\r\n\t"b": // c\r\n}', "GA011", 3, 7),
    (b'{"a": [1, NaN]}', "GA007", 1, 11),
    (b'{"a": -Infinity}', "GA007", 1, 7),
    (b'{"a": 1e999}', "GA007", 1, 7),
    (b'{"a": 9007199254740993}', "GA008", 1, 7),
    (b'{"a": 1000000000000000000000}', "GA008", 1, 7),
    (b'{"a": ' + b"9" * 5000 + b"}", "GA008", 1, 7),
    (b'{"a": "\\u0000"}', "GA006", 1, 7),
    (b'{"a": "\\ud800"}', "GA006", 1, 7),
    (b'{"a": "\\ud800\\u0041"}', "GA006", 1, 7),
    (b'{"a": 1,\n "a": 2}', "GA012", 2, 2),
    (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "GA021", 1, 37),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"), CASES, ids=[repr(c[0][:24]) for c in CASES]
)
def test_refused(raw: bytes, code: str, line: int, column: int) -> None:
    finding = parse(raw, "-")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.line, finding.column) == (code, line, column)
    assert finding.file == "-"
    assert finding.severity is Severity.ERROR
    assert finding.message
    assert finding.expected
    assert finding.found
    assert finding.hint
    assert len(finding.message) < 160
    assert parse_fast(raw) is None


def test_every_code_of_a_text_has_a_case() -> None:
    covered = {code for _, code, _, _ in CASES}
    assert covered | codes.UNREADABLE_CODES == set(codes.TITLES)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfa: 1\n",
        b"--- # c\na: 1\n",
        b"a: 1\n...\n",
        b"a: 1\n# c",
        DEEP.encode(),
        b"? a\n: 1\n",
        b'"a": 1',
    ],
)
def test_accepted(raw: bytes) -> None:
    document = parse(raw, "a.yaml")
    assert isinstance(document, Document)
    assert parse_fast(raw) in (None, document.data)


def test_the_name_chooses_json() -> None:
    finding = parse(b"a: 1\n", "x.JSON")
    assert isinstance(finding, Finding)
    assert finding.code == codes.NOT_A_MAPPING
    assert parse_fast(b"a: 1\n", "x.JSON") is None
    surrogates = parse(b'{"a": "\\ud83d\\ude00\\/"}', "a.yaml")
    assert isinstance(surrogates, Document)
    assert surrogates.data == {"a": "\U0001f600/"}


def test_pointers_of_findings() -> None:
    finding = parse(b"runs:\n  - id: x\n    a/b: [1, .inf]\n", "")
    assert isinstance(finding, Finding)
    assert finding.pointer == "/runs/0/a~1b/1"
    finding = parse(b'{"runs": [{"id": 1, "id": 2}]}', "")
    assert isinstance(finding, Finding)
    assert finding.pointer == "/runs/0/id"


@given(
    st.dictionaries(
        st.text("ab:#- \n'", max_size=5),
        st.none() | st.text("ab1.:#- \n'\"", max_size=9),
        max_size=4,
    )
)
def test_the_pure_parser_agrees(data: dict[str, Any]) -> None:
    text = yaml.safe_dump({"k": [data]}, allow_unicode=True)
    assert compose(text, yaml.SafeLoader) == compose(text, yaml.CSafeLoader)


@pytest.mark.parametrize(
    "text",
    ["a: b: c\n", "a: 'x\n", "a: [1\nb: 2\n", "a: @x\n", "a:\n\tb: 1\n", "a: * b\n", "a: ]\n"],
)
def test_the_pure_parser_is_explained_too(text: str) -> None:
    found = []
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        with pytest.raises(ReadError) as raised:
            compose(text, loader)
        found.append((raised.value.finding.code, raised.value.finding.message))
    assert found[0] == found[1]


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize("escape", ["\\Uffffffff", "\\U00110000", "\\ud800"])
def test_escapes_that_are_no_characters(loader: Any, escape: str) -> None:
    with pytest.raises(ReadError) as raised:
        compose(f'a: 1\nb: "{escape}"\n', loader)
    assert raised.value.finding.code == codes.CHARACTER
    assert raised.value.finding.line == 2


@pytest.mark.parametrize("number", [1.6e19, 3.14e20, 2.0**53 + 2, -1.2345678901234567e20, 9.99e20])
def test_a_double_as_rfc_8785_writes_it(number: float) -> None:
    text = rfc8785.dumps({"a": number})
    assert b"." not in text
    assert b"e" not in text
    document = parse(text, "a.json")
    assert isinstance(document, Document)
    assert document.data == {"a": number}
    assert type(document.data["a"]) is float
    assert rfc8785.dumps(document.data) == text
