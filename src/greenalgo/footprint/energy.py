"""IT energy of a run, in the first of four ways that its inputs allow; facility energy.

The ways: 1. declared IT energy; 2. declared facility energy / PUE; 3. components; 4. declared FLOP
(hours from FLOP, then 3). Sources: Lannelongue, Grealey, Inouye 2021, eq. 1-4,
doi:10.1002/advs.202100707 (components, memory, PUE); Patterson et al. 2021, arXiv:2104.10350
(device-hours, facility energy, FLOP).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.errors import CalculationError
from greenalgo.footprint.hours import has_hours, unit_hours, wall_hours
from greenalgo.footprint.resolve import NotAssessedError, as_declared, declared, exact
from greenalgo.footprint.trace import Missing, Result, Trace, reasons, total, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity
from greenalgo.units import WH_PER_KWH

if TYPE_CHECKING:
    from greenalgo.footprint.resolve import Resolver
    from greenalgo.footprint.trace import Input, Outcome
    from greenalgo.statement import Component, Run

LANNELONGUE = "lannelongue2021"
PATTERSON = "patterson2021"


def component_energy_kwh(
    device_hours: Any, power_w: Any, utilisation: Any = 1.0, share: Any = 1.0
) -> Any:
    """Energy of a component in kWh: device_hours x power_w x utilisation x share / 1000.

    Lannelongue et al. 2021, eq. 1 (n x P x u x t), with n x t as device-hours.

    Args:
        device_hours: Hours summed over the units that each draw ``power_w`` (h).
        power_w: Power of one unit (W).
        utilisation: Fraction of the power, 0 to 1.
        share: Fraction of the component that the run had, 0 to 1.

    Returns:
        Energy (kWh), of the inputs' shape (scalars, NumPy arrays, pandas columns).
    """
    return device_hours * power_w * utilisation * share / WH_PER_KWH


def memory_energy_kwh(memory_gb: Any, hours: Any, power_w_per_gb: Any, share: Any = 1.0) -> Any:
    """Energy of memory in kWh: memory_gb x power_w_per_gb x hours x share / 1000.

    Lannelongue et al. 2021, eq. 1 (memory term): what is available draws power, used or not.

    Args:
        memory_gb: Memory (GB).
        hours: Wall-clock hours (h).
        power_w_per_gb: Power of memory (W/GB).
        share: Fraction of the memory that the run had, 0 to 1.

    Returns:
        Energy (kWh), of the inputs' shape.
    """
    return memory_gb * power_w_per_gb * hours * share / WH_PER_KWH


def it_energy_kwh(energy_facility_kwh: Any, pue: Any) -> Any:
    """IT energy in kWh behind a facility energy: energy_facility_kwh / pue.

    Args:
        energy_facility_kwh: Facility energy (kWh).
        pue: Power usage effectiveness (a ratio, 1 or more).

    Returns:
        IT energy (kWh), of the inputs' shape. Source: the definition of PUE, ISO/IEC 30134-2.
    """
    return energy_facility_kwh / pue


def facility_energy_kwh(energy_it_kwh: Any, pue: Any) -> Any:
    """Facility energy in kWh: energy_it_kwh x pue.

    Args:
        energy_it_kwh: IT energy (kWh).
        pue: Power usage effectiveness (a ratio, 1 or more).

    Returns:
        Facility energy (kWh), of the inputs' shape. Source: Patterson et al. 2021, eq. 1.
    """
    return energy_it_kwh * pue


def it_energy(run: Run, resolver: Resolver) -> tuple[Result, tuple[Outcome, ...]]:
    """IT energy of a run, scaled by its repetitions and multiplier.

    Args:
        run: The run.
        resolver: Finds what the author left out.

    Returns:
        The run's IT energy (kWh), and that of each component (empty where the run's energy was
        declared as a whole).

    Raises:
        NotAssessedError: The author declared nothing to compute from, or an absence.
        CalculationError: An input is missing, or a factor cannot be looked up.
    """
    scale = scale_inputs(run)
    if isinstance(run.energy_it_kwh, Quantity):
        return scaled(as_declared("energy_it_kwh", run.energy_it_kwh), scale), ()
    if isinstance(run.energy_facility_kwh, Quantity):
        given, pue = declared("energy_facility_kwh", run.energy_facility_kwh), resolver.pue(run)
        spread = propagate(it_energy_kwh, {"energy_facility_kwh": given}, {"pue": pue})
        trace = Trace(
            "facility_over_pue",
            "energy_it_kwh = energy_facility_kwh / pue",
            (given, pue),
            (PATTERSON,),
        )
        return scaled(Result(*spread, weakest([given.status, pue.status]), trace), scale), ()
    if not run.hardware:
        raise NotAssessedError("neither hardware nor energy is declared")
    parts = tuple(_component_outcome(part, run, resolver, scale) for part in run.hardware)
    return _sum(run, parts), parts


def facility_energy(energy_it: Result, pue: Input, at: str) -> Result:
    """Facility energy of a run (kWh).

    Args:
        energy_it: IT energy (kWh).
        pue: Power usage effectiveness.
        at: JSON pointer to the IT energy's result.
    """
    given = energy_it.as_input("energy_it_kwh", at)
    spread = propagate(facility_energy_kwh, {"energy_it_kwh": given, "pue": pue})
    trace = Trace("pue", "energy_facility_kwh = energy_it_kwh x pue", (given, pue), (PATTERSON,))
    return Result(*spread, weakest([given.status, pue.status]), trace)


def scale_inputs(run: Run) -> tuple[Input, ...]:
    """Return ``repetitions`` and ``multiplier`` of a run where they are declared."""
    inputs = []
    if run.repetitions != 1:
        inputs.append(exact("repetitions", run.repetitions, f"{run.at}/repetitions"))
    if isinstance(run.multiplier, Quantity):
        inputs.append(declared("multiplier", run.multiplier))
    return tuple(inputs)


def scaled(result: Result, scale: tuple[Input, ...]) -> Result:
    """Multiply a result by ``repetitions`` and ``multiplier``.

    The multiplier is the pragmatic scaling factor of Lannelongue et al. 2021, eq. 4.
    """
    for factor in scale:
        spread = propagate(lambda a, b: a * b, {"a": result, "b": factor})
        trace = result.trace
        formula = f"{trace.formula} x {factor.name}"
        if " + " in trace.formula:
            name, _, terms = trace.formula.partition(" = ")
            formula = f"{name} = ({terms}) x {factor.name}"
        result = Result(
            *spread,
            weakest([result.status, factor.status]),
            trace._replace(formula=formula, inputs=(*trace.inputs, factor)),
        )
    return result


def _sum(run: Run, parts: tuple[Outcome, ...]) -> Result:
    """Add up components; those that are explicitly absent are named in the trace."""
    known = [part for part in parts if isinstance(part, Result)]
    absent = [
        run.hardware[i].model or run.hardware[i].kind
        for i, part in enumerate(parts)
        if isinstance(part, Missing)
    ]
    if not known:
        raise NotAssessedError(reasons(parts))
    from_flops = run.work is not None and run.work.flops is not None and not has_hours(run)
    trace = Trace(
        "flops" if from_flops else "components",
        "energy_it_kwh = sum of the components",
        tuple(
            part.as_input("energy_it_kwh", f"/results/runs/{run.id}/components/{i}/energy_it_kwh")
            for i, part in enumerate(parts)
            if isinstance(part, Result)
        ),
        (LANNELONGUE,),
        f"not counted: {', '.join(absent)}" if absent else "",
    )
    return total(known, trace)


def _component_outcome(
    part: Component, run: Run, resolver: Resolver, scale: tuple[Input, ...]
) -> Outcome:
    try:
        return scaled(_component(part, run, resolver), scale)
    except NotAssessedError as absence:
        return Missing(str(absence))


def _component(part: Component, run: Run, resolver: Resolver) -> Result:
    """Energy of one component for one repetition."""
    if isinstance(part.energy_it_kwh, Quantity):
        return as_declared("energy_it_kwh", part.energy_it_kwh)
    shared = {"share": declared("share", part.share)} if isinstance(part.share, Quantity) else {}
    if part.kind == "memory" and part.power_w is None:
        return _memory(part, run, resolver, shared)
    power = resolver.power(part)
    hours = unit_hours(part, run, resolver)
    utilisation = resolver.utilisation(part, power)
    used = {"power_w": power, **({"utilisation": utilisation} if utilisation else {}), **shared}
    spread = propagate(component_energy_kwh, {"device_hours": hours, **used})
    inputs = (*hours.inputs, *used.values())
    result = Result(
        *spread,
        weakest([given.status for given in inputs], "modelled"),
        Trace(
            "components",
            " x ".join([f"energy_it_kwh = {hours.formula}", *used]) + " / 1000",
            inputs,
            (LANNELONGUE,),
        ),
    )
    if part.kind == "cpu" and part.power_scope in ("device", "core") and part.memory_gb:
        return _with_memory(result, _memory(part, run, resolver, shared))
    return result


def _memory(part: Component, run: Run, resolver: Resolver, shared: dict[str, Input]) -> Result:
    if not isinstance(part.memory_gb, Quantity):
        raise CalculationError(
            "a memory component has neither memory_gb nor power_w",
            pointer=part.at,
            hint="declare memory_gb (GB) or power_w (W)",
        )
    size, per_gb = declared("memory_gb", part.memory_gb), resolver.memory_power(part)
    hours = wall_hours(part, run, resolver)
    spread = propagate(
        memory_energy_kwh, {"memory_gb": size, "power_w_per_gb": per_gb, "hours": hours, **shared}
    )
    inputs = (size, per_gb, *hours.inputs, *shared.values())
    formula = ["energy_it_kwh = memory_gb", "power_w_per_gb", hours.formula, *shared]
    return Result(
        *spread,
        weakest([given.status for given in inputs], "modelled"),
        Trace("components", " x ".join(formula) + " / 1000", inputs, (LANNELONGUE,)),
    )


def _with_memory(cpu: Result, memory: Result) -> Result:
    """Add a CPU line's memory to its energy, in one trace."""
    terms = memory.trace.formula.removeprefix("energy_it_kwh = ")
    trace = cpu.trace._replace(
        formula=f"{cpu.trace.formula} + {terms}", inputs=(*cpu.trace.inputs, *memory.trace.inputs)
    )
    return total([cpu, memory], trace)
