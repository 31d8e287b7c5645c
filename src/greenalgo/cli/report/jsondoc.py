"""One JSON document for programs: every file, every finding, a summary.

``format_version`` is MAJOR.MINOR of this output, apart from the versions of tool and schema: a minor
adds keys, a major may change them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo import __version__
from greenalgo.cli.report.records import tally_of
from greenalgo.factors import open_set
from greenalgo.findings import finding_record
from greenalgo.schemas.versions import NEWEST

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Checked, Demands, Session, Tally
    from greenalgo.validate.profiles import Profile

FORMAT_VERSION = "1.0"


def render(session: Session) -> str:
    """Return a session as one JSON document."""
    return json.dumps(document(session), indent=2, ensure_ascii=False) + "\n"


def document(session: Session) -> dict[str, Any]:
    """Return a session as plain JSON values."""
    return {
        **versions(),
        "files": [file_record(item, session.demands) for item in session.checked],
        "summary": summary_record(tally_of(session)),
    }


def versions() -> dict[str, str]:
    """Return the versions of this output, the tool, the schema and the factor set."""
    return {
        "format_version": FORMAT_VERSION,
        "tool": __version__,
        "schema": NEWEST,
        "factor_set": open_set().name,
    }


def file_record(item: Checked, demands: Demands) -> dict[str, Any]:
    """Return the verdict on a file as plain JSON values.

    ``status`` is ``valid``, ``invalid``, ``unsupported`` or ``unreadable``; ``level`` is null where
    there is none; ``unmet`` names the demand of the caller that a valid statement falls short of;
    ``profile`` is null where none was asked for.
    """
    report = item.report
    status = "valid" if report.valid else "invalid"
    status = "unsupported" if report.unsupported else status
    return {
        "file": report.file,
        "valid": report.valid,
        "status": "unreadable" if report.unreadable else status,
        "level": report.level or None,
        "missing": list(report.missing),
        "unmet": demands.unmet(report) or None,
        "findings": [finding_record(found) for found in report.findings],
        "profile": profile_record(item.profile) if item.profile else None,
    }


def profile_record(profile: Profile) -> dict[str, Any]:
    """Return a profile and the answers to its questions as plain JSON values."""
    return {
        "id": profile.id,
        "title": profile.title,
        "version": profile.version,
        "complete": profile.complete,
        "questions": [
            {
                "id": question.id,
                "text": question.text,
                "answered": not question.missing,
                "answer": question.answer or None,
                "missing": list(question.missing),
                "pointers": list(question.pointers),
            }
            for question in profile.questions
        ],
    }


def summary_record(totals: Tally) -> dict[str, Any]:
    """Return the counts of a session and its exit code."""
    return {
        **totals.counts._asdict(),
        "skipped_files": list(totals.skipped),
        "require": totals.demands.level or None,
        "fail_on": totals.demands.fail_on.label,
        "interrupted": bool(totals.ended),
        "exit_code": totals.exit_code,
    }
