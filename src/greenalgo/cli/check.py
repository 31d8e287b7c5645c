"""Check files one after the other and keep what the reports need: the way of a few files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.cli.report.records import Checked
from greenalgo.findings import Finding, Report
from greenalgo.sources import UNREADABLE_CODES, read_bytes
from greenalgo.validate.engine import check_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_files(paths: Iterable[str]) -> tuple[Checked, ...]:
    """Validate files.

    Args:
        paths: Their paths; ``-`` is standard input. One that is named twice is checked once.
    """
    return tuple(check_file(path) for path in dict.fromkeys(paths))


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
