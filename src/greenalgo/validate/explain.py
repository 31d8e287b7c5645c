"""Explain slow: the structure in words, the whole computation with its traces, and every rule.

Imported only for a document that a glance did not accept: loading it takes longer than checking a statement.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from greenalgo.errors import FactorError
from greenalgo.findings import Severity
from greenalgo.footprint import compute
from greenalgo.schemas.versions import UNSUPPORTED_CODES, accept, check_version, version_of
from greenalgo.statement import from_document
from greenalgo.validate.case import Case
from greenalgo.validate.causes import by_cause
from greenalgo.validate.levels import level_of
from greenalgo.validate.lookups import factors_called
from greenalgo.validate.rules import FAMILIES
from greenalgo.validate.structure import known_part, structure_findings
from greenalgo.validate.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.findings import Finding


def explain(data: Any) -> Verdict:
    """Check a parsed document as :func:`greenalgo.validate.engine.judge` does, with every rule.

    Args:
        data: The document as plain JSON values.
    """
    version = check_version(data)
    if version is not None and version.code in UNSUPPORTED_CODES:
        return Verdict((version,), unsupported=True)
    first = (version,) if version is not None else ()
    if not accept(data, version_of(data)):
        structure = tuple(structure_findings(data, version_of(data)))
        if any(found.severity == Severity.ERROR for found in structure) or version is None:
            return Verdict((*first, *structure))
        first = (*first, *structure)  # unknown keys of a newer minor: warnings
    case = make_case(data)
    findings = first + by_cause(case, tuple(_rules(case)), _rules)
    if any(found.severity == Severity.ERROR for found in findings):
        return Verdict(findings)
    level, missing = level_of(case)
    return Verdict(findings, level, missing)


def _rules(case: Case) -> Iterator[Finding]:
    for family in FAMILIES:
        yield from family.check(case)


def make_case(data: Any) -> Case:
    """Recompute a structurally valid document with the factor set and policy that it pins.

    A set or policy that is not known here is replaced by the newest; the rules say so.

    Args:
        data: The document as plain JSON values, without findings GA1 (structure).

    Returns:
        The statement with its footprint.
    """
    results = data.get("results", {})
    factors = factors_called(results.get("factor_set"))
    policy = _policy(factors, results.get("policy"))
    statement = from_document(known_part(data))
    return Case(statement, compute(statement, factors, policy), factors, policy)


@cache
def _policy(factors: FactorSet, name: str | None) -> Policy:
    try:
        return factors.policy(name)
    except FactorError:
        return factors.policy()
