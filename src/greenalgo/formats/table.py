"""Tables as trackers write them, and as spreadsheets and killed processes leave them."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.records import Entry, Fate
from greenalgo.formats.source import refusal
from greenalgo.sources.text import lines, position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from greenalgo.formats.records import Lack, Outcome, Source

#: What trackers and spreadsheets write where there is no value.
EMPTY = frozenset(
    ("", "-", "na", "n/a", "nan", "none", "null", "[n/a]", "[not supported]", "unknown")
)
_LONGEST_EMPTY = max(map(len, EMPTY))
_DELIMITERS = (",", ";", "\t", "|")
#: A longer cell is no value of any tracker.
_LONGEST = 1_000_000


class Row(NamedTuple):
    """A row: its cells, and the line on which it begins."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """A table with a header.

    Attributes:
        source: The file.
        delimiter: What stands between cells.
        header: The names of the columns.
        line: The line of the header, from 1.
        number_of: Name to number of the column, from 0.
        records: The rows, where the file is JSON: each record is one, its names are the columns.
    """

    source: Source
    delimiter: str
    header: tuple[str, ...]
    line: int
    number_of: dict[str, int]
    records: tuple[Row, ...] | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header that are not blank.

        Raises:
            FormatError: A quotation mark is not closed.
        """
        if self.records is not None:
            yield from self.records
            return
        reader = csv.reader(
            io.StringIO(self.source.text, newline=""), delimiter=self.delimiter, strict=True
        )
        line = 0
        try:
            for cells in reader:
                if line >= self.line and any(cells):
                    yield Row(line + 1, cells)
                line = reader.line_num
        except csv.Error as error:
            raise refusal(
                codes.ROW, f"the row cannot be divided into cells: {error}", self.source.name, (line + 1, 1),
                expected=f"{len(self.header)} cells",
                found="a cell that is too long" if "limit" in str(error) else "a quotation mark that is not closed",
                hint="look for a quotation mark that is not closed: complete the row, or delete it",
            ) from error  # fmt: skip

    def at(self, row: Row, column: str | int) -> tuple[int, int]:
        """Return line and column (in characters) of a cell; the row's beginning where it has no such cell."""
        number = self.number_of.get(column, -1) if isinstance(column, str) else column
        if self.records is not None:
            return self._of_name(self.header[number], row.line) if number >= 0 else (row.line, 1)
        text = _lines(self.source.text)[row.line - 1] if 0 <= number < len(row.cells) else ""
        return row.line, _offset(text, number, self.delimiter) + 1 if text else 1

    def named(self, column: str) -> tuple[int, int]:
        """Return line and column (in characters) of a column's name in the header."""
        if self.records is not None:
            return self._of_name(column, self.line)
        return self.line, _offset(
            _first_line(self.source), self.number_of[column], self.delimiter
        ) + 1

    def _of_name(self, name: str, line: int) -> tuple[int, int]:
        """Return line and column of a JSON name, from a line on; the line's beginning where it has no such name."""
        for number, text in enumerate(_lines(self.source.text)[line - 1 :], line):
            if (at := text.find(json.dumps(name))) >= 0:
                return number, at + 1
        return line, 1

    def entries(
        self,
        fates: Mapping[str, Outcome],
        missing: Iterable[Lack] = (),
        *,
        others: Outcome = (Fate.DROPPED, "", "a column that this greenalgo does not know"),
    ) -> list[Entry]:
        """Return what became of each column.

        Args:
            fates: What became of the columns of these names.
            missing: What the file does not say.
            others: What became of every other column.
        """
        file = self.source.name
        found = [
            Entry(name, *fates.get(name, others), file, *self.named(name))
            for name in self.header
            if name
        ]
        return found + [Entry(what, Fate.MISSING, to, note, file) for what, to, note in missing]

    def cell(self, row: Row, column: str) -> str:
        """Return the text of a cell; empty where there is no such column, or no value."""
        number = self.number_of.get(column, -1)
        text = row.cells[number].strip() if 0 <= number < len(row.cells) else ""
        return "" if len(text) <= _LONGEST_EMPTY and text.lower() in EMPTY else text

    def number(
        self, row: Row, column: str, *, most: float = 1e15, negative: bool = False
    ) -> float | None:
        """Return the number in a cell; None where there is no such column, or no value.

        Args:
            row: The row.
            column: The name of the column.
            most: The largest magnitude that can be.
            negative: A number below zero can be.

        Raises:
            FormatError: The cell holds no number, or one that cannot be.
        """
        text = self.cell(row, column)
        if not text:
            return None
        value = to_number(text, comma=self.delimiter == ";")
        if value is None or abs(value) > most or (value < 0 and not negative):
            raise refusal(
                codes.VALUE, _trouble(column, text, value), self.source.name, self.at(row, column),
                expected=_range(most, value, negative=negative), found=text,
                hint="correct it from the tool's log, or delete the row",
            )  # fmt: skip
        return value


