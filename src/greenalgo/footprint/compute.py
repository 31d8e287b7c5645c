"""From a statement to its footprint: every run, the totals, the rates."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CalculationError
from greenalgo.footprint import carbon, energy, water
from greenalgo.footprint.embodied import embodied
from greenalgo.footprint.hours import device_hours
from greenalgo.footprint.resolve import (
    Gap,
    NotAssessedError,
    Resolver,
    Substitution,
    declared,
    declared_intensity,
)
from greenalgo.footprint.trace import Missing, Outcome, Result, Trace, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.factors import Factor, FactorSet, Policy
    from greenalgo.footprint.trace import Input
    from greenalgo.statement import FunctionalUnit, Run, Statement

#: The quantities of a run and of the totals, in the order in which they are written.
QUANTITIES = (
    "energy_it_kwh",
    "energy_facility_kwh",
    "co2e_operational_kg",
    "co2e_market_kg",
    "co2e_net_kg",
    "co2e_embodied_kg",
    "water_onsite_l",
    "water_offsite_l",
    "water_l",
    "device_hours",
)
#: How the trace of a total begins to name the runs that it does not cover.
WITHOUT = "without: "
#: The quantities that are given for one functional unit.
PER_UNIT = (
    "energy_it_kwh",
    "energy_facility_kwh",
    "co2e_operational_kg",
    "co2e_embodied_kg",
    "water_l",
)


class RunFootprint(NamedTuple):
    """The footprint of a run.

    Attributes:
        run: The run.
        outcomes: Result or absence by quantity; a quantity that nobody asks for is not there.
        components: IT energy of each component (kWh), in the order of the hardware; may be empty.
    """

    run: Run
    outcomes: dict[str, Outcome]
    components: tuple[Outcome, ...]


class UnitFootprint(NamedTuple):
    """The footprint of one functional unit."""

    unit: FunctionalUnit
    outcomes: dict[str, Outcome]


class Footprint(NamedTuple):
    """The footprint of a statement.

    Attributes:
        runs: The runs, in the statement's order.
        totals: Result or absence by quantity, over the runs that are not part of another.
        per_unit: The rates.
        used: Factor rows that were used.
        substitutions: Values that were put in for the author.
        gaps: Inputs that are missing, so that something could not be computed.
        by_id: The runs by their id.
    """

    runs: tuple[RunFootprint, ...]
    totals: dict[str, Outcome]
    per_unit: tuple[UnitFootprint, ...]
    used: tuple[Factor, ...]
    substitutions: tuple[Substitution, ...]
    gaps: tuple[Gap, ...]
    by_id: dict[str, RunFootprint]

    def run(self, run_id: str) -> RunFootprint | None:
        """Return the footprint of the run with this id (the first, if two have it), or None."""
        return self.by_id.get(run_id)


def compute(statement: Statement, factors: FactorSet, policy: Policy) -> Footprint:
    """Compute the footprint of a statement.

    Args:
        statement: The statement.
        factors: The factor set for what is not declared.
        policy: The defaults for what neither is declared nor looked up by name.

    Returns:
        The footprint. Nothing is raised for a missing input: it is a :class:`Gap`.
    """
    resolver = Resolver(factors, policy)
    gaps: dict[Gap, None] = {}
    runs = tuple(_run(run, resolver, gaps) for run in statement.runs)
    totals = _totals(runs)
    by_id = {found.run.id: found for found in reversed(runs)}
    return Footprint(
        runs,
        totals,
        tuple(_per_unit(unit, by_id, totals) for unit in statement.functional_units),
        tuple(resolver.used.values()),
        tuple(resolver.substitutions),
        tuple(gaps),
        by_id,
    )


def _run(run: Run, resolver: Resolver, gaps: dict[Gap, None]) -> RunFootprint:
    at = f"/results/runs/{run.id}"
    scale = energy.scale_inputs(run)
    parts: tuple[Outcome, ...] = ()

    def attempt(step: Callable[[], Outcome | None]) -> Outcome | None:
        try:
            outcome = step()
            _must_be_finite(outcome, run.at)
            return outcome
        except NotAssessedError as absence:
            return Missing(str(absence))
        except CalculationError as error:
            gaps[Gap(str(error), error.pointer, error.hint)] = None
            return Missing(str(error))

    def it() -> Outcome:
        nonlocal parts
        result, found = energy.it_energy(run, resolver)
        for outcome in found:
            _must_be_finite(outcome, run.at)
        parts = found
        return result

    def facility() -> Outcome:
        if isinstance(it_energy, Missing) or it_energy.trace.method == "facility_over_pue":
            metered = run.energy_facility_kwh
            return (
                _declared_facility(metered, scale) if isinstance(metered, Quantity) else it_energy
            )
        return energy.facility_energy(it_energy, resolver.pue(run), f"{at}/energy_it_kwh")

    def operational(field: str, find: Callable[[], Input | None]) -> Outcome | None:
        if isinstance(facility_energy, Missing):
            return facility_energy
        intensity = find()
        if intensity is None:
            return None
        return carbon.operational(facility_energy, intensity, field, f"{at}/energy_facility_kwh")

    def hours() -> Outcome:
        found = device_hours(run, resolver)
        trace = Trace("device_hours", f"device_hours = {found.formula}", found.inputs)
        return energy.scaled(
            Result(*found[:3], weakest([given.status for given in found.inputs]), trace), scale
        )

    it_energy = attempt(it) or Missing("")
    facility_energy = attempt(facility) or Missing("")
    steps: dict[str, Callable[[], Outcome | None]] = {
        "co2e_operational_kg": lambda: operational(
            "co2e_operational_kg", lambda: resolver.intensity(run)
        ),
        "co2e_embodied_kg": lambda: embodied(run, resolver, scale),
    }
    for field, beside in (
        ("co2e_market_kg", run.carbon_intensity_market),
        ("co2e_net_kg", run.carbon_intensity_net),
    ):
        if beside is not None:
            steps[field] = partial(operational, field, partial(declared_intensity, beside))
    outcomes = {name: attempt(step) for name, step in steps.items()}
    outcomes |= {"energy_it_kwh": it_energy, "energy_facility_kwh": facility_energy}
    outcomes |= water.water(run, it_energy, facility_energy, scale, at)
    # No devices, or no hours: the energy says so if it matters.
    with suppress(CalculationError, NotAssessedError):
        outcomes["device_hours"] = hours()
    ordered = {name: outcomes.get(name) for name in QUANTITIES}
    return RunFootprint(run, {name: found for name, found in ordered.items() if found}, parts)


def _must_be_finite(found: Outcome | None, at: str) -> None:
    """Refuse a result that is larger than a number can be: JSON has no infinity to write it as.

    Raises:
        CalculationError: It is.
    """
    # All three: where an author's interval is upside down, the upper end is not the largest.
    if isinstance(found, Result) and not all(map(isfinite, found[:3])):
        raise CalculationError(
            "the product of the inputs is larger than any number",
            pointer=at,
            hint="check the size and the unit of every input",
        )


def _declared_facility(quantity: Quantity, scale: tuple[Input, ...]) -> Result:
    given = declared("energy_facility_kwh", quantity)
    trace = Trace("declared", "energy_facility_kwh = declared energy_facility_kwh", (given,))
    return energy.scaled(Result(given.value, given.lower, given.upper, given.status, trace), scale)


def _totals(runs: tuple[RunFootprint, ...]) -> dict[str, Outcome]:
    counted = [footprint for footprint in runs if not footprint.run.part_of]
    totals: dict[str, Outcome] = {}
    for name in QUANTITIES:
        outcomes = [(f.run, f.outcomes[name]) for f in counted if name in f.outcomes]
        known = [(run, outcome) for run, outcome in outcomes if isinstance(outcome, Result)]
        if not known:
            if outcomes:
                totals[name] = Missing(
                    "; ".join(o.reason for _, o in outcomes if isinstance(o, Missing))
                )
            continue
        without = [f.run.id for f in counted if not isinstance(f.outcomes.get(name), Result)]
        trace = Trace(
            "sum",
            f"{name} = sum of runs",
            tuple(result.as_input(name, f"/results/runs/{run.id}/{name}") for run, result in known),
            note=f"{WITHOUT}{', '.join(without)}" if without else "",
        )
        totals[name] = Result(
            sum(result.value for _, result in known),
            sum(result.lower for _, result in known),
            sum(result.upper for _, result in known),
            weakest([result.status for _, result in known]),
            trace,
        )
    return totals


def _per_unit(
    unit: FunctionalUnit, runs: dict[str, RunFootprint], totals: dict[str, Outcome]
) -> UnitFootprint:
    source, at = totals, "/results/totals"
    if unit.run:
        source = runs[unit.run].outcomes if unit.run in runs else {}
        at = f"/results/runs/{unit.run}"
    outcomes: dict[str, Outcome] = {}
    for name in PER_UNIT:
        outcome = source.get(name)
        if not isinstance(outcome, Result) or not isinstance(unit.quantity, Quantity):
            continue
        whole, quantity = (
            outcome.as_input(name, f"{at}/{name}"),
            declared("quantity", unit.quantity),
        )
        spread = propagate(lambda a, b: a / b, {"a": whole}, {"b": quantity})
        trace = Trace("rate", f"{name} = {name} / quantity", (whole, quantity))
        outcomes[name] = Result(*spread, weakest([whole.status, quantity.status]), trace)
    return UnitFootprint(unit, outcomes)
