"""Unmet demands as findings, for formats that know nothing but findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.cli.report.records import Session

#: What stands where a finding has its code. It is no rule: the statement is valid.
UNMET = "demand"


def all_findings(session: Session) -> Iterator[Finding]:
    """Yield every finding, file by file, and one for each demand that a valid statement misses."""
    for item in session.checked:
        report = item.report
        yield from report.findings
        unmet = session.unmet(report)
        if unmet:
            yield Finding(
                UNMET,
                Severity.ERROR,
                f"valid at {report.level}, but fails: {unmet}",
                hint="; ".join(report.missing) if session.demands.level in unmet.split() else "",
                file=report.file,
            )
