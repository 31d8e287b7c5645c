"""What the API says of things, as plain JSON values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from greenalgo.findings import finding_record
from greenalgo.registry.catalogue.facts import decode
from greenalgo.registry.record.event import to_json
from greenalgo.registry.record.receipt import to_document
from greenalgo.registry.service.wire.answers import as_json
from greenalgo.registry.service.wire.problems import RefusedError

if TYPE_CHECKING:
    from greenalgo.findings import Report
    from greenalgo.registry.catalogue import Entry
    from greenalgo.registry.door import Judged
    from greenalgo.registry.record import State
    from greenalgo.registry.service.desk import Course, Submission

#: How many statements that were listed lately are kept in memory as JSON, 1.5 KB each with what they follow from.
MOST_AT_HAND = 4096
#: What a list says of a statement, by the names of :class:`.comparison.rows.Row`.
_FACTS = (
    "subject", "kind", "field", "task", "arxiv", "doi", "citation", "year", "level", "phase", "outcome",
    "hardware", "devices", "device_hours", "pue", "carbon_intensity", "country", "provider", "runs",
)  # fmt: skip
#: The end of the JSON of a statement that moderators keep back.
_WITHHELD = as_json(
    {
        **dict.fromkeys((*_FACTS, "reported", "harmonised")),
        "why": "moderators keep the statement back",
    }
)[1:]


def verdict_record(judged: Judged) -> dict[str, Any]:
    """Return what the validator says of a statement, and whether the door would let it in."""
    report = judged.report
    return {
        "valid": report.valid,
        "status": _status(report),
        "level": report.level or None,
        "missing": list(report.missing),
        "fit": judged.fit,
        "digest": judged.digest or None,
        "findings": findings_of(report),
    }


def findings_of(report: Report) -> list[dict[str, Any]]:
    """Return findings as ``greenalgo validate --format json`` does."""
    return [finding_record(found) for found in report.findings]


def submission_record(made: Submission, report: Report, *, dry_run: bool) -> dict[str, Any]:
    """Return what became of a submission."""
    outcome = made.outcome
    return {
        "digest": outcome.digest,
        "permalink": outcome.permalink,
        "known": outcome.known,
        "dry_run": dry_run,
        "level": report.level,
        "status": outcome.state.status or None,
        "at": outcome.state.at or None,
        "supersedes": outcome.state.supersedes or None,
        "superseded_by": outcome.state.superseded_by or None,
        "findings": findings_of(report),
        "receipt": None if made.receipt is None else to_document(made.receipt),
    }


def state_record(state: State) -> dict[str, Any]:
    """Return a state; what is not known is null."""
    return {name: value or None for name, value in state._asdict().items()}


def course_record(course: Course, permalink: str) -> dict[str, Any]:
    """Return what became of a statement."""
    return {
        **state_record(course.state),
        "permalink": permalink,
        "series": list(course.series),
        "events": [to_json(event) for event in course.events],
    }


def entry_json(entry: Entry, permalink: str) -> bytes:
    """Return a statement of a list as JSON: facts, printed and recomputed figures; what is not known is null.

    ``harmonised`` is recomputed under the newest factor set, ``reported`` as the statement prints it. Of what
    moderators keep back nothing is said but digest and state.
    """
    first = {
        "digest": entry.digest,
        "permalink": permalink,
        "title": None if entry.withheld else entry.title,
        "authors": None if entry.withheld else entry.authors or None,
        "published": entry.published or None,
        "status": entry.state.status or None,
        "superseded_by": entry.state.superseded_by or None,
    }
    return as_json(first)[:-1] + b"," + (_WITHHELD if entry.withheld else _of_row(entry.record))


@lru_cache(MOST_AT_HAND)
def _of_row(record: str) -> bytes:
    """Return the end of the JSON of a statement: what follows from its row, and never changes."""
    row = decode(record, "", "")
    last = {
        **{name: getattr(row, name) or None for name in _FACTS},
        "reported": {
            "energy_kwh": row.printed.energy_kwh,
            "co2e_kg": row.printed.co2e_kg,
            "water_l": row.printed.water_l,
            "boundary": row.printed.boundary or None,
            "basis": row.printed.basis or None,
        },
        "harmonised": {
            "factor_set": row.factor_set,
            "energy_facility_kwh": row.energy._asdict(),
            "co2e_operational_kg": row.co2e._asdict(),
            "water_l": row.water._asdict(),
            "co2e_embodied_kg": row.embodied._asdict(),
        },
        "why": row.why or None,
    }
    return as_json(last)[1:]


def refusal_of(judged: Judged) -> RefusedError:
    """Return why a statement is not let in."""
    report = judged.report
    more = {"status_of_statement": _status(report), "level": report.level or None}
    findings = findings_of(report)
    if report.unsupported:
        return RefusedError(
            "unsupported-version", report.findings[0].message, findings=findings, more=more
        )
    if not report.valid:
        count = sum(found["severity"] == "error" for found in findings)
        words = "1 error" if count == 1 else f"{count} errors"
        return RefusedError(
            "invalid-statement", f"the statement has {words}", findings=findings, more=more
        )
    hint = "greenalgo fill FILE --in-place" if "greenalgo fill" in str(report.missing) else ""
    return RefusedError(
        "level-too-low",
        f"the statement has level {report.level}; a registry takes L1",
        hint=hint,
        findings=findings,
        more={**more, "missing": list(report.missing)},
    )


def _status(report: Report) -> str:
    if report.unreadable:
        return "unreadable"
    if report.unsupported:
        return "unsupported"
    return "valid" if report.valid else "invalid"
