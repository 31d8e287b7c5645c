"""A table as text: find the line, parse that line only.

A set holds some fifteen thousand rows. Parsing them all to use one costs 40 ms; finding a line in the text
costs microseconds. This works because ``scripts/compile_factors.py`` writes one line a row, the id first,
sorted by id, and no comma, quote or line break inside an id.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from greenalgo.factors.digest import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Table:
    """One table of a factor set.

    Args:
        name: The table's name, such as ``carbon-intensity``.
        text: The whole file, with line feeds and a header line.
    """

    __slots__ = ("header", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.header = tuple(text[: text.find("\n")].split(","))

    def _parse(self, line: str) -> dict[str, str]:
        values = next(csv.reader((line,))) if '"' in line else line.split(",")
        return dict(zip(self.header, values, strict=True))

    def row(self, row_id: str) -> dict[str, str] | None:
        """Return the row with this id, or None."""
        start = self.text.find(f"\n{row_id},")
        if start < 0 or not row_id:
            return None
        end = self.text.find("\n", start + 1)
        return self._parse(self.text[start + 1 : end])

    def prefixed(self, prefix: str) -> list[dict[str, str]]:
        """Return the rows whose id starts with ``prefix``, in order of id."""
        text, found = self.text, []
        start = text.find(f"\n{prefix}")
        while start >= 0 and text.startswith(prefix, start + 1):
            end = text.find("\n", start + 1)
            found.append(self._parse(text[start + 1 : end]))
            start = end
        return found

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield every row, in order of id, as text by column."""
        yield from csv.DictReader(self.text.splitlines())


def row_hash(row: dict[str, str]) -> str:
    """Return the SHA-256 of a row as canonical JSON: sorted keys, no spaces, UTF-8, values as written."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_of(text)


def number(text: str) -> float:
    """Read a cell as a number; an empty cell is 0."""
    return float(text) if text else 0.0


def said(row: dict[str, str], how: str) -> str:
    """Return how a row was chosen, with what must never be silent about it: grade C, a user's own file."""
    words = [how]
    if row.get("grade") == "C":
        words.append("grade C: one collection or an estimate")
    if row["status"] == "user":
        words.append("from the user's own factors")
    return "; ".join(words)
