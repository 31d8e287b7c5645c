"""What is wrong with a YAML text, in words for who wrote it: libyaml's own are for who knows its grammar."""

from __future__ import annotations

import pytest

from greenalgo.findings import Finding
from greenalgo.sources import parse

CASES: list[tuple[str, int, int, str]] = [
    ("a: 'x\n", 1, 4, "the quote that opens here is never closed"),
    ('a: "x\n\n', 1, 4, "the quote that opens here is never closed"),
    ('a: "\\q"\n', 1, 5, "a backslash in double quotes begins an escape, and this is none"),
    ('a: "\\ud800"\n', 1, 7, "this escape is not a character (half of a surrogate pair, or beyond U+10FFFF)"),
    ("a: b: c\n", 1, 5, "a second ':' on the line"),
    ("x:\n  a:1\n  b: 2\n", 3, 4, "the line above has no space after its ':', so that it is no key"),
    ("x:\n  - a:1\n    b: 2\n", 3, 6, "the line above has no space after its ':', so that it is no key"),
    ("a: x\n  b: 1\n", 2, 4, "a key cannot stand here: its indentation fits no line above"),
    ("a: 1\nb\nc: 2\n", 2, 1, "this line has no ':' after its key"),
    ("a: - x\n", 1, 4, "a list cannot begin on the line of its key"),
    ("a: {b: 1\nc: 2\n", 2, 2, "the '{' at 1:4 is not closed before this"),
    ("a: [1, 2\nb: 3\n", 2, 2, "the '[' at 1:4 is not closed before this"),
    ("a: [,]\n", 1, 5, "a value is missing here"),
    ("a: @x\n", 1, 4, "a value cannot begin with '@'"),
    ("a: &\n", 1, 4, "a value cannot begin with '&'"),
    ("a: *\n", 1, 4, "a value cannot begin with '*'"),
    ("a: !<\n", 1, 4, "a tag ('!...') is not read"),
    ("a: 'x' y\n", 1, 8, "text follows a closing quote"),
    ("a: [1] y\n", 1, 8, "text follows a closing bracket"),
    ("a: 1\n : x\n", 2, 2, "a key is missing before the ':'"),
    ("a:\n    b: 1\n  c: 2\n", 3, 3, "this does not continue the mapping that begins on line 1"),
    ("a:\n  - b: 1\n   c: 2\n", 3, 4, "this does not continue the list that begins on line 2"),
    ("a: | x\n  y\n", 1, 6, "after '|' or '>' nothing can follow on the line"),
    ("a: 1\n...\nb: 2\n", 3, 1, "the document has ended before this"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "words"), CASES, ids=[c[0] for c in CASES])
def test_it_is_said_in_words(text: str, line: int, column: int, words: str) -> None:
    found = parse(text.encode(), "a.yaml")
    assert isinstance(found, Finding)
    assert (found.line, found.column, found.message) == (line, column, words)
