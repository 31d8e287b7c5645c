"""The judge: accept fast, explain slow.

A valid file meets a fast strict parse, the compiled schema and a glance, and nothing else is
imported. Only a file with something to say about pays for the rules, positions and the full errors.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from greenalgo.findings import Finding, Report, by_severity
from greenalgo.glance.known import Known
from greenalgo.glance.statement import glance
from greenalgo.schemas.versions import NEWEST, accept
from greenalgo.sources import (
    UNREADABLE_CODES,
    Document,
    locate,
    parse,
    parse_fast,
    read_bytes,
)
from greenalgo.validate.verdict import Verdict

if TYPE_CHECKING:
    from greenalgo.glance.known import Intensity

__all__ = ["Verdict", "check_bytes", "check_parsed", "check_path", "judge"]


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
    # Imported here: what a glance accepts needs none of the rules.
    from greenalgo.validate.explain import explain

    return explain(data)


@cache
def _known() -> Known:
    """Open the newest set at a glance once a process: it keeps what it was asked."""
    return Known(_narrower, _agrees)


def _narrower(place: dict[str, str], year: int) -> Intensity | None:
    # Imported here, as in judge: a country alone is looked up without.
    from greenalgo.validate.lookups import intensity_of

    return intensity_of(place, year)


def _agrees(place: dict[str, str]) -> bool:
    from greenalgo.validate.lookups import agrees

    return agrees(place)


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


def check_bytes(raw: bytes, name: str) -> Report:
    """Validate the text of a statement.

    Args:
        raw: The bytes of the file.
        name: Its name, for the report and for telling JSON from YAML.

    Returns:
        The report, its findings most severe first and with line and column.
    """
    return check_parsed(raw, name, parse_fast(raw, name))


def check_parsed(raw: bytes, name: str, data: Any) -> Report:
    """Validate a text that was parsed already.

    Args:
        raw: The bytes of the file.
        name: As in :func:`check_bytes`.
        data: What :func:`greenalgo.sources.parse_fast` says of it; None is not certain.

    Returns:
        The report, as of :func:`check_bytes`.
    """
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
