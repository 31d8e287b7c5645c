"""A table as bytes: find the line, parse that line only.

A set holds some fifteen thousand rows. Parsing them all to use one costs 40 ms; finding a line in the bytes
costs microseconds. This works because ``scripts/compile_factors.py`` writes one line a row, the id first,
sorted by id, and no comma, quote or line break inside an id.
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
        if not row_id or not row_id.isascii() or any(map(str.isspace, row_id)):
            return None  # no id of a set is like that, and to look for it takes a walk through the table
        start = self.data.find(f"\n{row_id},".encode())
        if start < 0:
            return None
        end = self.data.find(b"\n", start + 1)
        return self._parse(self.data[start + 1 : end].decode())

    def prefixed(self, prefix: str) -> list[dict[str, str]]:
        """Return the rows whose id starts with ``prefix``, in order of id."""
        data, found = self.data, []
        start = -1 if "\n" in prefix or not prefix.isascii() else data.find(f"\n{prefix}".encode())
        while start >= 0 and data.startswith(prefix.encode(), start + 1):
            end = data.find(b"\n", start + 1)
            found.append(self._parse(data[start + 1 : end].decode()))
            start = end
        return found

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
