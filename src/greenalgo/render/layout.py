"""Fit a table into a width without a package: break long cells, then leave columns out, in that order.

A bare ``tabular`` with ``l`` and ``r`` columns never breaks a line, so a long name means an overfull box.
Here names break between words into extra lines of the row; widths are estimated from the metrics of
Computer Modern, which is wider than the Times and Libertine faces of most venues.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import RenderError
from greenalgo.render.escape import clean
from greenalgo.render.types import Name, Number, Raw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Printable things of a cell, a line each.
Lines = tuple[str, ...]

# Widths of cmr10 in em (1 em = 10 pt): the font's tfm file, rounded up to hundredths.
_GROUPS: Mapping[float, str] = {
    0.28: "ijl.,:;!'`| \u00a0[]I", 0.34: "f-()ı", 0.4: "rst", 0.17: "\u2009", 0.46: "cez", 0.51: "agoq0123456789/–_?",
    0.56: "bdhknpuvxySJ", 0.63: "LFEPw", 0.73: "ABCTUVXYZRDNHKOQ", 0.84: "m&+=<>×%#", 1.03: "MWG@…—",
}  # fmt: skip
_WIDTHS: Mapping[str, float] = {char: size for size, chars in _GROUPS.items() for char in chars}
_OTHER = 0.8
#: ``\\tabcolsep`` is 6 pt on each side of a column; the outer two are taken away with ``@{}``.
_GAP = 1.2
#: How much a column gives way at a time, and the longest word that is kept whole, in em.
_STEP = 0.25
_WORD = 9.0
#: Heights in em: a line, the space between loose rows, the rules, and what a page has for a table below its
#: caption (the smallest of the venues: an article in 12 pt).
LINE, _SPACE, _RULES, PAGE = 1.2, 0.5, 2.0, 40.0
#: Type sizes that a table may take, and the most that they are of the text's in any class.
_SIZES = (("", 1.0), ("small", 0.92), ("footnotesize", 0.84))


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        key: Its name for ``--columns``.
        header: The lines of its head.
        align: ``l`` or ``r``.
        rank: Columns with a high rank are left out first; 0 stays.
        shortest: The least width in em that its text may be broken to; 0 for digits, never broken.
    """

    key: str
    header: Lines
    align: str = "r"
    rank: int = 0
    shortest: float = 0.0

    @property
    def title(self) -> str:
        """The head on one line, for formats that break lines by themselves."""
        return " ".join(self.header).replace("- ", "-")


class Block(NamedTuple):
    """A row, as the lines that it takes.

    Attributes:
        kind: ``body``, ``group`` (a heading inside the table) or ``total`` (a rule goes before it).
        lines: Each a cell for every column.
    """

    kind: str
    lines: tuple[Lines, ...]

    @property
    def joined(self) -> tuple[Lines, ...]:
        """The cells with their lines, for formats whose cells break by themselves."""
        count = len(self.lines[0]) if self.lines else 0
        return tuple(tuple(line[at] for line in self.lines if line[at]) for at in range(count))


