"""What a rule sees: the statement, its recomputed footprint and the factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Finding, Severity
from greenalgo.footprint import Result

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet, Policy
    from greenalgo.footprint import Footprint, RunFootprint
    from greenalgo.statement import Statement
    from greenalgo.validate.rules.base import Rule


class Case(NamedTuple):
    """A structurally valid statement and what follows from it."""

    statement: Statement
    footprint: Footprint
    factors: FactorSet
    policy: Policy

    def run(self, run_id: str) -> RunFootprint | None:
        """Return the footprint of the run with this id, or None."""
        return next((f for f in self.footprint.runs if f.run.id == run_id), None)


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
