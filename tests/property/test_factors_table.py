from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from greenalgo.factors import open_set
from greenalgo.factors.table import Table, cells

CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"),
    max_size=8,
)


def written(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@given(
    st.lists(
        st.one_of(CELL, st.sampled_from(['"', ",", '""', 'a"b,c', ""])), min_size=2, max_size=6
    )
)
def test_cells_are_read_as_the_standard_library_reads_them(row: list[str]) -> None:
    line = written([row]).removesuffix("\n")
    assert cells(line) == row == next(csv.reader([line]))


@given(st.lists(CELL, min_size=1, max_size=8))
def test_a_table_gives_back_what_was_written(notes: list[str]) -> None:
    rows = [[f"row:{number:03}", note, 'x,"y"'] for number, note in enumerate(notes)]
    table = Table("t", written([["id", "note", "quoted"], *rows]).encode())
    assert [list(row.values()) for row in table.rows()] == rows
    assert [list(row.values()) for row in table.prefixed("row:")] == rows
    for row in rows:
        found = table.row(row[0])
        assert found is not None
        assert list(found.values()) == row
    assert table.row("row:") is None


@given(
    st.lists(st.text("ab+-:.", min_size=1, max_size=4), unique=True),
    st.text("ab+-:.,\n ", max_size=3),
)
def test_rows_are_found_among_ids_that_begin_alike(ids: list[str], asked: str) -> None:
    rows = [[row_id, "x"] for row_id in sorted(ids)]
    table = Table("t", written([["id", "note"], *rows]).encode())
    found = table.row(asked)
    assert (found and found["id"]) == (asked if asked in ids else None)
    begin_so = [row_id for row_id in sorted(ids) if row_id.startswith(asked)]
    assert [row["id"] for row in table.prefixed(asked)] == begin_so


def test_every_row_of_the_released_tables_is_found() -> None:
    factors = open_set("2026.11")
    for name in factors.tables():
        table = factors.table(name)
        for row in table.rows():
            assert table.row(row["id"]) == row


def test_the_released_tables_are_read_as_the_standard_library_reads_them() -> None:
    factors = open_set("2026.11")
    for name in factors.tables():
        table = factors.table(name)
        assert list(table.rows()) == list(csv.DictReader(io.StringIO(table.data.decode())))
