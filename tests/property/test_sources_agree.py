"""The fast path and the strict reader never disagree, whatever the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greenalgo.sources import Document, parse, parse_fast

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


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
@example("a: ! x")
@example("010: x")
@example("a: 0xFFFFFFFFFFFFFFFFFFFF")
@example("a: 12345678901234567890123")
@example("a: -99999999999999999999999")
@settings(max_examples=600)
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
@settings(max_examples=300)
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
    ],
)
def test_usual_documents_take_the_fast_path(raw: bytes) -> None:
    assert agree(raw)
