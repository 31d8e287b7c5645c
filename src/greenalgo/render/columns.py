"""Columns of text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


#: The widest text that is wrapped, as click's help is.
WIDTH = 80


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines: the first column to the left, the others to the right, indented by two.

    Args:
        rows: The cells of each row, of one number.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *rest in rows:
        padded = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append(f"  {'  '.join([name.ljust(widths[0]), *padded])}".rstrip())
    return lines


def wrapped(line: str, width: int = WIDTH) -> str:
    """Break a line between words; what follows is indented by two more than it is.

    Args:
        line: The line, with its own indent.
        width: Cells of the terminal.
    """
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, width, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False
    )


def plain(text: str) -> str:
    """Return a rendered number with ordinary spaces: a terminal may lack thin ones."""
    return text.replace("\u2009", " ")
