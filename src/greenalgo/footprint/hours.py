"""How long a component worked: wall-clock hours and device-hours, from what a run declares.

A run's ``device_hours`` belong to its primary devices (:attr:`greenalgo.statement.Run.primary`);
everything else in the run worked for ``device_hours / devices`` wall-clock hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import CalculationError
from greenalgo.footprint.resolve import NotAssessedError, declared, exact
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.footprint.resolve import Resolver
    from greenalgo.footprint.trace import Input
    from greenalgo.statement import Component, Run

#: Kinds that are one where no count is given.
_ONE = ("memory", "storage", "network", "other")


class Hours(NamedTuple):
    """Hours (h) with their interval, the formula that gives them and its inputs."""

    value: float
    lower: float
    upper: float
    formula: str
    inputs: tuple[Input, ...]


def device_hours_of_flops(flops: Any, peak_flops_per_s: Any, model_flops_utilisation: Any) -> Any:
    """Device-hours that a number of floating-point operations takes.

    flops / (peak_flops_per_s x model_flops_utilisation) / 3600; Patterson et al. 2021, section 2.

    Args:
        flops: Floating-point operations (FLOP).
        peak_flops_per_s: Peak rate of one device (FLOP/s).
        model_flops_utilisation: Useful over peak rate, 0 to 1.

    Returns:
        Device-hours (h), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return flops / (peak_flops_per_s * model_flops_utilisation) / SECONDS_PER_HOUR


def unit_hours(part: Component, run: Run, resolver: Resolver) -> Hours:
    """Return the hours summed over the units of a component that each draw ``power_w``.

    Args:
        part: The component.
        run: Its run.
        resolver: Finds a peak rate where hours follow from FLOP.

    Raises:
        CalculationError: The run does not say how long or how many.
    """
    if part.power_scope == "job":
        return wall_hours(part, run, resolver)
    total = _own_device_hours(part, run, resolver)
    if total is not None and (part.power_scope != "node" or part.kind == "node"):
        return total
    if total is not None and part.devices_per_node:
        return _quotient(total, exact("devices_per_node", part.devices_per_node, part.at))
    wall = wall_hours(part, run, resolver)
    count = _count(part)
    spread = propagate(lambda a, b: a * b, {"a": count, "b": wall})
    return Hours(*spread, f"count x {wall.formula}", (count, *wall.inputs))


def wall_hours(part: Component, run: Run, resolver: Resolver) -> Hours:
    """Return the wall-clock hours of a component.

    Raises:
        CalculationError: Neither the component nor the run says how long.
        NotAssessedError: The author says that the hours were not assessed.
    """
    if isinstance(part.hours, Quantity):
        return _given("hours", part.hours)
    own = part.device_hours if part.number or part.kind in _ONE else None
    # What the count of a whole job's power is that of, nobody knows: the wall clock of the run is sure.
    if isinstance(run.hours, Quantity) and (
        part.power_scope == "job" or not isinstance(own, Quantity)
    ):
        return _given("hours", run.hours)
    if isinstance(own, Quantity):
        each = _given("device_hours", own)
        for divisor in _devices(part):
            each = _quotient(each, divisor)
        return each
    devices = sum(primary.devices or 0 for primary in run.primary)
    total = _run_device_hours(run, resolver)
    if total is not None and devices:
        return _quotient(total, exact("devices", devices, f"{run.at}/hardware"))
    if len(run.primary) == 1 and run.primary[0] is not part:
        # Memory, storage and hosts are there as long as the devices that they serve.
        return wall_hours(run.primary[0], run, resolver)
    for stated in (part.hours, part.device_hours, run.hours, run.device_hours):
        if isinstance(stated, Absent):
            raise NotAssessedError(f"hours not assessed: {stated.reason}")
    raise CalculationError(
        f"the {part.kind} component has no hours",
        pointer=part.at,
        hint="declare hours (wall clock) for the run, or device_hours and each count",
    )


