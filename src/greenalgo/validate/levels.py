"""The level of a statement: computed, never self-declared (DESIGN section 7).

L0 parsed; L1 recomputable; L2 transparent. L3 (measured) and L4 (verified) are not computed yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.footprint import Result
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from greenalgo.statement import Run
    from greenalgo.validate.case import Case

#: The levels, lowest first.
LEVELS = ("L0", "L1", "L2", "L3", "L4")


def level_of(case: Case) -> tuple[str, tuple[str, ...]]:
    """Compute the level of a valid statement.

    Args:
        case: The statement; it has no errors.

    Returns:
        The level, and what the next one still needs, a sentence each.
    """
    missing = _recomputable(case)
    if missing:
        return "L0", missing
    missing = _transparent(case)
    return ("L1", missing) if missing else ("L2", ())


def _recomputable(case: Case) -> tuple[str, ...]:
    """What L1 still needs: hardware, count, hours, location, PUE, carbon intensity of every run."""
    put = set() if pinned(case) else {(s.name, s.at) for s in case.footprint.substitutions}
    missing: dict[str, None] = {}
    for footprint in case.footprint.runs:
        run = footprint.run
        if run.part_of:
            continue
        for text in _inputs_missing(run):
            missing[f"run '{run.id}': {text}"] = None
        for name in ("pue", "carbon_intensity_g_per_kwh"):
            if (name, f"{run.at}/{name}") in put:
                missing[f"run '{run.id}': {name} is not declared (greenalgo fill pins one)"] = None
        if any(what == "power_w" and at.startswith(f"{run.at}/hardware/") for what, at in put):
            text = f"run '{run.id}': power_w is looked up, not declared (greenalgo fill pins it)"
            missing[text] = None
        for name in ("energy_it_kwh", "co2e_operational_kg"):
            if not isinstance(footprint.outcomes.get(name), Result):
                missing[f"run '{run.id}': {name} does not follow from the inputs"] = None
    return tuple(missing)


def pinned(case: Case) -> bool:
    """Return whether the statement's results pin the factor set that is at hand."""
    results = case.statement.data.get("results", {})
    return bool(
        results.get("factor_set") == case.factors.name
        and results.get("factor_set_sha256") == case.factors.sha256
    )


def _inputs_missing(run: Run) -> list[str]:
    missing = []
    if not run.hardware:
        missing.append("hardware is not declared")
    timed = [part for part in run.primary if _timed(run, part.hours, part.device_hours)]
    from_flops = run.work is not None and isinstance(run.work.flops, Quantity)
    if run.hardware and not timed and not from_flops:
        missing.append("hours are not declared (hours or device_hours)")
    counted = all(part.number is not None for part in run.primary)
    summed = isinstance(run.device_hours, Quantity) or any(
        isinstance(part.device_hours, Quantity) for part in run.primary
    )
    job = all(part.power_scope == "job" for part in run.primary)
    if run.hardware and not (counted or summed or job or from_flops):
        missing.append("the count of devices is not declared")
    place = run.location
    if not (place.country or place.region or place.grid_zone or place.provider_region):
        missing.append("location is not declared (country, or a provider's region)")
    return missing


def _timed(run: Run, *own: object) -> bool:
    return any(isinstance(hours, Quantity) for hours in (*own, run.hours, run.device_hours))


def _transparent(case: Case) -> tuple[str, ...]:
    """What L2 still needs beyond L1."""
    data = case.statement.data
    boundary = data.get("boundary", {})
    missing = [
        f"boundary.{name} is not declared (included, none or excluded)"
        for name in ("failed_runs", "exploratory_runs")
        if name not in boundary
    ]
    missing += [
        f"boundary.{name} are excluded" for name in ("failed_runs", "exploratory_runs")
        if boundary.get(name) == "excluded"
    ]  # fmt: skip
    if not boundary.get("includes"):
        missing.append("boundary.includes does not say what is counted")
    if not pinned(case):
        missing.append("no factor set is pinned (run greenalgo fill)")
    if not case.statement.functional_units and not case.statement.reported.per_unit:
        missing.append("no functional unit is declared (functional_units)")
    for name in ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"):
        total = case.footprint.totals.get(name)
        if isinstance(total, Result) and not total.lower < total.upper:
            missing.append(f"{name} has no interval: declare lower and upper of its inputs")
    bare = [
        quantity.at
        for run in case.statement.runs
        for quantity in (
            run.pue,
            run.energy_it_kwh,
            run.energy_facility_kwh,
            run.carbon_intensity.quantity if run.carbon_intensity else None,
            *(part.power_w for part in run.hardware if not part.source),
            *(part.energy_it_kwh for part in run.hardware if not part.source),
        )
        if isinstance(quantity, Quantity) and not quantity.source
    ]
    if bare:
        words = "1 input states" if len(bare) == 1 else f"{len(bare)} inputs state"
        missing.append(f"{words} no source, the first is {bare[0]}")
    return tuple(missing)
