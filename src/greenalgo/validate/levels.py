"""The level of a statement: computed, never self-declared (DESIGN section 7).

L0 parsed; L1 recomputable; L2 transparent; L3 measured. L4 (verified) rests on more than the document:
:mod:`greenalgo.evidence`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.footprint import Result
from greenalgo.glance.bounds import READ
from greenalgo.glance.needs import (
    FOLLOWING,
    HEADLINES,
    LEVELS,
    measured_needs,
    run_needs,
    whole_needs,
)
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.footprint.trace import Trace
    from greenalgo.statement import Run
    from greenalgo.validate.case import Case

__all__ = ["LEVELS", "level_of", "measured_share", "pinned"]

#: The inputs that carry an energy: they must have been read.
_CARRY = ("energy_it_kwh", "energy_facility_kwh", "power_w", "power_w_per_gb")
#: Statuses of what only stands beside it, such as hours: nobody has guessed them.
_STATED = (*READ, "vendor_reported", "declared")


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
    if missing:
        return "L1", missing
    missing = _measured(case)
    return ("L2", missing) if missing else ("L3", ())


def _recomputable(case: Case) -> tuple[str, ...]:
    """What L1 still needs: hardware, count, hours, location, PUE, carbon intensity of every run."""
    put = set() if pinned(case) else {(s.name, s.at) for s in case.footprint.substitutions}
    missing: dict[str, None] = {}
    for footprint in case.footprint.counted:
        run = footprint.run
        place, from_flops = run.location, _from_flops(run)
        needs = run_needs(
            run.id,
            hardware=bool(run.hardware),
            timed=from_flops or any(_timed(run, p.hours, p.device_hours) for p in run.primary),
            counted=from_flops or _counted(run),
            placed=bool(place.country or place.region or place.grid_zone or place.provider_region),
            put=[
                name
                for name in ("pue", "carbon_intensity_g_per_kwh")
                if (name, f"{run.at}/{name}") in put
            ],
            power_put=any(
                what == "power_w" and at.startswith(f"{run.at}/hardware/") for what, at in put
            ),
            without=[
                name for name in FOLLOWING if not isinstance(footprint.outcomes.get(name), Result)
            ],
        )
        missing |= dict.fromkeys(needs)
    return tuple(missing)


def pinned(case: Case) -> bool:
    """Return whether the statement's results pin the factor set that is at hand."""
    results = case.statement.data.get("results", {})
    return bool(
        results.get("factor_set") == case.factors.name
        and results.get("factor_set_sha256") == case.factors.sha256
    )


def _from_flops(run: Run) -> bool:
    return run.work is not None and isinstance(run.work.flops, Quantity)


def _counted(run: Run) -> bool:
    """Whether a run says how many devices it had, or needs not."""
    summed = (run.device_hours, *(part.device_hours for part in run.primary))
    return (
        all(part.number is not None for part in run.primary)
        or any(isinstance(hours, Quantity) for hours in summed)
        or all(part.power_scope == "job" for part in run.primary)
    )


def _timed(run: Run, *own: object) -> bool:
    return any(isinstance(hours, Quantity) for hours in (*own, run.hours, run.device_hours))


def _transparent(case: Case) -> tuple[str, ...]:
    """What L2 still needs beyond L1."""
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
    totals = {name: case.footprint.totals.get(name) for name in HEADLINES}
    return tuple(
        whole_needs(
            case.statement.data.get("boundary", {}),
            pinned=pinned(case),
            functional=bool(case.statement.functional_units or case.statement.reported.per_unit),
            without_interval=[
                name
                for name, total in totals.items()
                if isinstance(total, Result) and not total.lower < total.upper
            ],
            bare=bare,
        )
    )


def _measured(case: Case) -> tuple[str, ...]:
    """What L3 still needs beyond L2."""
    unnamed, silent = [], []
    for run, _, read in _read_of(case):
        if read and "measurement" not in case.node(run):
            unnamed.append(run.id)
        told = {
            "embodied": run.embodied != (),
            "water": run.water is not None,
            "carbon_intensity_market_g_per_kwh": run.carbon_intensity_market is not None,
        }
        silent += [(run.id, field) for field, given in told.items() if not given]
    return tuple(measured_needs(measured_share(case), unnamed=unnamed, silent=silent))


def measured_share(case: Case) -> float:
    """Return which share of the IT energy an instrument has read; 0 where there is no energy."""
    whole = read = 0.0
    for _, parts, found in _read_of(case):
        whole += sum(parts)
        read += sum(found)
    return read / whole if whole else 0.0


def _read_of(case: Case) -> Iterator[tuple[Run, list[float], list[float]]]:
    """Yield the runs that are counted, with the energies of their parts, and with those that were read, in kWh."""
    for run, outcomes, components in case.footprint.counted:
        parts = [
            part
            for part in (components or (outcomes["energy_it_kwh"],))
            if isinstance(part, Result)
        ]
        read = [part.value for part in parts if _is_read(part.trace)]
        yield run, [part.value for part in parts], read


def _is_read(trace: Trace) -> bool:
    """Whether an energy is an instrument's reading, as it is or as a mean power over the hours."""
    carry = [given.status in READ for given in trace.inputs if given.name in _CARRY]
    beside = [given.status in _STATED for given in trace.inputs if given.name != "multiplier"]
    scaled = any(given.name == "multiplier" and given.value != 1 for given in trace.inputs)
    return bool(carry) and all(carry) and all(beside) and not scaled