def device_hours(run: Run, resolver: Resolver) -> Hours:
    """Return the device-hours of a run, over its accelerators, else its CPUs, else its nodes.

    Raises:
        CalculationError: The run has no such devices, or does not say how long.
    """
    total = _run_device_hours(run, resolver)
    if total is not None:
        return total
    found = []
    for part in run.primary:
        if isinstance(part.device_hours, Quantity):
            found.append(_given("device_hours", part.device_hours))
        elif part.per_unit is None:
            raise CalculationError("the run has nodes of unknown devices", pointer=part.at)
        elif part.kind in ("gpu", "accelerator", "cpu", "node"):
            wall = wall_hours(part, run, resolver)
            for count in reversed(_devices(part)):
                spread = propagate(lambda a, b: a * b, {"a": count, "b": wall})
                wall = Hours(*spread, f"{count.name} x {wall.formula}", (count, *wall.inputs))
            found.append(wall)
    if not found:
        raise CalculationError("the run has no devices to count hours of", pointer=run.at)
    return Hours(
        sum(hours.value for hours in found),
        sum(hours.lower for hours in found),
        sum(hours.upper for hours in found),
        " + ".join(hours.formula for hours in found),
        tuple(given for hours in found for given in hours.inputs),
    )


def has_hours(run: Run) -> bool:
    """Whether a run or one of its components declares how long it ran."""
    given = [run.hours, run.device_hours]
    given += [hours for part in run.hardware for hours in (part.hours, part.device_hours)]
    return any(isinstance(hours, Quantity) for hours in given)


def _own_device_hours(part: Component, run: Run, resolver: Resolver) -> Hours | None:
    """Device-hours that are this component's alone, or None."""
    if isinstance(part.device_hours, Quantity):
        return _given("device_hours", part.device_hours)
    if part.hours is None and run.primary == (part,):
        return _run_device_hours(run, resolver)
    return None


def _run_device_hours(run: Run, resolver: Resolver) -> Hours | None:
    if isinstance(run.device_hours, Quantity):
        return _given("device_hours", run.device_hours)
    if run.work is None or not isinstance(run.work.flops, Quantity) or has_hours(run):
        return None
    return _hours_of_flops(run, run.work.flops, resolver)


def _hours_of_flops(run: Run, flops: Quantity, resolver: Resolver) -> Hours:
    """Way 4 of DESIGN section 4: FLOP / (peak FLOP/s x model FLOPs utilisation)."""
    work, primary = run.work, run.primary
    if work is None or len(primary) != 1:
        raise CalculationError(
            "FLOP give device-hours only where one component did the work",
            pointer=f"{run.at}/hardware",
            hint="declare hours or device_hours",
        )
    mfu = work.model_flops_utilisation
    if not isinstance(mfu, Quantity) or mfu.lower <= 0:
        raise CalculationError(
            "FLOP are declared without a model_flops_utilisation above 0",
            pointer=work.at,
            hint="declare work.model_flops_utilisation (a fraction from 0 to 1), or hours",
        )
    operations = declared("flops", flops)
    peak = resolver.peak(primary[0], work.precision)
    share = declared("model_flops_utilisation", mfu)
    try:
        spread = propagate(
            device_hours_of_flops,
            {"flops": operations},
            {"peak_flops_per_s": peak, "model_flops_utilisation": share},
        )
    except ZeroDivisionError as error:  # their product is less than any number but zero
        raise CalculationError(
            "the peak rate times model_flops_utilisation is too small to divide by",
            pointer=work.at,
            hint="declare peak_flops_per_s in FLOP/s and model_flops_utilisation as a fraction, or hours",
        ) from error
    return Hours(
        *spread,
        "flops / (peak_flops_per_s x model_flops_utilisation) / 3600",
        (operations, peak, share),
    )


def _given(name: str, quantity: Quantity) -> Hours:
    given = declared(name, quantity)
    return Hours(given.value, given.lower, given.upper, name, (given,))


def _quotient(hours: Hours, divisor: Input) -> Hours:
    spread = propagate(lambda a, b: a / b, {"a": hours}, {"b": divisor})
    return Hours(*spread, f"{hours.formula} / {divisor.name}", (*hours.inputs, divisor))


def _devices(part: Component) -> tuple[Input, ...]:
    """Return what makes the number of a component's devices: its count, and how many each node has."""
    count = _count(part)
    if part.per_unit in (1, None):
        return (count,)
    return count, exact("devices_per_node", part.per_unit, f"{part.at}/devices_per_node")


def _count(part: Component) -> Input:
    if part.number is not None:
        return exact("count", part.number, f"{part.at}/count")
    if part.kind in _ONE:
        return exact("count", 1, part.at)
    raise CalculationError(
        f"the {part.kind} component does not say how many there are",
        pointer=part.at,
        hint="declare count, or device_hours",
    )
