"""Colour and safe text for a terminal; no click, because the accept path prints through it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

RED, GREEN, YELLOW, BLUE, BOLD, DIM = "31", "32", "33", "34", "1", "2"


def paint(text: str, *codes: str, colour: bool) -> str:
    """Wrap text in SGR codes, where colour is wanted."""
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if colour and text else text


def wants_colour(stream: TextIO) -> bool:
    """Say whether to colour what goes to a stream.

    ``NO_COLOR`` (any value but empty) says no and wins; ``FORCE_COLOR`` says yes; else a terminal
    gets colour, unless it is a dumb one.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def columns(stream: TextIO) -> int:
    """Return how many columns a stream's terminal has; 0 where it is none, or does not say."""
    if not stream.isatty():
        return 0
    given = os.environ.get("COLUMNS", "")
    try:
        return int(given) if given.isdigit() else os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return 0


def safe(text: str) -> str:
    """Return text in which nothing steers a terminal: control characters become escapes.

    A statement is written by strangers, and so is its file name.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
