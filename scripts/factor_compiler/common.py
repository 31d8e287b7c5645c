"""What every table's compiler uses: reading, refusing, writing."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CURATED = Path(__file__).parent / "curated"
Row = dict[str, str]

#: SPDX expressions that a row of the core set may carry. Nothing share-alike, non-commercial or copyleft.
LICENCES = frozenset(
    (
        "CC-BY-4.0", "CC0-1.0", "MIT", "Apache-2.0", "BSD-3-Clause", "OGL-UK-3.0", "OGL-Canada-2.0",
        "LicenseRef-US-Public-Domain", "LicenseRef-Government-Notice", "LicenseRef-GODL-India",
    )
)  # fmt: skip


class CompileError(Exception):
    """The tables are not fit for release; the message says which row and why."""


def read_csv(path: Path, *, encoding: str = "utf-8") -> list[Row]:
    """Read a CSV file with a header; lines that start with ``#`` before it are skipped."""
    with path.open(encoding=encoding, newline="") as handle:
        return list(csv.DictReader(handle))


def curated(name: str) -> list[Row]:
    """Read a curated table of this directory."""
    return read_csv(CURATED / f"{name}.csv")


class Upstream:
    """The directory of upstream files; each is read only where its checksum is the recorded one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.known = {row["file"]: row for row in curated("upstream")}

    def path(self, name: str) -> Path:
        """Return the path of an upstream file, after checking its SHA-256."""
        if name not in self.known:
            raise CompileError(f"{name}: not listed in curated/upstream.csv")
        path = self.directory / name
        if not path.is_file():
            raise CompileError(f"{name}: missing; get it from {self.known[name]['url']}")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != self.known[name]["sha256"]:
            raise CompileError(
                f"{name}: SHA-256 is {found}; curated/upstream.csv has {self.known[name]['sha256']}. "
                "Where the new download is meant, record its hash, date and vintage there"
            )
        return path

    def csv(self, name: str, *, encoding: str = "utf-8") -> list[Row]:
        """Read an upstream CSV file."""
        return read_csv(self.path(name), encoding=encoding)


def figure(value: float, digits: int = 6) -> str:
    """Write a number with at most ``digits`` significant digits and no trailing zeros."""
    text = f"{value:.{digits}g}"
    return f"{float(text):.12g}"


def write_csv(rows: Iterable[Row], columns: tuple[str, ...]) -> str:
    """Return rows as CSV text, sorted by id; one line a row.

    Raises:
        CompileError: An id is used twice or holds a character that a lookup cannot find, or a cell has a line
            break.
    """
    ordered = sorted(rows, key=lambda row: row["id"])
    seen: set[str] = set()
    for row in ordered:
        row_id = row["id"]
        if row_id in seen:
            raise CompileError(f"{row_id}: the id is used twice")
        if not row_id or not row_id.isascii() or any(char in row_id for char in ',"\n\t '):
            raise CompileError(f"{row_id!r}: not an id")
        if any("\n" in cell or "\r" in cell for cell in row.values()):
            raise CompileError(f"{row_id}: a cell has a line break")
        seen.add(row_id)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows(ordered)
    return buffer.getvalue()


def check_range(row: Row, low: float, high: float, *columns: str) -> None:
    """Refuse a row whose numbers leave ``low`` to ``high``, or whose interval excludes its value.

    Raises:
        CompileError: Says which.
    """
    names = columns or ("value", "lower", "upper")
    value, lower, upper = (float(row[name]) for name in names)
    if not low <= value <= high:
        raise CompileError(f"{row['id']}: {value} is outside {low} to {high}; is the unit right?")
    if not lower <= value <= upper:
        raise CompileError(f"{row['id']}: the interval {lower} to {upper} excludes {value}")


def check_provenance(rows: Iterable[Row], sources: set[str]) -> None:
    """Refuse a row without a known source or with a licence that is not on the list.

    Raises:
        CompileError: Says which.
    """
    for row in rows:
        if row["source"] not in sources:
            raise CompileError(f"{row['id']}: source '{row['source']}' is not in sources.csv")
        if row["licence"] not in LICENCES:
            raise CompileError(f"{row['id']}: licence '{row['licence']}' is not on the list")
