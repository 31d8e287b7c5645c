"""The facts of one run of ``greenalgo validate``, before they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Report, Severity
from greenalgo.validate.levels import LEVELS

if TYPE_CHECKING:
    from greenalgo.validate.profiles import Profile

#: Exit codes of one file, the one that decides for several files first. What is certainly wrong
#: comes before what could not be read: it stays wrong however the rest turns out.
PRECEDENCE = (1, 3, 4)


class Demands(NamedTuple):
    """What the caller asks for beyond validity; it changes the exit code, never the verdict.

    Attributes:
        level: The least level (``--require``); empty where none is asked for.
        fail_on: The least severity that fails (``--fail-on``).
    """

    level: str = ""
    fail_on: Severity = Severity.ERROR


class Checked(NamedTuple):
    """A file and what was found.

    Attributes:
        report: The validator's verdict.
        raw: The file's bytes, for code frames; empty where it could not be read.
        profile: The profile that was asked for, held against the statement.
    """

    report: Report
    raw: bytes = b""
    profile: Profile | None = None


class Session(NamedTuple):
    """Everything that was checked in one go.

    Attributes:
        checked: The files, in the order in which they were named or found.
        demands: What the caller asks for.
        skipped: Files in directories that are no statements.
    """

    checked: tuple[Checked, ...]
    demands: Demands = Demands()
    skipped: tuple[str, ...] = ()

    def unmet(self, report: Report) -> str:
        """Return which demand a valid statement does not meet, in words; empty where none."""
        if not report.valid:
            return ""
        wanted = self.demands.level
        if wanted and LEVELS.index(report.level) < LEVELS.index(wanted):
            return f"{wanted} is required"
        worst = max((found.severity for found in report.findings), default=None)
        if worst is not None and worst >= self.demands.fail_on:
            return f"--fail-on {self.demands.fail_on.label}"
        return ""

    def code_of(self, report: Report) -> int:
        """Return the exit code that one file alone would give."""
        if report.unsupported:
            return 3
        if report.unreadable:
            return 4
        return 1 if not report.valid or self.unmet(report) else 0

    @property
    def exit_code(self) -> int:
        """The exit code of all files: the first of 1, 3, 4 that one of them has, else 0."""
        codes = {self.code_of(item.report) for item in self.checked}
        return next((code for code in PRECEDENCE if code in codes), 0)


class Counts(NamedTuple):
    """How many of what; ``valid`` and the three after it add up to ``files``, ``levels`` to ``valid``."""

    files: int
    valid: int
    invalid: int
    unsupported: int
    unreadable: int
    errors: int
    warnings: int
    notes: int
    skipped: int
    levels: dict[str, int]


def count(session: Session) -> Counts:
    """Count the files and the findings of a session."""
    reports = [item.report for item in session.checked]
    severities = [found.severity for report in reports for found in report.findings]
    valid = sum(report.valid for report in reports)
    levels = [report.level for report in reports if report.valid]
    unsupported = sum(report.unsupported for report in reports)
    unreadable = sum(report.unreadable for report in reports)
    return Counts(
        len(reports),
        valid,
        len(reports) - valid - unsupported - unreadable,
        unsupported,
        unreadable,
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
        severities.count(Severity.NOTE),
        len(session.skipped),
        {level: levels.count(level) for level in LEVELS if level in levels},
    )


def plural(number: int, noun: str) -> str:
    """Return ``1 error`` or ``2 errors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(errors: int, warnings: int, notes: int) -> str:
    """Return ``1 error, 2 warnings``; empty where there is nothing."""
    words = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    return ", ".join(plural(number, noun) for number, noun in words if number)
