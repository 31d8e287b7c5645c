"""From a statement to its footprint: every run, the totals, the rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.footprint.resolve import Gap, Resolver, Substitution, declared
from greenalgo.footprint.run import QUANTITIES, RunFootprint, finite, footprint_of_run
from greenalgo.footprint.trace import Missing, Outcome, Result, Trace, reasons, total, weakest
from greenalgo.footprint.uncertainty import propagate
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from greenalgo.factors import Factor, FactorSet, Policy
    from greenalgo.statement import FunctionalUnit, Statement

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

    @property
    def counted(self) -> tuple[RunFootprint, ...]:
        """The runs that are not part of another: what totals are of."""
        return tuple(found for found in self.runs if not found.run.part_of)

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
    runs = tuple(footprint_of_run(run, resolver, gaps) for run in statement.runs)
    totals = _totals(runs, gaps)
    by_id = {found.run.id: found for found in reversed(runs)}
    return Footprint(
        runs,
        totals,
        tuple(_per_unit(unit, by_id, totals, gaps) for unit in statement.functional_units),
        tuple(resolver.used.values()),
        tuple(resolver.substitutions),
        tuple(gaps),
        by_id,
    )


def _totals(runs: tuple[RunFootprint, ...], gaps: dict[Gap, None]) -> dict[str, Outcome]:
    counted = [footprint for footprint in runs if not footprint.run.part_of]
    totals: dict[str, Outcome] = {}
    for name in QUANTITIES:
        outcomes = [(f.run, f.outcomes[name]) for f in counted if name in f.outcomes]
        known = [(run, outcome) for run, outcome in outcomes if isinstance(outcome, Result)]
        if not known:
            if outcomes:
                totals[name] = Missing(reasons(outcome for _, outcome in outcomes))
            continue
        without = [f.run.id for f in counted if not isinstance(f.outcomes.get(name), Result)]
        trace = Trace(
            "sum",
            f"{name} = sum of runs",
            tuple(result.as_input(name, f"/results/runs/{run.id}/{name}") for run, result in known),
            note=f"{WITHOUT}{', '.join(without)}" if without else "",
        )
        totals[name] = finite(total([result for _, result in known], trace), "/runs", gaps)
    return totals


def _per_unit(
    unit: FunctionalUnit,
    runs: dict[str, RunFootprint],
    totals: dict[str, Outcome],
    gaps: dict[Gap, None],
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
        whole = outcome.as_input(name, f"{at}/{name}")
        quantity = declared("quantity", unit.quantity)
        spread = propagate(lambda a, b: a / b, {"a": whole}, {"b": quantity})
        trace = Trace("rate", f"{name} = {name} / quantity", (whole, quantity))
        rate = Result(*spread, weakest([whole.status, quantity.status]), trace)
        outcomes[name] = finite(rate, unit.at, gaps)
    return UnitFootprint(unit, outcomes)
