"""Why the members of a family differ, in words: by how much, through which factors, in which inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.registry.comparison.family import DIFFERS, label_of
from greenalgo.render import numbers
from greenalgo.render.columns import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenalgo.registry.comparison.family import Family
    from greenalgo.registry.comparison.rows import Row

#: Inputs as people call them.
WORDS = {
    "basis": "carbon basis",
    "includes": "counted",
    "power_w": "power",
    "device_hours": "device-hours",
    "pue": "PUE",
    "carbon_intensity": "carbon intensity",
    "wue": "on-site water",
    "ewif": "off-site water",
    "failed_runs": "failed runs",
    "exploratory_runs": "exploratory runs",
}
_UNITS = {"power_w": "W", "carbon_intensity": "g/kWh", "wue": "L/kWh", "ewif": "L/kWh"}
#: Values as people write them.
_SAID = {"it": "IT"}
#: What a power is of, where it is not one device.
_SCOPES = {"node": "a whole server", "job": "the whole job", "core": "a core"}
#: Values of one input that are listed for a family; more of them are counted.
MOST_VALUES = 6
#: Members that share a value and are named; of the largest group that has more, the number is given.
MOST_NAMES = 2
#: Factors that are closer to one are called equal.
_EQUAL = 0.005


def name_of(field: str) -> str:
    """Return an input as people call it."""
    return WORDS.get(field, field.replace("_", " "))


def heading(field: str) -> str:
    """Return an input as people call it, with the unit of its values."""
    return f"{name_of(field)} in {_UNITS[field]}" if field in _UNITS else name_of(field)


def said(value: str) -> str:
    """Return a word of the schema as people write it."""
    return _SAID.get(value, value)


def headline(family: Family) -> str:
    """Say what a family is about, and by how much its members differ at most."""
    spread = max(family.spreads, key=lambda one: one.ratio)
    like = "" if spread.alike else ", at different boundaries or bases"
    begin = f"{family.subject}, {family.scope}: {len(family.rows)} statements; {spread.what}"
    if abs(spread.ratio - 1) < _EQUAL:
        return f"{begin} is equal"
    return (
        f"{begin} differs {_times(spread.ratio)} ({short(spread.smallest[0], family)} to "
        f"{short(spread.largest[0], family)}{like})"
    )


def reasons(family: Family) -> Iterator[str]:
    """Say why members differ: the factors of the widest difference, then input by input."""
    factors = factors_of(family)
    if factors:
        yield factors
    for field, values in family.differing.items():
        worded = {
            short(label_of(row), family): _scoped(field, values[label_of(row)], row)
            for row in family.rows
        }
        yield f"{heading(field)}: {_values(field, worded)}"


def _scoped(field: str, value: Any, row: Row) -> Any:
    scope = scope_of(row) if field == "power_w" and value is not None else ""
    return f"{_value(field, value)} for {scope}" if scope else value


def scope_of(row: Row) -> str:
    """Say of what a row's power is, where that is not one device."""
    return _SCOPES.get(row.power_scope, "")


def short(name: str, family: Family) -> str:
    """Return the name of a member without the subject, which its family says already."""
    beginnings = (f"{row.subject}, " for row in family.rows)
    return next((name.removeprefix(one) for one in beginnings if name.startswith(one)), name)


def factors_of(family: Family) -> str:
    """Take the difference in harmonised CO2e apart: device-hours x energy of one x carbon intensity.

    Returns:
        A sentence; empty where two members that could be recomputed do not differ.
    """
    known = [row for row in family.rows if row.co2e.value and row.energy.value and row.device_hours]
    if len({row.digest for row in known}) < 2:
        return ""
    low = min(known, key=lambda row: row.co2e.value or 0.0)
    high = max(known, key=lambda row: row.co2e.value or 0.0)
    ratio = _over(high.co2e.value, low.co2e.value)
    if ratio < DIFFERS:
        return ""
    each = _over(_energy_of_one(high), _energy_of_one(low))
    hours = _over(high.device_hours, low.device_hours)
    return (
        f"harmonised CO2e differs {_times(ratio)}: device-hours {_times(hours)}, energy of a device-hour "
        f"{_times(each)}, carbon intensity {_times(ratio / hours / each)} "
        f"({short(low.name, family)} to {short(high.name, family)})"
    )


def _energy_of_one(row: Row) -> float:
    """Return the facility energy of a device-hour (kWh)."""
    return (row.energy.value or 0.0) / (row.device_hours or 1.0)


def _over(high: float | None, low: float | None) -> float:
    return (high or 0.0) / low if low else 0.0


def _times(ratio: float) -> str:
    if abs(ratio - 1) < _EQUAL:
        return "equal"
    return f"{numbers.show(float(f'{ratio:.3g}'))} times"


def _values(field: str, values: Mapping[str, Any]) -> str:
    """List the values of an input with the members that have them; the largest group by its number."""
    by_value: dict[Any, list[str]] = {}
    for row, value in values.items():
        by_value.setdefault(value, []).append(row)
    ordered = sorted(by_value, key=_order)
    if len(ordered) > MOST_VALUES:
        shown = [_value(field, value) for value in ordered if value is not None]
        return f"{len(ordered)} values, {shown[0]} to {shown[-1]}"
    largest = max(by_value.values(), key=len)
    parts = []
    for value in ordered:
        names = by_value[value]
        many = names is largest and len(names) > MOST_NAMES
        parts.append(
            f"{_value(field, value)} ({f'the other {len(names)}' if many else ', '.join(names)})"
        )
    return "; ".join(parts)


def _order(value: Any) -> tuple[int, float, str]:
    """Numbers by size, then words, then what is not given."""
    if value is None:
        return (2, 0.0, "")
    return (0, float(value), "") if isinstance(value, (int, float)) else (1, 0.0, str(value))


def _value(field: str, value: Any) -> str:
    if value is None:
        return "not given"
    if field == "year" or not isinstance(value, (int, float)):
        return said(str(value))
    return plain(numbers.show(float(f"{value:.6g}")))
