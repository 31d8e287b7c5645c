"""The judge: accept fast, explain slow.

A valid file meets a fast strict parse, the compiled schema and the rules, and nothing else is
imported. Only a file with something to say about pays for positions and for the full errors.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import FactorError
from greenalgo.factors import open_set
from greenalgo.findings import Finding, Report, Severity, by_severity
from greenalgo.footprint import compute
from greenalgo.glance.bounds import OF_COUNTRY
from greenalgo.glance.known import Known
from greenalgo.glance.statement import glance
from greenalgo.schemas.versions import NEWEST, UNSUPPORTED_CODES, accept, check_version, version_of
from greenalgo.sources import (
    UNREADABLE_CODES,
    Document,
    locate,
    parse,
    parse_fast,
    read_bytes,
)
from greenalgo.statement import from_document
from greenalgo.validate.case import Case
from greenalgo.validate.levels import level_of
from greenalgo.validate.rules import FAMILIES

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet, Policy


class Verdict(NamedTuple):
    """What the rules say of a document, without positions.

    Attributes:
        findings: In the order in which the rules found them.
        level: ``L0`` to ``L2``; empty where the document is invalid.
        missing: What the next level still needs.
        unsupported: The document needs a newer greenalgo.
    """

    findings: tuple[Finding, ...]
    level: str = ""
    missing: tuple[str, ...] = ()
    unsupported: bool = False


def judge(data: Any, raw: bytes = b"") -> Verdict:
    """Check a parsed document: version, structure, rules, level.

    Args:
        data: The document as plain JSON values.
        raw: The text that it was read from, if it is at hand; saves time, and changes nothing.

    Returns:
        The verdict; findings carry JSON pointers and no lines.
    """
    if type(data) is dict and data.get("spec_version") == NEWEST and accept(data):
        seen = glance(data, _known(), raw)
        if seen is not None:
            return Verdict((), *seen)
    return explain(data)


def explain(data: Any) -> Verdict:
    """Check a parsed document as :func:`judge` does, with every rule.

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
    findings = first + tuple(found for family in FAMILIES for found in family.check(case))
    if any(found.severity == Severity.ERROR for found in findings):
        return Verdict(findings)
    level, missing = level_of(case)
    return Verdict(findings, level, missing)


def make_case(data: Any) -> Case:
    """Recompute a structurally valid document with the factor set and policy that it pins.

    A set or policy that is not known here is replaced by the newest; the rules say so.
    """
    results = data.get("results", {})
    factors = _factors(results.get("factor_set"))
    policy = _policy(factors, results.get("policy"))
    statement = from_document(data)
    return Case(statement, compute(statement, factors, policy), factors, policy)


@cache
def _known() -> Known:
    """Open the newest set at a glance once a process: it keeps what it was asked."""
    return Known(_narrower)


def _narrower(place: dict[str, str], year: int) -> tuple[tuple[float, float, float], bool] | None:
    """Look up the carbon intensity of a place inside a country, for :class:`Known`."""
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


def check_path(path: str) -> Report:
    """Validate a file.

    Args:
        path: Its path; ``-`` is standard input.

    Returns:
        The report, its findings most severe first and with line and column.
    """
    raw = read_bytes(path)
    if isinstance(raw, Finding):
        return _failed(raw, path)
    return check_bytes(raw, path)


def check_bytes(raw: bytes, name: str, data: Any = None) -> Report:
    """Validate the text of a statement.

    Args:
        raw: The bytes of the file.
        name: Its name, for the report and for telling JSON from YAML.
        data: What :func:`greenalgo.sources.parse_fast` says of it, where that is known already.
    """
    if data is None:
        data = parse_fast(raw, name)
    if data is None:
        read = parse(raw, name)
        if isinstance(read, Finding):
            return _failed(read, name)
        data = read.data
    verdict = judge(data, raw)
    if not verdict.findings:
        return Report(name, (), verdict.level, verdict.missing, verdict.unsupported)
    # Both readers give the same values: the strict one is only asked where they stand.
    document = Document(name, data, raw)
    placed = tuple(found._replace(file=name) for found in locate(document, list(verdict.findings)))
    return Report(name, by_severity(placed), verdict.level, verdict.missing, verdict.unsupported)


def _failed(finding: Finding, name: str) -> Report:
    return Report(name, (finding._replace(file=name),), unreadable=finding.code in UNREADABLE_CODES)
