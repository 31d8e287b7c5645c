"""Embodied CO2e, shared out to a run by time and by resource.

Source: Software Carbon Intensity specification (ISO/IEC 21031:2024): M = TE x TS x RS, where the
time share TS is the time reserved over the expected life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.errors import CalculationError
from greenalgo.footprint.energy import scaled
from greenalgo.footprint.hours import wall_hours
from greenalgo.footprint.resolve import NotAssessedError, declared, exact
from greenalgo.footprint.trace import Missing, Result, Trace, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent

if TYPE_CHECKING:
    from greenalgo.footprint.hours import Hours
    from greenalgo.footprint.resolve import Resolver
    from greenalgo.footprint.trace import Input, Outcome
    from greenalgo.statement import EmbodiedItem, Run

SCI = "sci2024"


def embodied_co2e_kg(
    co2e_kg: Any, count: Any, hours: Any, lifetime_hours: Any, resource_share: Any = 1.0
) -> Any:
    """Embodied emissions in kgCO2e: co2e_kg x count x hours / lifetime_hours x resource_share.

    SCI (ISO/IEC 21031:2024): M = TE x (TiR / EL) x (RR / ToR).

    Args:
        co2e_kg: Embodied emissions of one item over its life (kgCO2e).
        count: Items.
        hours: Hours for which each item was reserved (h).
        lifetime_hours: Expected life (h).
        resource_share: Fraction of the item that was reserved, 0 to 1.

    Returns:
        Emissions (kgCO2e), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return co2e_kg * count * hours / lifetime_hours * resource_share


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
    total = Result(
        sum(part.value for part in parts),
        sum(part.lower for part in parts),
        sum(part.upper for part in parts),
        weakest([part.status for part in parts], "modelled"),
        trace,
    )
    return scaled(total, scale)


def _item(item: EmbodiedItem, run: Run, resolver: Resolver) -> Result:
    if not isinstance(item.co2e_kg, Quantity):
        reason = item.co2e_kg.reason if isinstance(item.co2e_kg, Absent) else "not declared"
        raise NotAssessedError(f"embodied CO2e of {item.item}: {reason}")
    if not isinstance(item.lifetime_hours, Quantity):
        raise CalculationError(
            f"the embodied item '{item.item}' has no lifetime_hours",
            pointer=item.at,
            hint="declare lifetime_hours, the expected life in hours of use",
        )
    emissions, life = (
        declared("co2e_kg", item.co2e_kg),
        declared("lifetime_hours", item.lifetime_hours),
    )
    count = exact("count", item.number, f"{item.at}/count")
    hours, hour_inputs, formula = _hours(item, run, resolver)
    share = (
        {"resource_share": declared("resource_share", item.resource_share)}
        if isinstance(item.resource_share, Quantity)
        else {}
    )
    spread = propagate(
        embodied_co2e_kg,
        {"co2e_kg": emissions, "count": count, "hours": hours, **share},
        {"lifetime_hours": life},
    )
    inputs = (emissions, count, *hour_inputs, life, *share.values())
    terms = f"co2e_kg x count x {formula} / lifetime_hours" + (" x resource_share" if share else "")
    return Result(
        *spread,
        weakest([given.status for given in inputs], "modelled"),
        Trace("time_share", f"co2e_embodied_kg = {terms}", inputs, (SCI,)),
    )


def _hours(
    item: EmbodiedItem, run: Run, resolver: Resolver
) -> tuple[Input | Hours, tuple[Input, ...], str]:
    if isinstance(item.hours, Quantity):
        given = declared("hours", item.hours)
        return given, (given,), "hours"
    if not run.hardware:
        if isinstance(run.hours, Quantity):
            given = declared("hours", run.hours)
            return given, (given,), "hours"
        raise CalculationError(
            f"the embodied item '{item.item}' has no hours",
            pointer=item.at,
            hint="declare hours for the item or for the run",
        )
    found = wall_hours(run.primary[0], run, resolver)
    return found, found.inputs, found.formula
