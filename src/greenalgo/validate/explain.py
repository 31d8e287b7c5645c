"""Explain slow: the structure in words, the whole computation with its traces, and every rule.

Imported only for a document that a glance did not accept: loading it takes longer than checking a statement.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from greenalgo.errors import FactorError
from greenalgo.factors import open_set
from greenalgo.findings import Severity
from greenalgo.footprint import compute
from greenalgo.glance.bounds import OF_COUNTRY
from greenalgo.glance.known import PLACES
from greenalgo.schemas.versions import UNSUPPORTED_CODES, accept, check_version, version_of
from greenalgo.statement import Location, from_document
from greenalgo.validate.case import Case
from greenalgo.validate.causes import by_cause
from greenalgo.validate.levels import level_of
from greenalgo.validate.rules import FAMILIES, places
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
        # Imported here: only an invalid document needs the prose, the schema and difflib.
        from greenalgo.validate.structure import structure_findings

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
    factors = _factors(results.get("factor_set"))
    policy = _policy(factors, results.get("policy"))
    statement = from_document(data)
    return Case(statement, compute(statement, factors, policy), factors, policy)


def intensity_of(
    place: dict[str, str], year: int
) -> tuple[tuple[float, float, float], bool] | None:
    """Look up the carbon intensity of a place inside a country, for a glance."""
    try:
        found = _factors(None).carbon_intensity(
            country=place.get("country"),
            region=place.get("region"),
            grid_zone=place.get("grid_zone"),
            provider=place.get("provider"),
            provider_region=place.get("provider_region"),
            year=year or None,
        )
    except FactorError:
        return None
    return (found.value, found.lower, found.upper), OF_COUNTRY in found.how


def agrees(place: dict[str, str]) -> bool:
    """Say of a place whether all its names are clear and lie together, for a glance."""
    factors, at = _factors(None), Location(**{name: place.get(name, "") for name in PLACES})
    return not any((*places.conflicts(factors, at), *places.unknown(factors, at)))


@cache
def _policy(factors: FactorSet, name: str | None) -> Policy:
    try:
        return factors.policy(name)
    except FactorError:
        return factors.policy()


@cache
def _factors(name: str | None) -> FactorSet:
    """Open a set once a process: sets never change, and a directory of statements shares one."""
    try:
        return open_set(name)
    except FactorError:
        return open_set()
