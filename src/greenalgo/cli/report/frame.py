"""A code frame: the line of a finding, and a caret under its column."""

from __future__ import annotations

import re

from greenalgo.cli.report.style import safe

#: The widest part of a line that is shown, in characters.
WIDTH = 100
#: What is shown before the column where a line is longer.
_LEAD = 60


def frame(raw: bytes, line: int, column: int, first: int = 1) -> list[str]:
    """Return the two lines of a code frame; none where the place is not in the text.

    Args:
        raw: The file's bytes.
        line: Line, from 1.
        column: Column in characters, from 1.
        first: The number of the first line of ``raw``.
    """
    if line < first or column < 1 or not raw:
        return []
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = re.split("\r\n|\r|\n", text)
    at_line = line - first
    if at_line >= len(lines) or not lines[at_line].strip():
        return []
    source, at = lines[at_line].rstrip(), column - 1
    start = 0
    if len(source) > WIDTH:
        start = max(0, min(at - _LEAD, len(source) - WIDTH))
    before = _shown(source[start:at])
    shown = before + _shown(source[at : start + WIDTH])
    lead, tail = "..." if start else "", "..." if start + WIDTH < len(source) else ""
    number = f"{line:>5}"
    return [
        f"{number} | {lead}{shown}{tail}",
        f"{' ' * len(number)} | {' ' * (len(lead) + _cells(before))}^",
    ]


def _shown(text: str) -> str:
    return safe(text.replace("\t", " "))


def _cells(text: str) -> int:
    """Count the cells that a terminal gives to a text."""
    if text.isascii():
        return len(text)
    import unicodedata  # only for lines that are not ASCII

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)
