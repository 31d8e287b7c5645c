"""A code frame: the line of a finding, and a caret under its column."""

from __future__ import annotations

import re
import sys
from functools import lru_cache

from greenalgo.cli.report.style import columns, safe

#: The widest part of a line that is shown, in cells of a terminal, and the narrowest.
WIDTH = 100
_LEAST = 24
#: What stands around it: the line's number, a bar, and dots where it is cut.
_AROUND = len("12345 | ......")
#: The part of it that is shown before the column where a line is longer.
_LEAD = 0.6


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
    rows = _rows(raw)
    at_line = line - first
    if at_line >= len(rows) or not rows[at_line]:
        return []
    source, at, width = rows[at_line], column - 1, _width()
    before, after = _shown(source[max(0, at - width) : at]), _shown(source[at : at + width])
    kept = _end(before, width - min(width - int(_LEAD * width), _cells(after)))
    rest = _start(after, width - _cells(kept))
    lead = "..." if kept != before or at > width else ""
    tail = "..." if rest != after or at + width < len(source) else ""
    number = f"{line:>5}"
    return [
        f"{number} | {lead}{kept}{rest}{tail}",
        f"{' ' * len(number)} | {' ' * (len(lead) + _cells(kept))}^",
    ]


def _width() -> int:
    """Return how many cells of a line fit: a caret under a line that the terminal breaks points at nothing."""
    found = columns(sys.stdout) or columns(sys.stderr)
    return max(_LEAST, min(WIDTH, found - _AROUND)) if found else WIDTH


@lru_cache(maxsize=1)
def _rows(raw: bytes) -> list[str]:
    """Divide a text into lines, once for all findings in it."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return [row.rstrip() for row in re.split("\r\n|\r|\n", text)]


def _shown(text: str) -> str:
    return safe(text.replace("\t", " "))


def _start(text: str, cells: int) -> str:
    """Return as much of the start of a text as fits."""
    if text.isascii():
        return text[:cells]
    for at, char in enumerate(text):
        cells -= _cells(char)
        if cells < 0:
            return text[:at]
    return text


def _end(text: str, cells: int) -> str:
    """Return as much of the end of a text as fits."""
    return _start(text[::-1], cells)[::-1]


def _cells(text: str) -> int:
    """Count the cells that a terminal gives to a text."""
    if text.isascii():
        return len(text)
    import unicodedata  # only for lines that are not ASCII

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me") for char in text)
