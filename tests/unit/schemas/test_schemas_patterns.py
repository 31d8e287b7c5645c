"""Patterns mean what ECMA-262 says, not what Python makes of them."""

from __future__ import annotations

import re

import pytest

from greenalgo.schemas.patterns import python_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^a$", "a", True),
        ("^a$", "a\n", False),  # Python's own $ would match
        ("a", "bab", True),  # a pattern is searched for, not matched from the start
        (r"^\d$", "7", True),
        (r"^\d$", "\u0667", False),  # a digit for Python, not for ECMA-262
        (r"^[\d.]+$", "1.2", True),
        (r"^\w+$", "a_1", True),
        (r"^\w+$", "é", False),
        (r"^\W$", "é", True),
        (r"^\D$", "\u0667", True),
        (r"^\S+$", "a b", False),
        (r"^\S+$", "a\ufeffb", False),  # white space for ECMA-262, not for Python
        (r"^\S+$", "a\x1fb", True),  # white space for Python, not for ECMA-262
        (r"^\s$", "\u2028", True),
        (r"^[\s-]$", "\u00a0", True),
        (r"^.$", "\u2028", False),
        (r"^.$", "\x0b", True),
        (r"^[.$^]$", "$", True),
        (r"^\.\$\/\-$", ".$/-", True),
        (r"^(?:ab)+$", "abab", True),
        (r"^(ab|c){2}$", "abc", True),
        (r"^[a[]$", "[", True),
        ("^\U0001f333{2}$", "\U0001f333\U0001f333", True),  # code points, as with the u flag
    ],
)
def test_a_pattern_matches(pattern: str, text: str, matches: bool) -> None:
    assert bool(re.search(python_pattern(pattern), text)) is matches


@pytest.mark.parametrize(
    "pattern", [r"\bword", r"(a)\1", r"(?=a)", r"(?<n>a)", r"[\S]", r"\p{L}", "\\", r"\n"]
)
def test_what_is_not_translated_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        python_pattern(pattern)
