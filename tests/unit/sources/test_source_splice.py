"""Edits of an author's file, byte for byte."""

from __future__ import annotations

import pytest

from greenalgo.errors import InvalidStatementError
from greenalgo.sources.splice import replace_top_level

BLOCK = "results:\n  x: 1\n"
CASES = {
    "comments stay": (
        b"a: 1  # one\n# c\nresults: # old\n  z: [1,\n  2]  # in\n\n# tail\nb:   2\n",
        b"a: 1  # one\n# c\nresults:\n  x: 1\n\n# tail\nb:   2\n",
        b"a: 1  # one\n# c\n\n# tail\nb:   2\n",
    ),
    "no final line end": (b"a: 1", b"a: 1\nresults:\n  x: 1", b"a: 1"),
    "no final line end, last": (b"a: 1\nresults:", b"a: 1\nresults:\n  x: 1", b"a: 1"),
    "empty value": (
        b"results:\n# c\nb: 1\n",
        b"results:\n  x: 1\n# c\nb: 1\n",
        b"# c\nb: 1\n",
    ),
    "crlf": (b"a: 1\r\n# t\r\n", b"a: 1\r\n# t\r\nresults:\r\n  x: 1\r\n", b"a: 1\r\n# t\r\n"),
    "document end": (
        b"---\na: 1\n# t\n...\n# after\n",
        b"---\na: 1\n# t\nresults:\n  x: 1\n...\n# after\n",
        b"---\na: 1\n# t\n...\n# after\n",
    ),
    "byte order mark": (
        b"\xef\xbb\xbfa: 1\n",
        b"\xef\xbb\xbfa: 1\nresults:\n  x: 1\n",
        b"\xef\xbb\xbfa: 1\n",
    ),
    "list at the key's indentation": (
        b"results:\n- a\n# c\nq: 1\n",
        b"results:\n  x: 1\n# c\nq: 1\n",
        b"# c\nq: 1\n",
    ),
    "literal text": (
        b"results: |+\n  x\n\n\n# c\nb: 1\n",
        b"results:\n  x: 1\n\n\n# c\nb: 1\n",
        b"\n\n# c\nb: 1\n",
    ),
    "a literal text above would take the empty lines": (
        b"a: |+\n  x\nresults: 1\n\nb: 2\n",
        b"a: |+\n  x\nresults:\n  x: 1\n\nb: 2\n",
        b"a: |+\n  x\nb: 2\n",
    ),
    "a literal text at the end": (
        b"b: 1\na: |\n  x",
        b"b: 1\nresults:\n  x: 1\na: |\n  x",
        b"b: 1\na: |\n  x",
    ),
    "indented": (b"  a: 1\n  results: 3\n", b"  a: 1\n  results:\n    x: 1\n", b"  a: 1\n"),
    "json": (
        b'{\n    "a": [\n        1e3\n    ]\n}\n',
        b'{\n    "a": [\n        1e3\n    ],\n    "results": {\n        "x": 1\n    }\n}\n',
        b'{\n    "a": [\n        1e3\n    ]\n}\n',
    ),
    "json, first": (b'{"results": 1, "a": 2}', b'{"results": {"x": 1}, "a": 2}', b'{"a": 2}'),
    "json, last": (b'{"a": 2,\n "results": 1}', b'{"a": 2,\n "results": {"x": 1}}', b'{"a": 2}'),
    "json, empty": (b"{}", b'{"results": {"x": 1}}', b"{}"),
    "flow": (b"# c\n{a: 1, b}\n", b'# c\n{a: 1, b, "results": {"x": 1}}\n', b"# c\n{a: 1, b}\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_edit(case: str) -> None:
    raw, filled, removed = CASES[case]
    assert replace_top_level(raw, "results", BLOCK) == filled
    assert replace_top_level(filled, "results", BLOCK) == filled
    assert replace_top_level(raw, "results", None) == removed


def test_the_last_key_leaves_an_empty_mapping() -> None:
    assert replace_top_level(b"results: 1\n", "results", None) == b"{}\n"


def test_refuses() -> None:
    with pytest.raises(InvalidStatementError, match="GA012"):
        replace_top_level(b"a: 1\na: 2\n", "results", BLOCK)
    with pytest.raises(InvalidStatementError, match="GA007"):
        replace_top_level(b"a: 1\n", "results", "results: .inf\n")
    with pytest.raises(ValueError, match="not an entry"):
        replace_top_level(b"a: 1\n", "results", "other: 1\n")
