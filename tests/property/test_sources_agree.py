"""The fast path and the strict reader never disagree, whatever the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.sources import Document, parse, parse_fast

pytest.importorskip("ryaml", reason="the fast path of YAML needs ryaml, which is not installed")

TEXT = st.text(max_size=12) | st.sampled_from(
    [
        "1.0",
        "010",
        "NO",
        "~",
        "",
        "null",
        "1e3",
        "0x1F",
        "2022-11-03",
        "a: b",
        "- x",
        "é",
        "x\ny",
        "#",
        "[",
        "& ",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXT, VALUES, max_size=5)

FRAGMENTS = st.sampled_from(
    """a: |b: |? |: |- |, |[|]|{|}|"|'|&a |*a |!t |! |!!str |<<: |--- |...|%YAML 1.2|#c| # |~|null|NULL
    |True|0o17|-0o7|010|0x1f|+0x1|0b1|0b+1|0x+1|1_0|1e3|1e999|.inf|.NaN|12|-0|.5|5.|190:20|2001-12-14
    |99999999999999999999|9007199254740993|0000-1|=|<<|>|>-|\\u0000|\\ud800|\\n|\\|x|é|\t|\r|\u2028
    |\x85|\ufeff|\0|\x07|@|`|%""".replace("\n    ", "").split("|")
) | st.sampled_from(
    ["|", "\n", "\n  ", "\n    ", "\r\n", " ", "  ", "|+\n  x\n\n", ">\n  y\n", "a: ", "b: ", "- "]
)


def agree(raw: bytes, name: str = "a.yaml") -> bool:
    """Assert the agreement; say whether the fast path was sure."""
    fast = parse_fast(raw, name)
    if fast is None:
        return False
    strict = parse(raw, name)
    assert isinstance(strict, Document), strict
    assert repr(strict.data) == repr(fast)  # which tells types, order, -0.0 and nan apart
    return True


@given(
    DOCUMENTS,
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.booleans(),
)
def test_documents_in_several_styles(
    data: Any, flow: bool | None, style: str | None, crlf: bool
) -> None:
    text = yaml.safe_dump(
        data, default_flow_style=flow, default_style=style, allow_unicode=True, sort_keys=False
    )
    agree((text.replace("\n", "\r\n") if crlf else text).encode(errors="surrogatepass"))


@given(DOCUMENTS, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json(data: Any, indent: int | str | None, ascii_only: bool) -> None:
    raw = json.dumps(data, indent=indent, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    agree(raw, "a.json")
    agree(raw)


NUMBERS = st.sampled_from(
    """0|-0|-0.0|1.0|1e400|-1e400|1e-400|1e22|9007199254740992|9007199254740993|-9007199254740993|16000000000000000000
    |99999999999999999999|12345678901234567890.0|00|01|+1|.5|5.|0x1f|NaN|Infinity|-Infinity|nul|true|1e""".replace(
        "\n    ", ""
    ).split("|")
) | st.integers(16, 5000).map(lambda digits: "9" * digits)
#: Few keys, some of them the same in another spelling.
STRINGS = st.sampled_from(
    [
        *('"a"', r'"\u0061"', '"b"', '""', '"0"', '"é"', "'a'", "a", '"a\tb"', r'"\ud83d\ude00"'),
        *(
            r'"\ud800"',
            r'"\udc00\ud800"',
            r'"\u0000"',
            r'"\u007f"',
            r'"\ufeff"',
            '"\ufeff"',
            '"\u2028"',
        ),
    ]
)
JSON = st.recursive(
    NUMBERS | STRINGS,
    lambda inner: (
        st.tuples(st.lists(inner, max_size=3), st.sampled_from(["", "", "", ","])).map(
            lambda items: f"[{','.join(items[0])}{items[1]}]"
        )
        | st.lists(st.tuples(STRINGS, inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"
        )
        | st.tuples(st.integers(25, 35), inner).map(
            lambda deep: "[" * deep[0] + deep[1] + "]" * deep[0]
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["", "\ufeff", " ", "\r\n\t"]), st.sampled_from(["", "\n", "x"]))
@example('{"b": [{"a": 1, "a": 1}]}', "", "")
@example('{"a": 1, "\\u0061": 1}', "", "")
@settings(max_examples=often(600))
def test_hostile_json(value: str, before: str, after: str) -> None:
    raw = f'{before}{{"k": {value}}}{after}'.encode()
    agree(raw, "a.json")
    agree(raw)
    agree(f"{before}{value}{after}".encode(), "a.json")


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
@example("a: ! x")
@example("010: x")
@example("a: 0xFFFFFFFFFFFFFFFFFFFF")
@example("a: 12345678901234567890123")
@example("a: -99999999999999999999999")
@settings(max_examples=often(600))
def test_fragments(text: str) -> None:
    raw = text.encode()
    agree(raw)
    agree(b"a: " + raw)
    agree(b"a:\n  b: " + raw + b"\nc: 1\n")
    agree(b"a: [" + raw + b"]\n")


@given(
    DOCUMENTS,
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=2)), min_size=1, max_size=3),
)
@settings(max_examples=often(300))
def test_mutated_bytes(data: Any, changes: list[tuple[int, bytes]]) -> None:
    raw = yaml.safe_dump(data, allow_unicode=True).encode(errors="surrogatepass")
    for at, piece in changes:
        at %= len(raw) + 1
        raw = raw[:at] + piece + raw[at + 1 :]
    agree(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'spec_version: "1.0"\ntitle: A & B * 2\nissued: "2022-11-03"\n',
        b"orcid: 0000-0002-1825-0097\nflops: 3.14e23\nx: 1e20\n",
        b"sha256: 0b4c9f2f10b1e6bd7e8f9a0b1c2d3e4f5061728394a5b6c7d8e9f00112233445\n",
        b"--- # a comment\na: {b: [1, 2.5, null, true]}\n",
        b'# h\r\na: "x\\ty"\r\nb: >-\r\n  folded\r\n  text\r\n',
        '{\n\t"a": "µ °C é"\n}'.encode(),
        b'a: "50 % & more < 3!"\nb: {c: [{d: {e: [f]}}]}\n',
        b"key with spaces: 1\n5th: x\n? z\n: -1.5\n",
    ],
)
def test_usual_documents_take_the_fast_path(raw: bytes) -> None:
    assert agree(raw)
