"""GA4: dates that no calendar has, or that cannot follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Severity
from greenalgo.glance.plain import is_before, is_day
from greenalgo.validate.case import finding
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

ISSUED = Rule(
    "GA430",
    Severity.WARNING,
    "The statement was issued before the run had ended",
    "issued is earlier than the end of a period, of the statement or of a run.",
    "What was not over could not be measured: one of the dates is wrong, or the figures are a plan.",
    "issued: 2023-05-01\nperiod: {start: 2024-01-01, end: 2024-02-01}",
    "Correct the date. A plan is no statement of what was used.",
)
BACKWARDS = Rule(
    "GA435",
    Severity.ERROR,
    "A period ends before it starts",
    "The end of a period, of the statement or of a run, is earlier than its start.",
    "Nothing can have run in it, and the year of the factors may be wrong.",
    "period: {start: 2024-02-01, end: 2024-01-02}",
    "Correct one of the dates: year-month-day, such as 2024-01-31.",
)
NO_SUCH_DAY = Rule(
    "GA436",
    Severity.ERROR,
    "No such day",
    "issued, or an end of a period, is a day that the calendar does not have.",
    "The length of the period cannot be held against the hours, and a reader cannot tell which day is meant.",
    "period: {start: 2024-02-01, end: 2024-02-30}",
    "Correct the date; where the day is not known, give the month (2024-02) or the year.",
)
RULES = (ISSUED, BACKWARDS, NO_SUCH_DAY)


def check(case: Case) -> Iterator[Finding]:
    """Hold the date of the statement against the ends of its periods, and their ends against their starts."""
    data = case.statement.data
    issued, over = data.get("issued", ""), True
    yield from _day(issued, "/issued")
    for node, at in ((data, ""), *((node, f"/runs/{i}") for i, node in enumerate(data["runs"]))):
        period = node.get("period", {})
        start, end = period.get("start", ""), period.get("end", "")
        yield from _day(start, f"{at}/period/start")
        yield from _day(end, f"{at}/period/end")
        if end and is_before(end, start):
            yield finding(
                BACKWARDS,
                f"the period starts on {start} and ends on {end}",
                f"{at}/period/end",
                expected=f"{start} or later",
                found=end,
            )
        if over and is_before(issued, end):
            over = False  # the periods of the other runs are not over either
            yield finding(
                ISSUED,
                f"the statement was issued on {issued}, the period ends on {end}",
                f"{at}/period/end",
                expected=f"{issued} or earlier",
                found=end,
            )


def _day(day: str, at: str) -> Iterator[Finding]:
    if not is_day(day):
        yield finding(
            NO_SUCH_DAY, f"there is no {day[:10]}", at, expected="a day of the calendar", found=day
        )