class Table(NamedTuple):
    """A table that fits, for any output format.

    Attributes:
        columns: The columns that are shown.
        header: The lines of the head, each a cell for every column.
        blocks: The rows.
        notes: Sentences for below the table.
        dropped: Keys of the columns that did not fit.
        size: LaTeX's name of the type size that it needs (``small``); empty for the size of the text.
        setup: LaTeX that goes before it, for what a class sets otherwise than others; mostly empty.
        page: What a page has for it below its caption, in em of the text.
    """

    columns: tuple[Column, ...]
    header: tuple[Lines, ...]
    blocks: tuple[Block, ...]
    notes: tuple[tuple[str, ...], ...] = ()
    dropped: tuple[str, ...] = ()
    size: str = ""
    setup: str = ""
    page: float = PAGE

    @property
    def loose(self) -> bool:
        """Most rows take more than one line, so rows need a space between them."""
        return sum(len(block.lines) > 1 for block in self.blocks) * 2 > len(self.blocks)

    @property
    def width(self) -> float:
        """About how wide it is, in em of its type."""
        every = (*self.header, *(line for block in self.blocks for line in block.lines))
        return sum(max(map(text_width, cells)) + _GAP for cells in zip(*every, strict=True)) - _GAP

    @property
    def height(self) -> float:
        """About how high it is without its notes, in em of the text."""
        return _RULES + self._line * len(self.header) + sum(map(self._block_height, self.blocks))

    @property
    def parts(self) -> tuple[Table, ...]:
        """The tables that it is divided into where it is longer than a page, about as long as each other.

        A row stays in one piece.
        """
        room = self.page - _RULES - self._line * len(self.header)
        parts = self._divided(room)
        count = len(parts)
        while (
            count > 1 and (room := room - LINE) > 0 and len(lower := self._divided(room)) == count
        ):
            parts = lower
        return tuple(self._replace(blocks=tuple(part)) for part in parts)

    def _divided(self, room: float) -> list[list[Block]]:
        """Fill parts with rows up to a height, in order."""
        parts: list[list[Block]] = [[]]
        left = room
        for block in self.blocks:
            size = self._block_height(block)
            if size > left and parts[-1]:
                parts.append([])
                left = room
            parts[-1].append(block)
            left -= size
        return parts

    @property
    def _line(self) -> float:
        return LINE * dict(_SIZES)[self.size]

    def _block_height(self, block: Block) -> float:
        return self._line * len(block.lines) + _SPACE * self.loose

    @property
    def opening(self) -> Raw:
        """Start of the group that holds setup and type size, to which columns come closer; empty without them."""
        share = dict(_SIZES)[self.size]
        size = rf"\tabcolsep={share}\tabcolsep\{self.size} " if self.size else ""
        return Raw(f"{{{self.setup}{size}" if self.setup or size else "")

    @property
    def closing(self) -> Raw:
        """End of that group."""
        return Raw("}" if self.setup or self.size else "")

    @property
    def spec(self) -> Raw:
        """The column specification of a ``tabular``: ``@{}lrr@{}``."""
        return Raw(f"@{{}}{''.join(column.align for column in self.columns)}@{{}}")


class Row(NamedTuple):
    """A row before it is broken: a cell for every column, each a tuple of lines."""

    cells: tuple[Lines, ...]
    kind: str = "body"


def text_width(text: str) -> float:
    """Estimate the width of a string in em of its font."""
    return fsum(_WIDTHS.get(char, _OTHER) for char in text)


def fit(
    columns: Sequence[Column],
    rows: Sequence[Row],
    width: float,
    *,
    fixed: bool = False,
    keep: bool = False,
) -> Table:
    """Lay a table out in a width: as it is, then without columns, then in smaller type.

    Args:
        columns: All columns that were asked for.
        rows: Rows with a cell for each of them.
        width: Room in em.
        fixed: The author named the columns: none may be left out.
        keep: Take smaller type before columns are left out.

    Returns:
        The table; which columns were left out is in its ``dropped``.

    Raises:
        RenderError: It does not fit in the smallest type.
    """
    tries = [(size, fixed) for size in _SIZES]
    if keep and not fixed:
        tries = [*((size, True) for size in _SIZES), *tries]
    sizes = [_size(column, at, rows) for at, column in enumerate(columns)]
    for (size, share), whole in tries:
        found = _choose(columns, sizes, width / share, fixed=whole)
        if found is not None:
            shown, widths = found
            dropped = tuple(
                column.key
                for at, column in sorted(enumerate(columns), key=lambda pair: -pair[1].rank)
                if at not in shown
            )
            kept = [Row(tuple(row.cells[at] for at in shown), row.kind) for row in rows]
            table = _broken([columns[at] for at in shown], kept, widths)
            return table._replace(size=size, dropped=dropped)
    least = {
        column.key: sizes[at][1] for at, column in enumerate(columns) if fixed or not column.rank
    }
    needed = sum(least.values()) + _GAP * (len(least) - 1)
    raise RenderError(
        f"the columns {', '.join(least)} need {needed:.0f} em, "
        f"but there are {width:.0f}, or {width / _SIZES[-1][1]:.0f} in the smallest type",
        hint="name fewer --columns, or use --width page or --layout record",
    )


def _choose(
    columns: Sequence[Column], sizes: Sequence[tuple[float, float]], width: float, *, fixed: bool
) -> tuple[list[int], list[float]] | None:
    """Return which columns are shown and how wide; None if they do not fit in one size of type."""
    shown = list(range(len(columns)))
    while True:
        widths = _widths([sizes[at] for at in shown], width)
        if widths is not None:
            break
        weakest = max(shown, key=lambda at: columns[at].rank)
        if fixed or not columns[weakest].rank:
            return None
        shown.remove(weakest)
    # A narrow column may have gone before a wide one that did not fit anyway.
    for at in sorted(set(range(len(columns))).difference(shown), key=lambda at: columns[at].rank):
        more = sorted([*shown, at])
        room = _widths([sizes[column] for column in more], width)
        if room is not None:
            shown, widths = more, room
    return shown, widths


