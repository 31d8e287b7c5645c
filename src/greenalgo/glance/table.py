"""A table as bytes: find the line, parse that line only.

A set holds some fifteen thousand rows. Parsing them all to use one costs 40 ms, walking through the bytes to a
line 1 ms, and bisecting them some microseconds. This works because ``scripts/compile_factors.py`` writes one line a
row, the id first, sorted by id, and no comma, quote or line break inside an id.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Table:
    """One table of a factor set.

    Args:
        name: The table's name, such as ``carbon-intensity``.
        data: The whole file in UTF-8, with line feeds and a header line. It stays bytes: decoding it takes ten times
            as long as reading it.
    """

    __slots__ = ("data", "header", "name")

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self.header = tuple(data[: data.find(b"\n")].decode().split(","))

    def _parse(self, line: str) -> dict[str, str]:
        values = cells(line) if '"' in line else line.split(",")
        return dict(zip(self.header, values, strict=True))

    def row(self, row_id: str) -> dict[str, str] | None:
        """Return the row with this id, or None."""
        if not row_id.isascii():
            return None  # no id of a set is like that
        start = self._first_from(row_id.encode())
        if not self.data.startswith(f"{row_id},".encode(), start):
            return None
        return self._parse(self.data[start : self.data.find(b"\n", start)].decode())

    def prefixed(self, prefix: str) -> list[dict[str, str]]:
        """Return the rows whose id starts with ``prefix``, in order of id."""
        if not prefix.isascii():
            return []
        data, found, wanted = self.data, [], prefix.encode()
        start = self._first_from(wanted)
        while start < len(data) and data.startswith(wanted, start):
            end = data.find(b"\n", start)
            found.append(self._parse(data[start:end].decode()))
            start = end + 1
        return found

    def _first_from(self, wanted: bytes) -> int:
        """Return where the first line begins whose id is not less than this one, by bisection."""
        data = self.data
        low, high = data.find(b"\n") + 1, len(data)
        while low < high:
            start = data.rfind(b"\n", low - 1, (low + high) // 2) + 1
            if data[start : data.find(b",", start)] < wanted:
                low = data.find(b"\n", start) + 1
            else:
                high = start
        return low

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield every row, in order of id, as text by column."""
        lines = self.data.decode().split("\n")
        yield from map(self._parse, lines[1:-1])


def cells(line: str) -> list[str]:
    """Return the cells of one line of CSV (RFC 4180) that has quoted cells.

    The reader of the standard library would do, but loading it costs a lookup in a fresh process 2 ms.
    """
    found: list[str] = []
    start = 0
    while start <= len(line):
        if line.startswith('"', start):
            end = line.find('"', start + 1)
            while line.startswith('""', end):
                end = line.find('"', end + 2)
            found.append(line[start + 1 : end].replace('""', '"'))
            start = end + 2
        else:
            end = line.find(",", start)
            end = len(line) if end < 0 else end
            found.append(line[start:end])
            start = end + 1
    return found
