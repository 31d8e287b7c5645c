"""Findings as text for people: a verdict a file, then every finding with its place.

Used by the accept path as well: nothing here imports click.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from greenalgo.cli.report.frame import frame
from greenalgo.cli.report.records import Tally, plural, tally
from greenalgo.cli.report.style import BLUE, BOLD, DIM, GREEN, RED, YELLOW, paint, safe
from greenalgo.findings import Finding, Severity
from greenalgo.glance.needs import LEVELS
from greenalgo.sources import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.cli.report.records import Checked, Demands, Session
    from greenalgo.errors import FormatError, InvalidStatementError
    from greenalgo.findings import Report
    from greenalgo.validate.profiles import Profile

#: Most severe first.
_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: BLUE}
#: Needs of the next level that are shown for one file; for several files none are.
MOST_NEEDS = 3


def render(session: Session, *, colour: bool = False) -> str:
    """Return a session as text.

    Args:
        session: What was checked.
        colour: Use SGR codes.
    """
    tally_ = Tally(session.demands, list(session.skipped))
    return "".join(stream(session.checked, tally_, colour=colour))


def stream(items: Iterable[Checked], totals: Tally, *, colour: bool = False) -> Iterator[str]:
    """Yield the same text file by file: of 100,000 files none has to be kept.

    Args:
        items: The files, as they are checked.
        totals: The counts; every item is added to them.
        colour: Use SGR codes.
    """
    waiting = iter(items)
    first = list(islice(waiting, 2))
    several = len(first) > 1
    talked = False
    for item in chain(first, waiting):
        totals.add(item.report)
        lines = [""] if talked else []
        block = list(_file(item, totals.demands, several=several, colour=colour))
        talked = len(block) > 1
        yield "".join(f"{line}\n" for line in lines + block)
    if several or totals.skipped:
        yield f"\n{_summary(totals)}\n"
    if totals.example:
        hint = f"What a code means: greenalgo explain {totals.example}"
        yield f"\n{paint(hint, DIM, colour=colour)}\n"


def findings_text(
    findings: tuple[Finding, ...] | list[Finding], raw: bytes, *, colour: bool = False
) -> str:
    """Return findings alone, without a verdict."""
    lines = [line for found in findings for line in _finding(found, raw, colour=colour)]
    return "".join(f"{line}\n" for line in lines)


def findings_of(error: InvalidStatementError | FormatError) -> str:
    """Return the findings that an exception carries, with code frames from their files."""
    text = ""
    for found in error.findings:
        if isinstance(found, Finding):
            raw = read_bytes(found.file) if found.line and found.file not in ("", "-") else b""
            text += findings_text([found], b"" if isinstance(raw, Finding) else raw)
        else:
            text += f"{safe(str(found))}\n"
    return text


def _file(item: Checked, demands: Demands, *, several: bool, colour: bool) -> Iterator[str]:
    report = item.report
    unmet = demands.unmet(report)
    yield f"{paint(safe(report.file), BOLD, colour=colour)}: {_verdict(report, unmet, colour)}"
    for finding in report.findings:
        yield from _finding(finding, item.raw, colour=colour, first=item.first)
    if unmet and demands.level and unmet.startswith(demands.level):
        yield from _needs(report, len(report.missing))
    elif report.valid and not several:
        yield from _needs(report, MOST_NEEDS)
    if item.profile:
        yield from _profile(item.profile)


def _verdict(report: Report, unmet: str, colour: bool) -> str:  # noqa: FBT001
    severities = [found.severity for found in report.findings]
    counts = tally(*map(severities.count, _COLOURS)) if severities else ""
    if report.unreadable:
        return paint("could not be checked", RED, colour=colour)
    if report.unsupported:
        return paint("unsupported version", RED, colour=colour)
    if not report.valid:
        return f"{paint('invalid', RED, colour=colour)} ({counts})"
    words = f"{paint('valid', GREEN, colour=colour)}, {report.level}"
    words += f" ({counts})" if counts else ""
    return f"{words}, {paint(f'but fails: {unmet}', RED, colour=colour)}" if unmet else words


def _needs(report: Report, most: int) -> Iterator[str]:
    if not report.missing:
        return
    following = LEVELS[LEVELS.index(report.level) + 1]
    yield f"  {following} needs more:"
    for text in report.missing[:most]:
        yield f"    {safe(text)}"
    if len(report.missing) > most:
        rest = len(report.missing) - most
        yield f"    and {rest} more (all of them: --require {following})"


def _profile(profile: Profile) -> Iterator[str]:
    answered = sum(not question.missing for question in profile.questions)
    questions = plural(len(profile.questions), "question")
    yield f"  {profile.id} ({profile.title}, {profile.version}): {answered} of {questions} answered"
    for question in profile.questions:
        yield f"    {'no ' if question.missing else 'yes'} {question.text}"
        if question.answer:
            yield f"          {safe(question.answer)}"
        for text in question.missing:
            yield f"          declare {safe(text)}"
        if question.pointers:
            more = len(question.pointers) - MOST_NEEDS
            at = ", ".join(question.pointers[:MOST_NEEDS])
            yield f"          at {safe(at)}" + (f" and {more} more" if more > 0 else "")


def _finding(finding: Finding, raw: bytes, *, colour: bool, first: int = 1) -> Iterator[str]:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    word = paint(
        f"{finding.severity.label} {finding.code}",
        BOLD,
        _COLOURS[finding.severity],
        colour=colour,
    )
    yield f"{safe(place)}: {word}: {safe(finding.message)}"
    for line in frame(raw, finding.line, finding.column, first):
        yield paint(line, DIM, colour=colour)
    for label, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("hint", finding.hint),
    ):
        if text:
            yield f"  {label + ':':<10}{safe(text)}"


def _summary(totals: Tally) -> str:
    counts = totals.counts
    levels = ", ".join(f"{number} {level}" for level, number in counts.levels.items())
    kinds = (
        (counts.valid, f"valid ({levels})"),
        (counts.invalid, "invalid"),
        (counts.unsupported, "of an unsupported version"),
        (counts.unreadable, "not checked"),
    )
    words = [f"{number} {word}" for number, word in kinds if number]
    words += [f"{totals.unmet} short of what was asked for"] if totals.unmet else []
    text = f"{plural(counts.files, 'file')}: {', '.join(words)}"
    found = tally(counts.errors, counts.warnings, counts.notes)
    text += f"; {found}" if found else ""
    if counts.skipped:
        text += f"; {plural(counts.skipped, 'other file')} skipped (no spec_version)"
    return text
