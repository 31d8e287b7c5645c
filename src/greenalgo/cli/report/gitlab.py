"""GitLab's code quality report: a JSON list, shown beside the lines of a merge request."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from greenalgo.cli.report.demands import all_findings
from greenalgo.cli.report.sarif import uri
from greenalgo.findings import Severity

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Session
    from greenalgo.findings import Finding

#: GitLab knows info, minor, major, critical and blocker.
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(session: Session) -> str:
    """Return a session as a code quality report."""
    issues: dict[str, dict[str, Any]] = {}
    for found in all_findings(session):
        issue = _issue(found)
        # Two findings of a rule at one place need two fingerprints: GitLab drops the second.
        while issue["fingerprint"] in issues:
            issue["fingerprint"] = _hash(issue["fingerprint"])
        issues[issue["fingerprint"]] = issue
    return json.dumps(list(issues.values()), indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding) -> dict[str, Any]:
    description = f"{finding.code}: {finding.message}"
    return {
        "description": f"{description} ({finding.hint})" if finding.hint else description,
        "check_name": finding.code,
        "fingerprint": _hash("\0".join((finding.code, uri(finding.file), finding.pointer))),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": uri(finding.file), "lines": {"begin": finding.line or 1}},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
