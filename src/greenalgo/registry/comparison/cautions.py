"""What a reader has to know about the ranks inside one key: what the key does not say and rows do not share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from greenalgo.registry.comparison.reasons import MOST_NAMES, MOST_VALUES
from greenalgo.registry.comparison.rows import UNRANKED
from greenalgo.registry.comparison.table import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenalgo.registry.comparison.table import Group

#: Statuses of an energy, in words.
_KNOWN_BY = {
    "metered": "metered",
    "counter": "counted by the devices",
    "modelled": "from power and hours",
    "vendor_reported": "said by the vendor",
    "declared": "stated",
    "looked_up": "from a table",
    "imputed": "inferred by somebody else",
    "default": "a default",
}
_KINDS = {"gpu": "GPUs", "accelerator": "accelerators", "cpu": "CPUs", "node": "whole servers"}


def cautions(group: Group) -> list[str]:
    """Say what makes ranks of a group uncertain.

    That is where rows do not count the same hardware, or know their energy in different ways; where
    intervals overlap; and where a statement was taken back and has no rank.
    """
    rows, found = group.rows, []
    known = rows[rows["harmonised"].notna()]
    for words, values in (
        ("do not all count the same", _counted(known)),
        ("do not all know their energy in the same way", _known_by(known)),
    ):
        if len({value for _, value in values}) > 1:
            found.append(f"rows {words}: {_listed(values)}")
    overlapping = list(_overlaps(rows))
    if overlapping:
        found.append(
            f"intervals overlap, so the order is not certain: ranks {', '.join(overlapping)}"
        )
    unranked = rows[rows["status"].isin(UNRANKED)]
    if len(unranked):
        pairs = zip(labels(unranked), unranked["status"], strict=True)
        found.append(f"without a rank: {'; '.join(f'{name}, {status}' for name, status in pairs)}")
    return found


def _counted(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what each row counts: in the words of its statement, else the kinds of its hardware."""
    said = zip(labels(rows), rows["includes"], rows["counted"], strict=True)
    return [
        (name, includes or _kinds(counted))
        for name, includes, counted in said
        if includes or counted
    ]


def _kinds(counted: str) -> str:
    kinds = counted.split(" + ")
    if set(kinds) <= {"gpu", "accelerator"}:
        return "accelerators alone"
    return ", ".join(_KINDS.get(kind, kind) for kind in kinds)


def _known_by(rows: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = zip(labels(rows), rows["energy_from"], strict=True)
    return [(name, _KNOWN_BY.get(status, status)) for name, status in pairs if status]


def _listed(values: Sequence[tuple[str, str]]) -> str:
    by_value: dict[str, list[str]] = {}
    for name, value in values:
        by_value.setdefault(value, []).append(name)
    if len(by_value) > MOST_VALUES:
        return f"{len(by_value)} different ways"
    ordered = sorted(by_value.items(), key=lambda item: -len(item[1]))
    return "; ".join(
        f"{value} ({', '.join(names) if len(names) <= MOST_NAMES else f'{len(names)} rows'})"
        for value, names in ordered
    )


def _overlaps(rows: pd.DataFrame) -> Iterator[str]:
    """Yield the ranks between which intervals overlap, as "2 to 4"."""
    ranked = rows[rows["rank"].notna()]
    highest, first, last = float("-inf"), 0, 0
    for rank, value, lower, upper in zip(
        ranked["rank"], ranked["value"], ranked["lower"], ranked["upper"], strict=True
    ):
        low, high = _end(lower, value), _end(upper, value)
        if low > highest or not first:
            if last > first:
                yield f"{first} to {last}"
            first = int(rank)
        last, highest = int(rank), max(highest, high)
    if last > first:
        yield f"{first} to {last}"


def _end(end: Any, value: float) -> float:
    return value if pd.isna(end) else float(end)
