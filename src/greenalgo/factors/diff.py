"""What changed between two factor sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.factors.sets import FactorSet


class Change(NamedTuple):
    """One row that differs between two sets.

    Attributes:
        table: The table.
        id: The row's id.
        kind: ``added``, ``removed``, ``value`` (the number moved) or ``text`` (anything else changed).
        before: The value in the older set; empty where the row is new.
        after: The value in the newer set; empty where the row is gone.
        unit: The unit of both.
        relative: ``after / before - 1``; 0 where there is no number to compare.
        columns: The columns that differ.
    """

    table: str
    id: str
    kind: str
    before: str
    after: str
    unit: str
    relative: float
    columns: tuple[str, ...]


def compare_sets(older: FactorSet, newer: FactorSet) -> Iterator[Change]:
    """Yield the rows that differ, table by table, in order of id."""
    for table in dict.fromkeys((*older.tables(), *newer.tables())):
        before = _rows(older, table)
        after = _rows(newer, table)
        for row_id in sorted({*before, *after}):
            change = _change(table, row_id, before.get(row_id), after.get(row_id))
            if change is not None:
                yield change


def _rows(factors: FactorSet, table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in factors.rows(table)} if table in factors.tables() else {}


def _change(
    table: str, row_id: str, before: dict[str, str] | None, after: dict[str, str] | None
) -> Change | None:
    old, new = _value(before), _value(after)
    unit = (after or before or {}).get("unit", "")
    if before is None or after is None:
        return Change(
            table, row_id, "added" if before is None else "removed", old, new, unit, 0.0, ()
        )
    columns = tuple(
        key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)
    )
    if not columns:
        return None
    moved = old != new and bool(old and new)
    relative = float(new) / float(old) - 1 if moved and float(old) else 0.0
    return Change(table, row_id, "value" if moved else "text", old, new, unit, relative, columns)


def _value(row: dict[str, str] | None) -> str:
    return (row.get("value") or row.get("power_w") or "") if row else ""
