"""Rows that fit their header; the last one may have been cut when the tool was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.formats import codes
from greenalgo.formats.source import refusal, warn

if TYPE_CHECKING:
    from collections.abc import Callable

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


def no_moment(table: Table, row: Row, column: str) -> Finding:
    """Return the warning that a cell holds no moment, so that the run has no period."""
    return warn(
        codes.LEFT_OUT, f"'{column}' is no moment, and is left out: the run has no period", table.source.name,
        table.at(row, column), expected="a date of the calendar, such as 2024-03-11T18:00:00",
        found=table.cell(row, column), hint="a spreadsheet may have rewritten it: import the file as the tool wrote it",
    )  # fmt: skip
