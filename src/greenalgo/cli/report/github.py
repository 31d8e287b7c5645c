"""GitHub Actions: the report as text for the log, then an annotation for each finding.

GitHub shows ten annotations of a kind for a step and drops the rest, so the most severe come first, and
the text holds all of them.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from greenalgo.cli.report import text
from greenalgo.cli.report.demands import all_findings
from greenalgo.cli.report.style import safe
from greenalgo.findings import Severity

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Session
    from greenalgo.findings import Finding

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(session: Session) -> str:
    """Return the text of a session, followed by workflow commands."""
    findings = sorted(all_findings(session), key=lambda found: -found.severity)
    annotations = "".join(f"{_annotation(found)}\n" for found in findings)
    if session.ended:
        annotations = f"::error title=greenalgo::{session.interruption}\n{annotations}"
    log = text.render(session)
    # What strangers wrote must not be obeyed as a command; a text cannot hold its own hash.
    token = hashlib.sha256(log.encode()).hexdigest()
    return f"::stop-commands::{token}\n{log}::{token}::\n{annotations}"


def _annotation(finding: Finding) -> str:
    # GitHub compares it with the paths of the change, which never begin with "./".
    file = os.path.normpath(finding.file).replace(os.sep, "/")
    place = f"file={_property(file)}" if finding.file not in ("", "-") else ""
    if place and finding.line:
        place += f",line={finding.line},col={finding.column}"
    title = f"title={_property(finding.code)}"
    details = [finding.message]
    details += [f"expected: {finding.expected}"] if finding.expected else []
    details += [f"found: {finding.found}"] if finding.found else []
    details += [f"hint: {finding.hint}"] if finding.hint else []
    properties = ",".join(part for part in (place, title) if part)
    return (
        f"::{_COMMANDS[finding.severity]} {properties}::{_data(chr(10).join(map(safe, details)))}"
    )


def _data(text_: str) -> str:
    return text_.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text_: str) -> str:
    return _data(text_).replace(":", "%3A").replace(",", "%2C")