def _widths(sizes: Sequence[tuple[float, float]], width: float) -> list[float] | None:
    """Return a width for each column, or None if the table cannot be made to fit.

    Args:
        sizes: Natural and least width of each.
        width: Room in em.
    """
    widths = [natural for natural, _ in sizes]
    # The estimate is of the font, not of its kerns: keep one part in fifty back.
    room = width * 0.98 - _GAP * (len(sizes) - 1)
    while sum(widths) > room:
        loose = [at for at in range(len(sizes)) if widths[at] > sizes[at][1]]
        if not loose:
            return None
        widest = max(loose, key=lambda at: widths[at])
        widths[widest] = max(sizes[widest][1], widths[widest] - _STEP)
    return widths


def _size(column: Column, at: int, rows: Sequence[Row]) -> tuple[float, float]:
    """Return the natural width of a column and the least that its cells can be broken to."""
    head = max((text_width(line) for line in column.header), default=0.0)
    cells = list(dict.fromkeys(line for row in rows for line in row.cells[at]))
    natural = max([head, *map(text_width, cells)])
    if not column.shortest:
        return natural, natural
    digits = max((text_width(line) for line in cells if isinstance(line, Number)), default=0.0)
    words = {word for line in cells if not isinstance(line, Number) for word in line.split(" ")}
    longest = max((size for size in map(text_width, words) if size <= _WORD), default=0.0)
    return natural, min(natural, max(head, column.shortest, digits, longest))


def _broken(
    columns: Sequence[Column],
    rows: Sequence[Row],
    widths: Sequence[float],
) -> Table:
    depth = max((len(column.header) for column in columns), default=0)
    # Heads stand on the bottom line, so that names and units line up.
    heads = [("",) * (depth - len(column.header)) + column.header for column in columns]
    header = tuple(tuple(head[line] for head in heads) for line in range(depth))
    blocks = []
    for row in rows:
        cells = [
            tuple(piece for line in cell for piece in wrap(line, size)) if column.shortest else cell
            for column, cell, size in zip(columns, row.cells, widths, strict=True)
        ]
        lines = max((len(cell) for cell in cells), default=1)
        padded = [cell + ("",) * (lines - len(cell)) for cell in cells]
        blocks.append(
            Block(row.kind, tuple(tuple(cell[line] for cell in padded) for line in range(lines)))
        )
    return Table(tuple(columns), header, tuple(blocks))


def text_columns(table: Table) -> tuple[Raw, ...]:
    """Write a table as lines of plain text, columns aligned, rules as dashes."""
    every = [*table.header, *(line for block in table.blocks for line in block.lines)]
    widths = [max(len(clean(line[at])) for line in every) for at in range(len(table.columns))]

    def line(cells: Lines) -> Raw:
        return Raw(
            "  ".join(
                clean(cell).rjust(width) if column.align == "r" else clean(cell).ljust(width)
                for cell, width, column in zip(cells, widths, table.columns, strict=True)
            ).rstrip()
        )

    rule = Raw("-" * (sum(widths) + 2 * (len(widths) - 1)))
    shown = [*map(line, table.header), rule]
    for block in table.blocks:
        shown += [rule] if block.kind == "total" else []
        shown += map(line, block.lines)
    return tuple(shown)


def wrap(text: str, width: float) -> Lines:
    """Break a string between words (and inside a word that is wider than the whole width).

    A name with LaTeX markup in its ``latex_label`` stays in one piece: greenalgo cannot measure it.
    """
    if isinstance(text, Number) or text_width(text) <= width:
        return (text,)
    if isinstance(text, Name) and "\\" in text.latex:
        return (text,)
    source = text.latex if isinstance(text, Name) and text.latex else text
    pieces: list[str] = []
    line = ""
    for word in source.split(" "):
        for part in _chopped(word, width):
            joined = f"{line} {part}" if line and part is not None else part
            if line and text_width(joined) > width:
                pieces.append(line)
                line = part
            else:
                line = joined
    pieces.append(line)
    pointer = text.pointer if isinstance(text, Name) else ""
    return tuple(Name(piece, pointer=pointer) for piece in pieces)


def _chopped(word: str, width: float) -> list[str]:
    """Cut a word that is wider than a line, after a hyphen or a slash where one is near the end."""
    parts = []
    while text_width(word) > width and len(word) > 1:
        end = 1
        while end < len(word) and text_width(word[: end + 1]) <= width:
            end += 1
        near = max(word.rfind(mark, end // 2, end) for mark in "-_/.:")
        cut = near + 1 if near > 0 else end
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word]
