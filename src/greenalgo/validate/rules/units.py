"""GA2: figures for one functional unit, and the carbon intensity that printed figures imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.factors.names import shown
from greenalgo.findings import Severity
from greenalgo.footprint.resolve import NotAssessedError, declared_intensity
from greenalgo.glance.bounds import ENERGIES, PER_UNIT, TOLERANCE
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity
from greenalgo.units import G_PER_KG
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import how_far, number, within
from greenalgo.validate.follow import CO2E, follows, half_of
from greenalgo.validate.near import only_near
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.findings import Finding
    from greenalgo.footprint.compute import UnitFootprint
    from greenalgo.statement import Figures, Run, UnitFigures
    from greenalgo.validate.case import Case

RATE = Rule(
    "GA216",
    Severity.ERROR,
    "A figure for one functional unit does not follow",
    "Energy, CO2e or water for one unit differs from the run's figure over the number of units by more "
    "than 1 % and more than its digits allow.",
    "Rates are what readers compare; a slip in the denominator is invisible in the total.",
    "functional_units: [{unit: prompt, quantity: 1000, run: serving}]\n"
    "reported: {per_functional_unit: [{unit: prompt, run: serving, energy_wh: 24}]}   # 2.4 kWh / 1000",
    "Check the number of units and the unit of the figure (J, Wh, kWh; g, kg).",
)
IMPLIED_INTENSITY = Rule(
    "GA214",
    Severity.ERROR,
    "The printed figures imply another carbon intensity than the one stated",
    "Reported CO2e over reported energy differs from the declared carbon intensity by more than 1 % and "
    "more than the digits allow, with PUE and without.",
    "Either figure, or the intensity, is of something else than the statement says.",
    "reported: {energy_it_kwh: 0.104, co2e_operational_kg: 0.01446, carbon_intensity_g_per_kwh: 297.6}",
    "Find out which intensity the paper used; 14.46 g / 0.104 kWh is 139 g/kWh, not 297.6.",
)
UNDECLARED = Rule(
    "GA230",
    Severity.WARNING,
    "A printed rate is for a unit that is spelled otherwise",
    "The unit of an entry of reported.per_functional_unit is none of functional_units, but nearly one of them.",
    "The rate is compared with nothing: neither with the inputs nor with the printed totals.",
    "functional_units: [{unit: token, quantity: 1000}]\nreported: {per_functional_unit: [{unit: tokens, energy_j: 3}]}",
    "Write the unit in both places alike.",
)
RULES = (RATE, IMPLIED_INTENSITY, UNDECLARED)
_READINGS = {
    ("energy", "it"): ("energy_it_kwh",),
    ("energy", "device"): ("energy_it_kwh",),
    ("energy", "facility"): ("energy_facility_kwh",),
    ("energy", ""): ("energy_facility_kwh", "energy_it_kwh"),
    ("co2e", ""): CO2E,
    ("water", ""): ("water_l", "water_onsite_l", "water_offsite_l"),
}


def check(case: Case) -> Iterator[Finding]:
    """Check rates and implied carbon intensities."""
    reported = case.statement.reported
    declared = {one.unit for one in case.statement.functional_units}
    for block in reported.per_unit:
        yield from _per_unit(case, block)
        if block.unit not in declared:
            yield from _undeclared(block, declared)
    for run_id, figures in reported.runs.items():
        run = case.statement.run(run_id)
        if run is not None:
            yield from _implied(case, figures, (run,))
    if reported.whole is not None:
        yield from _implied(case, reported.whole, case.statement.runs)


def _per_unit(case: Case, block: UnitFigures) -> Iterator[Finding]:
    """Compare a rate with the footprint over the declared number of units."""
    units = [u for u in case.footprint.per_unit if u.unit.unit == block.unit]
    units = [u for u in units if u.unit.run == block.run] or (units if len(units) == 1 else [])
    for field, stated in block.figures.items():
        quantity, factor = PER_UNIT[field]
        each = block.quantity.value if isinstance(block.quantity, Quantity) else 1.0
        found = [
            value * each / factor
            for unit in units
            for value in given_rates(case, unit, block, quantity)
        ]
        half = half_of(block, field, stated)
        if not found or any(within(stated.value, f, half) for f in found):
            continue
        yield finding(
            RATE,
            f"{field} for one {block.unit} is {number(stated.value)}, the inputs give "
            f"{number(found[0])} {how_far(stated.value, found[0])}",
            stated.at,
            expected=number(found[0]),
            found=number(stated.value),
        )


def _undeclared(block: UnitFigures, declared: set[str]) -> Iterator[Finding]:
    """Find a unit that is nearly a declared one: a plural, a slip of the fingers, another case."""
    near = [
        one
        for one in sorted(declared)
        if len(one) > 2 and only_near(block.unit, one, (), known=False) is not None
    ]
    if near:
        yield finding(
            UNDECLARED,
            f"the rate is for one '{shown(block.unit)}', the functional unit is '{shown(near[0])}'",
            f"{block.at}/unit",
            expected=shown(near[0]),
            found=shown(block.unit),
        )


def given_rates(case: Case, unit: UnitFootprint, block: UnitFigures, quantity: str) -> list[float]:
    """Return what the inputs make of a rate (kWh, kg, L), at the boundary that the figure has."""
    names = _READINGS.get((quantity, block.boundary)) or _READINGS.get((quantity, ""), ())
    if quantity != "co2e":
        return [found.value for name in names if (found := value_of(unit.outcomes, name))]
    over = unit.unit.quantity
    if not isinstance(over, Quantity):
        return []
    whole = [one for name in names for one in follows(case.footprint, block, name, unit.unit.run)]
    return [one.value / over.value for one in whole]


def _implied(case: Case, block: Figures, runs: tuple[Run, ...]) -> Iterator[Finding]:
    """Hold CO2e / energy against the stated intensity where the runs give no energy of their own."""
    emitted = block.figures.get("co2e_operational_kg")
    energies = {name: block.figures[name] for name in ENERGIES if name in block.figures}
    if emitted is None or not energies or energy_follows(case, runs):
        return
    stated = block.figures.get("carbon_intensity_g_per_kwh") or stated_intensity(runs)
    if stated is None or not stated.value:
        return
    pues = {run.pue.value for run in runs if isinstance(run.pue, Quantity)}
    if "pue" in block.figures:
        pues.add(block.figures["pue"].value)
    implied = []
    for name, energy in energies.items():
        for factor in {1.0} if name == "energy_facility_kwh" else {1.0, *pues}:
            if energy.value:
                value = G_PER_KG * emitted.value / (energy.value * factor)
                slack = half_of(block, name, energy) / energy.value
                slack += half_of(block, "co2e_operational_kg", emitted) / (emitted.value or 1.0)
                implied.append((value, value * slack, energy.value * factor))
    slack = max(TOLERANCE * stated.value, half_unit_of(stated.value))
    if not implied or any(abs(value - stated.value) <= slack + more for value, more, _ in implied):
        return
    value, _, kwh = implied[0]
    yield finding(
        IMPLIED_INTENSITY,
        f"reported CO2e over reported energy is {number(value)} g/kWh, the stated carbon intensity is "
        f"{number(stated.value)} g/kWh {how_far(value, stated.value)}",
        emitted.at,
        expected=f"{number(stated.value * kwh / G_PER_KG)} kg",
        found=f"{number(emitted.value)} kg",
    )


def energy_follows(case: Case, runs: Iterable[Run]) -> bool:
    """Whether the inputs of one of some runs give its energy."""
    found = (case.run(run.id) for run in runs)
    return any(one and value_of(one.outcomes, "energy_it_kwh") for one in found)


def stated_intensity(runs: tuple[Run, ...]) -> Quantity | None:
    """The declared location-based intensity, where all runs have the same."""
    found: dict[float, Quantity] = {}
    for run in runs:
        try:
            if declared_intensity(run.carbon_intensity) is None:
                return None
        except NotAssessedError:
            return None
        if run.carbon_intensity and isinstance(run.carbon_intensity.quantity, Quantity):
            found[run.carbon_intensity.quantity.value] = run.carbon_intensity.quantity
    return next(iter(found.values())) if len(found) == 1 else None