def to_number(text: str, *, comma: bool = False) -> float | None:
    """Return a number as tools write it; None where the text is none, or none that is finite.

    Args:
        text: The text.
        comma: A comma may stand for the decimal point, as in tables that semicolons divide.
    """
    if comma and "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    # float() also reads what no tool writes: 1_000.
    return value if math.isfinite(value) and "_" not in text else None


def peek_header(source: Source) -> tuple[str, ...]:
    """Return the names of the columns if the first line were a header."""
    return _header(source)[1]


def read_table(source: Source, needed: tuple[str, ...] = ()) -> Table:
    """Return a table.

    Args:
        source: The file.
        needed: Columns that it must have.

    Raises:
        FormatError: A column is missing, or stands there twice.
    """
    delimiter, header = _header(source)
    first = _first_line(source)
    line = position(source.text, source.text.find(first))[0]
    for number, name in enumerate(header):
        if name and name in header[:number]:
            raise refusal(
                codes.HEADER, f"the column '{name}' stands there twice", source.name,
                (line, _offset(first, number, delimiter) + 1), expected="every column once", found=name,
                hint="import the file as the tool wrote it: tables that were pasted beside each other are not added up",
            )  # fmt: skip
    missing = [name for name in needed if name not in header]
    if missing:
        raise refusal(
            codes.HEADER, f"the column '{missing[0]}' is missing", source.name, (line, 1),
            expected=", ".join(needed), found=", ".join(header)[:200],
            hint="import the file as the tool wrote it, with its header",
        )  # fmt: skip
    return Table(source, delimiter, header, line, {name: i for i, name in enumerate(header)})


def _header(source: Source) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter that divides the first line into the most cells, and the cells."""
    first = _first_line(source)
    if len(first) > _LONGEST:
        return ",", ()
    best = ","
    for delimiter in _DELIMITERS:
        if first.count(delimiter) > first.count(best):
            best = delimiter
    try:
        cells = next(csv.reader([first], delimiter=best), [])
    except csv.Error:
        return best, ()
    return best, tuple(cell.strip() for cell in cells)


@lru_cache(maxsize=2)
def _lines(text: str) -> list[str]:
    """Return the lines of a file, divided once for all findings in it."""
    return lines(text)


def _first_line(source: Source) -> str:
    found = re.search(r"[^\r\n]+", source.text)
    return found[0] if found else ""


def _offset(line: str, number: int, delimiter: str) -> int:
    """Return where a cell begins in a line, in characters from 0."""
    at, quoted = 0, False
    for offset, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            number -= 1
            if number < 0:
                break
            at = offset + 1
    return at if number <= 0 else 0


def _range(most: float, value: float | None, *, negative: bool) -> str:
    if value is not None and abs(value) > most:
        return f"a number, at most {most:g}"
    return "a number" if negative else "a number, 0 or more"


def _trouble(column: str, text: str, value: float | None) -> str:
    if value is None:
        return f"'{column}' is no number"
    if value < 0:
        return f"'{column}' is negative"
    return f"'{column}' is larger than anything that can be measured: {text[:40]}"
