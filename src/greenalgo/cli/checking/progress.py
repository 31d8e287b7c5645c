"""How far a long check has come: a line on a terminal, and words for an interruption."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from greenalgo.cli.report.records import plural
from greenalgo.cli.report.style import safe

if TYPE_CHECKING:
    from typing import TextIO

    from greenalgo.cli.report.records import Checked

#: Fewer files are done before anybody has read the line.
LEAST = 100
#: Names of invalid files that are listed after an interruption.
LISTED = 20
_EVERY = 0.1
_CELLS = 24


class Progress:
    """Counts files, and shows the count where somebody watches.

    Args:
        total: How many files and lines there are.
        stream: Where the line is shown, if it is a terminal.
        noun: What is counted.
    """

    def __init__(self, total: int, stream: TextIO, noun: str = "file") -> None:
        self.total = total
        self.done = 0
        self.invalid = 0
        self._noun = noun
        self._names: list[str] = []
        self._stream = stream
        self._watched = total >= LEAST and stream.isatty() and os.environ.get("TERM") != "dumb"
        self._next = 0.0
        self._shown = False

    def count(self, item: Checked | None) -> None:
        """Count a file; None is one that need not be a statement."""
        self.done += 1
        if item is not None and not item.report.valid:
            self.invalid += 1
            if len(self._names) < LISTED:
                self._names.append(item.report.file)
        if self._watched and time.monotonic() >= self._next:
            self._show()

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def words(self) -> str:
        """Return how far it came: ``12 of 400 files were checked``."""
        verb = "was" if self.total == 1 else "were"
        return f"{self.done:,} of {self.total:,} {plural(self.total, self._noun).split(' ')[1]} {verb} checked"

    def farewell(self) -> str:
        """Return what an interrupted check has found so far, as lines."""
        lines = [f"Interrupted: {self.words()}, {self.invalid:,} invalid so far"]
        lines[0] += ":" if self._names else "."
        lines += [f"  {safe(name)}" for name in self._names]
        if self.invalid > len(self._names):
            lines.append(f"  and {self.invalid - len(self._names):,} more")
        return "\n".join(lines) + "\n"

    def _show(self) -> None:
        full = _CELLS * self.done // self.total
        bar = "#" * full + "-" * (_CELLS - full)
        invalid = f", {self.invalid:,} invalid" if self.invalid else ""
        self._stream.write(f"\r\x1b[K[{bar}] {self.done:,} of {self.total:,}{invalid}")
        self._stream.flush()
        self._shown = True
        self._next = time.monotonic() + _EVERY
