"""Markdown: a table of files, then the findings of each; for pull requests and step summaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenalgo.cli.report.records import count, plural, tally
from greenalgo.cli.report.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.cli.report.records import Session
    from greenalgo.findings import Finding, Report
    from greenalgo.validate.profiles import Profile

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def render(session: Session) -> str:
    """Return a session as GitHub-flavoured Markdown."""
    counts = count(session)
    found = tally(counts.errors, counts.warnings, counts.notes) or "no findings"
    lines = [
        "### greenalgo",
        "",
        f"{plural(counts.files, 'file')}, {counts.valid} valid; {found}.",
        "",
        "| File | Verdict | Level |",
        "| --- | --- | --- |",
    ]
    for item in session.checked:
        report = item.report
        lines.append(
            f"| {_escaped(report.file)} | {_verdict(session, report)} | {report.level or '-'} |"
        )
    for item in session.checked:
        if item.report.findings or item.profile:
            lines += ["", f"#### {_escaped(item.report.file)}", ""]
            lines += [_finding(found) for found in item.report.findings]
        if item.profile:
            lines += [""] * bool(item.report.findings) + list(_profile(item.profile))
    if session.skipped:
        lines += ["", f"{plural(len(session.skipped), 'other file')} skipped: no `spec_version`."]
    if session.ended:
        lines += ["", f"**{session.interruption.capitalize()}.**"]
    return "\n".join(lines) + "\n"


def _verdict(session: Session, report: Report) -> str:
    if report.unreadable:
        return "could not be checked"
    if report.unsupported:
        return "unsupported version"
    if not report.valid:
        return "**invalid**"
    unmet = session.unmet(report)
    return f"valid, **but fails: {unmet}**" if unmet else "valid"


def _finding(finding: Finding) -> str:
    place = f"line {finding.line}: " if finding.line else ""
    text = f"- **{finding.severity.label}** [{finding.code}]({finding.docs}) {place}"
    text += _escaped(finding.message)
    for label, value in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("hint", finding.hint),
    ):
        if value:
            text += f"<br>{label}: {_escaped(value)}"
    return text


def _profile(profile: Profile) -> Iterator[str]:
    """Yield a checklist: what is answered, how, and what is missing."""
    yield f"{_escaped(profile.title)} ({_escaped(profile.version)}):"
    yield ""
    for question in profile.questions:
        yield f"- [{' ' if question.missing else 'x'}] {_escaped(question.text)}" + "".join(
            f"<br>{_escaped(text)}"
            for text in (question.answer, *(f"missing: {need}" for need in question.missing))
            if text
        )


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", safe(text))
