"""What a printed figure should be: the computed quantity at the boundary that the figure has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.footprint import Missing, Result
from greenalgo.footprint.carbon import operational_co2e_kg
from greenalgo.footprint.resolve import NotAssessedError, declared_intensity
from greenalgo.footprint.uncertainty import Interval, propagate
from greenalgo.glance.figure_text import parse
from greenalgo.glance.printed import half_unit_of
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from greenalgo.footprint import Footprint, Input, RunFootprint
    from greenalgo.statement import Figures, UnitFigures

_LABELS = {
    "energy_kwh": ("energy", "kWh"),
    "energy_it_kwh": ("IT energy", "kWh"),
    "energy_facility_kwh": ("facility energy", "kWh"),
    "co2e_operational_kg": ("operational CO2e", "kg"),
    "co2e_market_kg": ("market-based CO2e", "kg"),
    "co2e_net_kg": ("net CO2e", "kg"),
    "co2e_embodied_kg": ("embodied CO2e", "kg"),
    "co2e_total_kg": ("total CO2e", "kg"),
    "water_l": ("water", "L"),
    "water_onsite_l": ("on-site water", "L"),
    "water_offsite_l": ("off-site water", "L"),
    "hours": ("wall-clock time", "h"),
    "device_hours": ("device-hours", "h"),
    "average_power_w": ("power", "W"),
    "pue": ("PUE", ""),
    "carbon_intensity_g_per_kwh": ("carbon intensity", "g/kWh"),
}
#: Operational emissions: location-based, then what is shown beside them.
CO2E = ("co2e_operational_kg", "co2e_market_kg", "co2e_net_kg")


def label(field: str) -> tuple[str, str]:
    """Return the words and the unit that messages use for a field."""
    return _LABELS.get(field, (field, ""))


def half_of(block: Figures | UnitFigures, field: str, quantity: Quantity) -> float:
    """Return half a unit of a figure's last printed digit, in the field's unit.

    From ``as_printed`` where it can be read, else from the digits of the number; a declared interval
    counts in full.
    """
    halves = [half_unit_of(quantity.value)]
    read = [parse(text, field) for text in block.as_printed.get(field, ())]
    halves = [printed.half for printed in read if printed and printed.unit] or halves
    return max(*halves, quantity.value - quantity.lower, quantity.upper - quantity.value, 0.0)


def follows(
    footprint: Footprint, block: Figures | UnitFigures, field: str, run_id: str
) -> list[Interval]:
    """Return what a figure may be: one interval for each reading that its boundary leaves open.

    Args:
        footprint: The statement's footprint, as declared or as far as the digits go.
        block: The block that the figure stands in; its boundary decides.
        field: The figure's field.
        run_id: The run that it is of; empty for the whole statement.

    Returns:
        The likeliest reading first; empty where nothing follows from the inputs.
    """
    runs = () if run_id else footprint.counted
    outcomes = footprint.totals
    if run_id:
        run = footprint.run(run_id)
        runs, outcomes = ((run,), run.outcomes) if run else ((), {})
    at_it, at_facility = block.boundary in ("it", "device"), block.boundary == "facility"
    if field in CO2E:
        whole, bare = _complete(runs, outcomes, field), _co2e_at_it(runs, field)
        return _readings(bare, whole, at_it=at_it, at_facility=at_facility)
    if field == "energy_kwh":
        return _readings(
            _complete(runs, outcomes, "energy_it_kwh"),
            _complete(runs, outcomes, "energy_facility_kwh"),
            at_it=at_it,
            at_facility=at_facility,
        )
    if field == "co2e_total_kg":
        embodied = _complete(runs, outcomes, "co2e_embodied_kg")
        operational = follows(footprint, block, "co2e_operational_kg", run_id)
        return [_sum([one, embodied]) for one in operational if embodied]
    if field in ("hours", "pue", "average_power_w", "carbon_intensity_g_per_kwh"):
        return _declared(runs, field)
    found = _complete(runs, outcomes, field)
    return [found] if found else []


def _readings(
    bare: Interval | None, whole: Interval | None, *, at_it: bool, at_facility: bool
) -> list[Interval]:
    """Order the readings without and with PUE by what the boundary says."""
    if at_it:
        return [bare] if bare else []
    if at_facility:
        return [whole] if whole else []
    return [reading for reading in (whole, bare) if reading]


def _complete(
    runs: tuple[RunFootprint, ...], outcomes: dict[str, Result | Missing], name: str
) -> Interval | None:
    """Return a quantity only where no run that counts is missing from it."""
    found = outcomes.get(name)
    if not isinstance(found, Result):
        return None
    if any(not isinstance(f.outcomes.get(name), Result) for f in runs):
        return None
    return Interval(*found[:3])


def _co2e_at_it(runs: tuple[RunFootprint, ...], field: str) -> Interval | None:
    """Return emissions without PUE, summed over runs; None where one is missing."""
    parts = []
    for footprint in runs:
        energy = footprint.outcomes.get("energy_it_kwh")
        intensity = _intensity(footprint, field)
        if not isinstance(energy, Result) or intensity is None:
            return None
        parts.append(
            propagate(
                operational_co2e_kg,
                {"energy_facility_kwh": energy, "carbon_intensity_g_per_kwh": intensity},
            )
        )
    return _sum(parts) if parts else None


def _intensity(footprint: RunFootprint, field: str) -> Input | None:
    """Return the carbon intensity behind a run's emissions, looked up or declared."""
    result = footprint.outcomes.get(field)
    if isinstance(result, Result):
        return next(i for i in result.trace.inputs if i.name == "carbon_intensity_g_per_kwh")
    run = footprint.run
    given = {
        "co2e_operational_kg": run.carbon_intensity,
        "co2e_market_kg": run.carbon_intensity_market,
        "co2e_net_kg": run.carbon_intensity_net,
    }[field]
    try:
        return declared_intensity(given)
    except NotAssessedError:
        return None


def _declared(runs: tuple[RunFootprint, ...], field: str) -> list[Interval]:
    """Return an input that is printed again, where all runs agree on it."""
    found: set[tuple[float, float, float]] = set()
    for footprint in runs:
        run = footprint.run
        quantity: object = getattr(run, field, None)
        if field == "carbon_intensity_g_per_kwh":
            quantity = run.carbon_intensity.quantity if run.carbon_intensity else None
        elif field == "average_power_w":
            scopes = [part for part in run.primary if part.power_scope == "device"]
            quantity = scopes[0].power_w if len(scopes) == 1 else None
            if len(scopes) == 1 and scopes[0].utilisation is not None:
                return []
        if not isinstance(quantity, Quantity):
            return []
        found.add((quantity.value, quantity.lower, quantity.upper))
    return [Interval(*one) for one in found] if len(found) == 1 else []


def _sum(parts: list[Interval]) -> Interval:
    return Interval(
        sum(part.value for part in parts),
        sum(part.lower for part in parts),
        sum(part.upper for part in parts),
    )
