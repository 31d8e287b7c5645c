"""Embodied CO2e, shared out to a run by time and by resource.

Source: Software Carbon Intensity specification (ISO/IEC 21031:2024): M = TE x TS x RS, where the
time share TS is the time reserved over the expected life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.errors import CalculationError
from greenalgo.footprint.energy import scaled
from greenalgo.footprint.hours import Hours, wall_hours
from greenalgo.footprint.resolve import NotAssessedError, declared, exact
from greenalgo.footprint.trace import Missing, Result, Trace, total, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent

if TYPE_CHECKING:
    from greenalgo.footprint.resolve import Resolver
    from greenalgo.footprint.trace import Input, Outcome
    from greenalgo.footprint.uncertainty import Spread
    from greenalgo.statement import EmbodiedItem, Run

SCI = "sci2024"


def time_share(hours: Any, lifetime_hours: Any) -> Any:
    """Fraction of a life that was reserved: hours / lifetime_hours (SCI: TS = TiR / EL).

    Args:
        hours: Hours for which the item was reserved (h).
        lifetime_hours: Expected life (h).

    Returns:
        A fraction, of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return hours / lifetime_hours


def embodied_co2e_kg(co2e_kg: Any, count: Any, time_share: Any, resource_share: Any = 1.0) -> Any:
    """Embodied emissions in kgCO2e: co2e_kg x count x time_share x resource_share.

    SCI (ISO/IEC 21031:2024): M = TE x TS x RS.

    Args:
        co2e_kg: Embodied emissions of one item over its life (kgCO2e).
        count: Items.
        time_share: Fraction of its life that was reserved, 0 to 1.
        resource_share: Fraction of the item that was reserved, 0 to 1.

    Returns:
        Emissions (kgCO2e), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return co2e_kg * count * time_share * resource_share


def embodied(run: Run, resolver: Resolver, scale: tuple[Input, ...]) -> Outcome | None:
    """Embodied emissions of a run (kgCO2e); None where the author says nothing of them.

    Raises:
        CalculationError: An item lacks hours or lifetime.
        NotAssessedError: An item's emissions are explicitly absent.
    """
    if isinstance(run.embodied, Absent):
        return Missing(run.embodied.reason)
    if not run.embodied:
        return None
    parts = [_item(item, run, resolver) for item in run.embodied]
    inputs = tuple(given for part in parts for given in part.trace.inputs)
    terms = [part.trace.formula.partition(" = ")[2] for part in parts]
    trace = Trace("time_share", f"co2e_embodied_kg = {' + '.join(terms)}", inputs, (SCI,))
    return scaled(total(parts, trace, "modelled"), scale)


def _item(item: EmbodiedItem, run: Run, resolver: Resolver) -> Result:
    if not isinstance(item.co2e_kg, Quantity):
        reason = item.co2e_kg.reason if isinstance(item.co2e_kg, Absent) else "not declared"
        raise NotAssessedError(f"embodied CO2e of {item.item}: {reason}")
    emissions = declared("co2e_kg", item.co2e_kg)
    count = exact("count", item.number, f"{item.at}/count")
    share, formula, share_inputs = _time_share(item, run, resolver)
    used = (
        {"resource_share": declared("resource_share", item.resource_share)}
        if isinstance(item.resource_share, Quantity)
        else {}
    )
    spread = propagate(
        embodied_co2e_kg, {"co2e_kg": emissions, "count": count, "time_share": share, **used}
    )
    inputs = (emissions, count, *share_inputs, *used.values())
    terms = " x ".join(["co2e_kg", "count", formula, *used])
    return Result(
        *spread,
        weakest([given.status for given in inputs], "modelled"),
        Trace("time_share", f"co2e_embodied_kg = {terms}", inputs, (SCI,)),
    )


def _time_share(
    item: EmbodiedItem, run: Run, resolver: Resolver
) -> tuple[Spread, str, tuple[Input, ...]]:
    """Return the time share of an item, with its formula and inputs."""
    if isinstance(item.time_share, Quantity):
        given = declared("time_share", item.time_share)
        return given, "time_share", (given,)
    if not isinstance(item.lifetime_hours, Quantity):
        raise CalculationError(
            f"the embodied item '{item.item}' has neither lifetime_hours nor time_share",
            pointer=item.at,
            hint="declare lifetime_hours (the expected life in hours of use), or time_share",
        )
    life = declared("lifetime_hours", item.lifetime_hours)
    hours = _hours(item, run, resolver)
    spread = propagate(time_share, {"hours": hours}, {"lifetime_hours": life})
    return spread, f"{hours.formula} / lifetime_hours", (*hours.inputs, life)


def _hours(item: EmbodiedItem, run: Run, resolver: Resolver) -> Hours:
    """Return the hours for which an item was reserved: its own, or the run's wall clock."""
    for stated in (item.hours, run.hours):
        if isinstance(stated, Quantity):
            given = declared("hours", stated)
            return Hours(given.value, given.lower, given.upper, "hours", (given,))
    if not run.hardware:
        raise CalculationError(
            f"the embodied item '{item.item}' has no hours",
            pointer=item.at,
            hint="declare hours for the item or for the run",
        )
    return wall_hours(run.primary[0], run, resolver)
