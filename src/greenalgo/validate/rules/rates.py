"""GA2: printed rates, for one functional unit, against printed totals and against each other."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Severity
from greenalgo.glance.bounds import (
    ENERGIES,
    MAX_INTENSITY,
    MAX_PUE,
    MIN_INTENSITY,
    PER_UNIT,
    TOLERANCE,
)
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity
from greenalgo.units import G_PER_KG
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import how_far, number, size, within
from greenalgo.validate.follow import half_of, label
from greenalgo.validate.rules.base import Rule
from greenalgo.validate.rules.units import energy_follows, given_rates, stated_intensity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Figures, UnitFigures
    from greenalgo.validate.case import Case

TOTAL = Rule(
    "GA227",
    Severity.ERROR,
    "A printed figure for one functional unit and the printed total disagree",
    "The printed figure for one unit times the number of units is not the printed total, by more than 1 % and "
    "more than the digits allow, where no declared input gives either. Two figures of one quantity for one "
    "unit are held against each other as well.",
    "One of them was computed with another number of units, or stands in another unit; a reader who scales the "
    "rate gets another total.",
    "functional_units: [{unit: prompt, quantity: 1000}]\n"
    "reported: {energy_kwh: 24, per_functional_unit: [{unit: prompt, energy_wh: 0.24}]}   # 0.24 kWh",
    "Check the number of units and the unit of both figures; where they cover different things, say so with boundary.",
)
INTENSITY = Rule(
    "GA228",
    Severity.ERROR,
    "Figures for one functional unit imply another carbon intensity",
    "Printed CO2e over printed energy of one unit differs from the stated carbon intensity by more than 1 % and "
    "more than the digits allow, with PUE and without, where no declared input gives either; or it is outside 15 "
    "to 1500 g/kWh where none is stated. A warning unless co2e_basis is location, and below 15 (see GA416).",
    "The CO2e is of another place or basis than the statement says, holds more than the energy, or a unit is off.",
    "carbon_intensity_g_per_kwh: 500\n"
    "reported: {per_functional_unit: [{unit: prompt, energy_wh: 0.24, co2e_g: 0.03}]}   # 125 g/kWh",
    "State the basis (co2e_basis: market, if it is), or correct the figure or the intensity.",
)
RULES = (TOTAL, INTENSITY)
#: Quantity of a rate -> the totals that it may be of.
_TOTALS = {
    "energy": ENERGIES,
    "co2e": ("co2e_operational_kg", "co2e_market_kg", "co2e_net_kg", "co2e_total_kg"),
    "water": ("water_l", "water_onsite_l", "water_offsite_l"),
}
#: From here on a number of units may be rounded.
_COUNTED = 100
#: Totals that are at the boundary beside them.
_AT_BOUNDARY = ("energy_kwh", *_TOTALS["co2e"])
#: Boundary of a rate, or basis -> the totals that are of another one.
_OTHER = {
    "it": ("energy_facility_kwh",),
    "device": ("energy_facility_kwh",),
    "facility": ("energy_it_kwh",),
    "location": ("co2e_market_kg", "co2e_net_kg"),
    "market": ("co2e_operational_kg", "co2e_net_kg"),
    "net": ("co2e_operational_kg", "co2e_market_kg"),
}


class _Total(NamedTuple):
    """A printed total over the number of units: value for one, relative slack, field and value as printed."""

    each: float
    slack: float
    field: str
    quantity: Quantity


def check(case: Case) -> Iterator[Finding]:
    """Hold every printed rate against the totals beside it."""
    for block in case.statement.reported.per_unit:
        found = list(_twice(block))
        for field, stated in block.figures.items():
            if stated.at not in [one.pointer for one in found]:
                found += _total(case, block, field, stated)
        yield from found or _intensity(case, block)


def _twice(block: UnitFigures) -> Iterator[Finding]:
    """Find one quantity of one unit that is printed twice, differently."""
    seen: dict[str, str] = {}
    for field, stated in block.figures.items():
        quantity, factor = PER_UNIT[field]
        first = seen.setdefault(quantity, field)
        one = block.figures[first]
        gives = one.value * PER_UNIT[first][1] / factor
        slack = half_of(block, field, stated)
        slack += half_of(block, first, one) * PER_UNIT[first][1] / factor
        if not within(stated.value, gives, slack):
            yield finding(
                TOTAL,
                f"{field} for one {block.unit} is {number(stated.value)}, {first} says {number(gives)} "
                f"({size(stated.value, gives)})",
                stated.at,
                expected=number(gives),
                found=number(stated.value),
            )


def _total(case: Case, block: UnitFigures, field: str, stated: Quantity) -> Iterator[Finding]:
    """Compare a rate with the printed totals of what it may be of."""
    quantity, factor = PER_UNIT[field]
    totals = _totals(case, block, quantity)
    half = half_of(block, field, stated)
    for total in totals:
        gives = total.each / factor
        if within(stated.value, gives, half + total.slack * gives):
            return
    if totals:
        gives = totals[0].each / factor
        words, unit = label(totals[0].field)
        yield finding(
            TOTAL,
            f"{field} for one {block.unit} is {number(stated.value)}, the reported {words} of "
            f"{number(totals[0].quantity.value)} {unit} gives {number(gives)} "
            f"{how_far(stated.value, gives)}",
            stated.at,
            expected=number(gives),
            found=number(stated.value),
        )


def _totals(case: Case, block: UnitFigures, quantity: str) -> list[_Total]:
    """Return the printed totals of a quantity for one unit; none where the inputs judge the rate (GA216)."""
    units = [u for u in case.footprint.per_unit if u.unit.unit == block.unit]
    units = [u for u in units if u.unit.run == block.run] or (units if len(units) == 1 else [])
    names = [n for n in _TOTALS[quantity] if n not in _OTHER.get(block.boundary, ())]
    names = [n for n in names if n not in _OTHER.get(block.co2e_basis, ())]
    if any(value_of(u.outcomes, name) for u in units for name in _TOTALS[quantity]):
        return []
    if any(given_rates(case, unit, block, quantity) for unit in units):
        return []
    found = []
    each = block.quantity.value if isinstance(block.quantity, Quantity) else 1.0
    for unit in units:
        count = unit.unit.quantity
        if not isinstance(count, Quantity) or not count.value:
            continue
        slack = half_unit_of(count.value) / count.value if count.value >= _COUNTED else 0.0
        slack = max(slack, (count.upper - count.lower) / 2 / count.value)
        for figures, name in product(_figures(case, unit.unit.run), names):
            total = figures.figures.get(name)
            same = figures.boundary == block.boundary or name not in _AT_BOUNDARY
            if total is not None and total.value and same:
                more = half_of(figures, name, total) / total.value
                found.append(_Total(total.value * each / count.value, slack + more, name, total))
    return found


def _figures(case: Case, run_id: str) -> list[Figures]:
    """Return what is printed of a run, or of the whole: the same, where there is one run."""
    reported, runs = case.statement.reported, case.statement.runs
    whole = reported.whole if not run_id or len(runs) == 1 else None
    of_run = reported.runs.get(runs[0].id if len(runs) == 1 else run_id)
    return [one for one in (whole, of_run) if one is not None]


def _intensity(case: Case, block: UnitFigures) -> Iterator[Finding]:
    """Hold CO2e over energy of one unit against the stated intensity, else against what a grid can be."""
    grams = next((f for f in ("co2e_g", "co2e_kg") if f in block.figures), "")
    energy = next((f for f in block.figures if PER_UNIT[f][0] == "energy"), "")
    runs = [run for run in case.statement.runs if not block.run or run.id == block.run]
    if (
        not grams
        or not energy
        or not block.figures[energy].value
        or block.co2e_basis in ("market", "net")
        or energy_follows(case, runs)
    ):
        return
    emitted, used = block.figures[grams], block.figures[energy]
    implied = G_PER_KG * emitted.value * PER_UNIT[grams][1] / (used.value * PER_UNIT[energy][1])
    slack = half_of(block, energy, used) / used.value
    slack += half_of(block, grams, emitted) / emitted.value if emitted.value else 0.0
    field = "carbon_intensity_g_per_kwh"
    printed = [one.figures[field] for one in _figures(case, block.run) if field in one.figures]
    stated = printed[0] if printed else stated_intensity(tuple(runs))
    milder = None if block.co2e_basis == "location" else Severity.WARNING
    if stated is None or not stated.value:
        most = MAX_INTENSITY * (1.0 if block.boundary == "facility" else MAX_PUE)
        if implied * (1 + slack) >= MIN_INTENSITY and implied * (1 - slack) <= most:
            return
        expected = f"{number(MIN_INTENSITY)} to {number(MAX_INTENSITY)} g/kWh"
        why = "no grid has that"
        if 0 < implied < MIN_INTENSITY:
            milder, why = Severity.WARNING, "no grid is that clean over its life cycle"
    else:
        pues = {run.pue.value for run in runs if isinstance(run.pue, Quantity)}
        pues = {1.0} if block.boundary == "facility" else {1.0, *pues}
        near = max(TOLERANCE, half_unit_of(stated.value) / stated.value) + slack
        if any(abs(implied / by - stated.value) <= near * stated.value for by in pues):
            return
        expected = f"{number(stated.value)} g/kWh"
        why = f"the stated carbon intensity is {expected} {how_far(implied, stated.value)}"
    yield finding(
        INTENSITY,
        f"{grams} over {energy} for one {block.unit} is {number(implied)} g/kWh: {why}",
        emitted.at,
        expected=expected,
        found=f"{number(implied)} g/kWh",
        severity=milder,
    )
