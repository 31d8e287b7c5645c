"""JUnit XML: a test case for each file, for servers that show test results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from greenalgo.cli.report.records import count
from greenalgo.cli.report.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.cli.report.records import Session
    from greenalgo.findings import Finding, Report

#: What XML 1.0 cannot hold, even as a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(session: Session) -> str:
    """Return a session as JUnit XML. A file that could not be checked is an error, not a failure."""
    reports = [item.report for item in session.checked]
    counts = count(session)
    ended = bool(session.ended)
    errors = counts.unsupported + counts.unreadable + ended
    failures = sum(session.code_of(report) == 1 for report in reports)
    attributes = f'tests="{counts.files + ended}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="greenalgo" {attributes}>',
        f'  <testsuite name="greenalgo validate" {attributes}>',
    ]
    for report in reports:
        lines += _case(session, report)
    if ended:
        error = f'<error message={_attribute(session.interruption)} type="interrupted"/>'
        lines.append(f'    <testcase classname="greenalgo" name="the others">{error}</testcase>')
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _case(session: Session, report: Report) -> Iterator[str]:
    head = f'    <testcase classname="greenalgo" name={_attribute(report.file)}'
    body = "\n".join(_text(found) for found in report.findings)
    code = session.code_of(report)
    if not code and not body:
        yield f"{head}/>"
        return
    yield f"{head}>"
    if code:
        tag = "failure" if code == 1 else "error"
        unmet = session.unmet(report)
        worst = f"fails: {unmet}" if unmet else report.findings[0].message
        kind = "demand" if unmet else report.findings[0].code
        yield f"      <{tag} message={_attribute(worst)} type={_attribute(kind)}>{_xml(body)}</{tag}>"
    else:
        yield f"      <system-out>{_xml(body)}</system-out>"
    yield "    </testcase>"


def _text(finding: Finding) -> str:
    marks = [finding.expected and f"expected {finding.expected}"]
    marks += [finding.found and f"found {finding.found}", finding.hint]
    details = "; ".join(mark for mark in marks if mark)
    return safe(f"{finding} ({details})" if details else str(finding))


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("?", text))


def _attribute(text: str) -> str:
    return quoteattr(safe(_NO_XML.sub("?", text)))
