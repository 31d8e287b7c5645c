"""What a rule sees: the statement, its recomputed footprint and the factors."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import FactorError
from greenalgo.findings import Finding, Severity
from greenalgo.footprint import Result

if TYPE_CHECKING:
    from greenalgo.factors import Factor, FactorSet, Policy, Processor
    from greenalgo.footprint import Footprint, RunFootprint
    from greenalgo.statement import Component, Location, Run, Statement
    from greenalgo.validate.rules.base import Rule


class Case(NamedTuple):
    """A structurally valid statement and what follows from it.

    Attributes:
        statement: The statement.
        footprint: What follows from it.
        factors: The factor set that it pins.
        policy: The policy that it pins: the defaults for what it does not declare.
    """

    statement: Statement
    footprint: Footprint
    factors: FactorSet
    policy: Policy

    def run(self, run_id: str) -> RunFootprint | None:
        """Return the footprint of the run with this id, or None."""
        return self.footprint.run(run_id)

    def node(self, run: Run) -> dict[str, Any]:
        """Return a run as the document has it."""
        runs: list[dict[str, Any]] = self.statement.data["runs"]
        return runs[int(run.at.rpartition("/")[2])]

    def instruments(self, run: Run) -> list[dict[str, Any]]:
        """Return how the energy of a run was measured; one instrument may stand without a list."""
        given = self.node(run).get("measurement", [])
        return given if isinstance(given, list) else [given]

    def processor(self, part: Component) -> Processor | None:
        """Return what the factor set knows of a component's model, or None."""
        if part.kind not in ("gpu", "cpu", "accelerator") or not part.model:
            return None
        return _processor(self.factors, part.model, part.kind)

    def fitting(self, part: Component) -> tuple[Processor, ...]:
        """Return every processor that a component may be: one, several where its name is vague, or none."""
        if part.kind not in ("gpu", "cpu", "accelerator") or not part.model:
            return ()
        return _fitting(self.factors, part.model, part.kind)

    def intensity_of(self, place: Location, year: int) -> Factor | None:
        """Return the factor set's carbon intensity of a place, or None where it has none."""
        return _intensity(self.factors, place._replace(at=""), year or None)


# Sets do not change, and the statements of one directory name the same hardware and places.
@lru_cache(maxsize=4096)
def _processor(factors: FactorSet, model: str, kind: str) -> Processor | None:
    try:
        return factors.processor(model, kind=kind)
    except FactorError:
        return None


@lru_cache(maxsize=4096)
def _fitting(factors: FactorSet, model: str, kind: str) -> tuple[Processor, ...]:
    return factors.processors_fitting(model, kind=kind)


@lru_cache(maxsize=4096)
def _intensity(factors: FactorSet, place: Location, year: int | None) -> Factor | None:
    try:
        return factors.carbon_intensity(
            country=place.country or None,
            region=place.region or None,
            grid_zone=place.grid_zone or None,
            provider=place.provider or None,
            provider_region=place.provider_region or None,
            year=year,
        )
    except FactorError:
        return None


def finding(
    rule: Rule,
    message: str,
    pointer: str,
    *,
    expected: str = "",
    found: str = "",
    hint: str = "",
    severity: Severity | None = None,
) -> Finding:
    """Make a finding of a rule.

    Args:
        rule: The rule.
        message: One sentence: what is wrong, with its size.
        pointer: JSON pointer to the place.
        expected: What was expected there.
        found: What was found there.
        hint: What to do, in place of the rule's own words.
        severity: A milder severity than the rule's.
    """
    return Finding(
        rule.code,
        rule.severity if severity is None else severity,
        message,
        pointer,
        expected=expected,
        found=found,
        hint=hint or rule.fix,
    )


def value_of(outcomes: object, name: str) -> Result | None:
    """Return a result by name from a mapping of outcomes, or None where there is no number."""
    found = outcomes.get(name) if isinstance(outcomes, dict) else None
    return found if isinstance(found, Result) else None
