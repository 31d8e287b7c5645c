"""GitLab's code quality report: a JSON list, shown beside the lines of a merge request."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from greenalgo.cli.report.demands import all_findings
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
    path = _path(finding.file)
    return {
        "description": f"{description} ({finding.hint})" if finding.hint else description,
        "check_name": finding.code,
        "fingerprint": _hash("\0".join((finding.code, path, finding.pointer))),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path, "lines": {"begin": finding.line or 1}},
    }


def _path(file: str) -> str:
    """Return a file's path as GitLab has it: from the top of the repository, where the job runs."""
    return "stdin" if file == "-" else os.path.relpath(file).replace(os.sep, "/")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
