"""The comparison key: what two figures must share before one may be called larger than the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from greenalgo.registry.comparison.rows import Row

#: What can be compared, and how a value is normalised.
METRICS = ("co2e", "energy", "water")
PER = ("total", "run", "accelerator-hour", "unit")
#: Parts of the key that say nothing about a metric: kWh have no carbon basis, kg no kind of water.
_IDLE = {
    "energy": ("carbon_basis", "water_scope"),
    "co2e": ("water_scope",),
    "water": ("carbon_basis",),
}
#: Functional units that a comparison itself has.
_RESERVED = frozenset({"the whole", "run"})
_HOUR = re.compile(r"(device|accelerator|core|cpu|node)-hour")
#: Outcomes of runs that failed.
FAILED = frozenset({"failed", "aborted"})


class Key(NamedTuple):
    """The parts of the key, in words."""

    functional_unit: str
    scope: str
    boundary: str
    level: str
    carbon_basis: str
    factor_set: str
    water_scope: str


def key_of(row: Row, per: str = "total", metric: str = "co2e") -> Key:
    """Return the key of a row.

    A row that could be recomputed has the key of what was recomputed: facility, location-based, the one
    factor set. One that could not has the key of what its document prints.

    Args:
        row: The row.
        per: What values are divided by, of :data:`PER`.
        metric: What is compared, of :data:`METRICS`.
    """
    computed = recomputed(row, metric)
    withdrawn = "withdrawal" in row.water_kind
    parts = Key(
        functional_unit=_functional_unit(row, per),
        scope=_scope(row),
        boundary="facility" if computed else row.printed.boundary or "not stated",
        level=row.level,
        carbon_basis=_basis(row) if computed else row.printed.basis or "not stated",
        factor_set=row.factor_set if computed else "as printed",
        water_scope=(
            "on-site and off-site" if computed else row.printed.water_scope or "not stated"
        )
        + ", withdrawal" * withdrawn,
    )
    return parts._replace(**dict.fromkeys(_IDLE[metric], "any"))


def recomputed(row: Row, metric: str) -> bool:
    """Say whether a metric of a row was recomputed."""
    return {"co2e": row.co2e, "energy": row.energy, "water": row.water}[metric].value is not None


def _functional_unit(row: Row, per: str) -> str:
    if row.unit:
        # A unit that somebody calls "the whole" is not the whole.
        return (
            f"unit '{row.unit}'" if row.unit in _RESERVED or _HOUR.fullmatch(row.unit) else row.unit
        )
    if per == "accelerator-hour":
        return f"{row.hours_of or 'device'}-hour"
    return {"total": "the whole", "unit": "the whole"}.get(per, per)


def _basis(row: Row) -> str:
    if "direct" not in row.intensity_of:
        return "location"
    alone = row.intensity_of == "direct"
    return f"location, {'direct emissions alone' if alone else 'direct emissions for some runs'}"


def _scope(row: Row) -> str:
    words = row.phase
    outcomes = row.outcome.split(" + ")
    if row.outcome and "reported" not in outcomes:
        return f"{words}, {' and '.join(outcomes)} runs alone"
    failed = row.failed_runs == "included" or not FAILED.isdisjoint(outcomes)
    exploratory = row.exploratory_runs == "included" or "exploratory" in outcomes
    for found, what in ((failed, "failed"), (exploratory, "exploratory")):
        if found:
            words += f", with {what} runs"
    return words


def differing(keys: list[Key]) -> dict[str, list[str]]:
    """Return the parts in which keys differ, each with the values that it takes."""
    found = {}
    for name in Key._fields:
        values = list(dict.fromkeys(getattr(key, name) for key in keys))
        if len(values) > 1:
            found[name] = values
    return found
