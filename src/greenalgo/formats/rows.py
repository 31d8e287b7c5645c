"""Rows that fit their header, each once; the last one may have been cut when the tool was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.formats import codes
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.sums import sum_of_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenalgo.findings import Finding
    from greenalgo.formats.table import Row, Table


def whole_rows(
    table: Table,
    tool: str,
    findings: list[Finding],
    mend: Callable[[Table, Row], Row | None] | None = None,
    *,
    told: bool = True,
) -> list[Row]:
    """Return the rows of a table, each as long as its header.

    Args:
        table: The table.
        tool: What wrote it, for messages.
        findings: What is left out or mended is added to these.
        mend: Puts the cells of a row back that a known bug displaced; None where it cannot.
        told: What is mended is told.

    Raises:
        FormatError: A row other than the last has more or fewer cells than the header.
    """
    rows, wanted = list(table.rows()), len(table.header)
    whole = []
    for number, row in enumerate(rows):
        said = {"expected": f"{wanted} cells", "found": f"{len(row.cells)} cells"}
        at = (row.line, 1)
        if len(row.cells) == wanted:
            whole.append(row)
        elif mend and (mended := mend(table, row)):
            whole.append(mended)
            if told:
                findings.append(
                    warn(
                        codes.MENDED, f"the row has {len(row.cells)} cells: {tool} displaced them, and they were put "
                        "back", table.source.name, at, hint="look at the run; newer versions write the row right",
                        **said,
                    )
                )  # fmt: skip
        elif number == len(rows) - 1 and len(row.cells) < wanted:
            findings.append(
                warn(
                    codes.LEFT_OUT, f"the last row was cut, and is left out: {tool} was stopped while it wrote it",
                    table.source.name, at, hint="complete the row from the log, if its run counts", **said,
                )
            )  # fmt: skip
        else:
            raise refusal(
                codes.ROW, f"the row has {len(row.cells)} cells, the header {wanted}", table.source.name, at,
                hint=f"another version of {tool} appended it, or it was cut: complete the row, or delete it", **said,
            )  # fmt: skip
    return whole


def added_up(
    table: Table,
    rows: Sequence[Row],
    columns: Sequence[str],
    findings: list[Finding],
    *,
    most: float = 1e15,
) -> float | None:
    """Add up the cells of one run.

    Args:
        table: The table.
        rows: The rows of the run.
        columns: The columns that are added.
        findings: A sum that is left out is told among these.
        most: The largest number that a cell can hold.

    Returns:
        The sum; 0 where no cell holds a number, None where only some do: a sum of some is none of all.

    Raises:
        FormatError: A cell holds no number, or one that cannot be.
    """
    cells = [(row, column) for row in rows for column in columns]
    values = [table.number(row, column, most=most) for row, column in cells]
    if all(value is None for value in values):
        return 0.0
    row, column = cells[values.index(None) if None in values else 0]
    return sum_of_all(
        values, "cells that are added up hold nothing", findings, table.source.name, table.at(row, column),
        expected=column, hint="complete them from the tool's log, or delete the rows",
    )  # fmt: skip


class Once:
    """The rows of some tables without those that were read before.

    Copies of a tracker's file overlap, and are put one behind another.

    Args:
        columns: Rows that are equal in these are one; those that hold nothing in all of them are not.
        findings: A warning for each table that has copies is added to these.
    """

    def __init__(self, columns: tuple[str, ...], findings: list[Finding]) -> None:
        self._columns, self._findings = columns, findings
        self._seen: dict[tuple[str, ...], tuple[str, int]] = {}

    def of(self, table: Table, rows: list[Row]) -> list[Row]:
        """Return the rows of a table that neither it nor a table before has already."""
        kept, copies = [], []
        for row in rows:
            cells = tuple(table.cell(row, column) for column in self._columns)
            if any(cells) and cells in self._seen:
                copies.append((row, self._seen[cells]))
            else:
                self._seen[cells] = (table.source.name, row.line)
                kept.append(row)
        if copies:
            row, (file, line) = copies[0]
            self._findings.append(
                warn(
                    codes.LEFT_OUT, f"rows that were read before: {len(copies):,}; each counts once", table.source.name,
                    (row.line, 1), found=f"line {line} of {file}", hint="nothing: they are copies",
                )
            )  # fmt: skip
        return kept
