"""The facts of one run of ``greenalgo validate``, before they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Report, Severity
from greenalgo.glance.needs import LEVELS

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

    def unmet(self, report: Report) -> str:
        """Return which demand a valid statement does not meet, in words; empty where none."""
        if not report.valid:
            return ""
        if self.level and LEVELS.index(report.level) < LEVELS.index(self.level):
            return f"{self.level} is required"
        if report.findings and max(found.severity for found in report.findings) >= self.fail_on:
            return f"--fail-on {self.fail_on.label}"
        return ""

    def code_of(self, report: Report) -> int:
        """Return the exit code that one file alone would give."""
        if report.unsupported:
            return 3
        if report.unreadable:
            return 4
        return 1 if not report.valid or self.unmet(report) else 0


class Checked(NamedTuple):
    """A file and what was found.

    Attributes:
        report: The validator's verdict.
        raw: The file's bytes, for code frames; empty where it could not be read. Of many files only
            the lines that findings point to are kept.
        profile: The profile that was asked for, held against the statement.
        first: The number of the first line of ``raw``: above 1 for a line of an NDJSON file.
    """

    report: Report
    raw: bytes = b""
    profile: Profile | None = None
    first: int = 1


class Session(NamedTuple):
    """Everything that was checked in one go.

    Attributes:
        checked: The files, in the order in which they were named or found.
        demands: What the caller asks for.
        skipped: Files in directories that are no statements.
        ended: The exit code of what ended it too early, such as Ctrl-C; 0 where everything was checked.
    """

    checked: tuple[Checked, ...]
    demands: Demands = Demands()
    skipped: tuple[str, ...] = ()
    ended: int = 0

    def unmet(self, report: Report) -> str:
        """Return which demand a valid statement does not meet, in words; empty where none."""
        return self.demands.unmet(report)

    def code_of(self, report: Report) -> int:
        """Return the exit code that one file alone would give."""
        return self.demands.code_of(report)

    @property
    def exit_code(self) -> int:
        """The exit code; see :attr:`Tally.exit_code`."""
        return tally_of(self).exit_code

    @property
    def interruption(self) -> str:
        """That not everything was checked, in words; empty where it was."""
        words = f"interrupted: {plural(len(self.checked), 'file')} checked, the others not"
        return words if self.ended else ""


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


class Tally:
    """Counts that are kept file by file, so that nothing else of a file has to be.

    Args:
        demands: What the caller asks for.
        skipped: Files in directories that are no statements; may grow while files are added.

    Attributes:
        demands: As given.
        skipped: As given.
        unmet: Valid statements that fall short of the demands.
        example: The least code of a finding; empty for none.
        ended: As in :class:`Session`.
    """

    def __init__(self, demands: Demands, skipped: list[str] | None = None) -> None:
        self.demands = demands
        self.skipped: list[str] = [] if skipped is None else skipped
        self.unmet = 0
        self.example = ""
        self.ended = 0
        self._files = self._unsupported = self._unreadable = 0
        self._levels = dict.fromkeys(LEVELS, 0)
        self._severities = dict.fromkeys(Severity, 0)
        self._codes: set[int] = set()

    def add(self, report: Report) -> None:
        """Count a file."""
        self._files += 1
        self._unsupported += report.unsupported
        self._unreadable += report.unreadable
        if report.valid:
            self._levels[report.level] += 1
            self.unmet += bool(self.demands.unmet(report))
        self._codes.add(self.demands.code_of(report))
        for found in report.findings:
            self._severities[found.severity] += 1
            if not self.example or found.code < self.example:
                self.example = found.code

    @property
    def counts(self) -> Counts:
        """The counts of the files so far."""
        valid = sum(self._levels.values())
        return Counts(
            self._files,
            valid,
            self._files - valid - self._unsupported - self._unreadable,
            self._unsupported,
            self._unreadable,
            self._severities[Severity.ERROR],
            self._severities[Severity.WARNING],
            self._severities[Severity.NOTE],
            len(self.skipped),
            {level: number for level, number in self._levels.items() if number},
        )

    @property
    def exit_code(self) -> int:
        """The first of 1, 3, 4 that a file has, else 0; after an interruption, that one's."""
        return self.ended or next((code for code in PRECEDENCE if code in self._codes), 0)


def tally_of(session: Session) -> Tally:
    """Count the files and the findings of a session."""
    tally_ = Tally(session.demands, list(session.skipped))
    tally_.ended = session.ended
    for item in session.checked:
        tally_.add(item.report)
    return tally_


def count(session: Session) -> Counts:
    """Return the counts of a session."""
    return tally_of(session).counts


def plural(number: int, noun: str) -> str:
    """Return ``1 error`` or ``2 errors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(errors: int, warnings: int, notes: int) -> str:
    """Return ``1 error, 2 warnings``; empty where there is nothing."""
    words = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    return ", ".join(plural(number, noun) for number, noun in words if number)
