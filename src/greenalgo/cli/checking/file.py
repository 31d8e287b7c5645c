"""Check a file and keep what its report needs."""

from __future__ import annotations

from greenalgo.cli.report.records import Checked
from greenalgo.findings import Finding, Report
from greenalgo.sources import UNREADABLE_CODES, read_bytes
from greenalgo.validate.engine import check_bytes


def check_file(path: str) -> Checked:
    """Validate a file and keep its bytes, into which findings point."""
    raw = read_bytes(path)
    if isinstance(raw, Finding):
        return unread(raw, path)
    return Checked(check_bytes(raw, path), raw)


def unread(finding: Finding, path: str) -> Checked:
    """Return the report on a file that could not be read."""
    unreadable = finding.code in UNREADABLE_CODES
    return Checked(Report(path, (finding._replace(file=path),), unreadable=unreadable))
