"""Moments and spans: rounded outwards to the second, so that a run never takes longer than its period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ended(end: str, seconds: float | None) -> tuple[str, str]:
    """Return start and end of a run whose end is known.

    Args:
        end: The end, ISO 8601; local time where it has no zone.
        seconds: How long it took (s); None leaves the start out.

    Returns:
        Start and end; empty texts where they are not known.
    """
    last = _moment(end)
    if last is None:
        return "", ""
    return _text(_later(last, -seconds)) if seconds else "", _text(_later(last, 0.0, up=True))


def started(start: str, seconds: float | None) -> tuple[str, str]:
    """Return start and end of a run whose start is known; as :func:`ended`."""
    first = _moment(start)
    if first is None:
        return "", ""
    return _text(first), _text(_later(first, seconds, up=True)) if seconds else ""


def since_1970(start: float, end: float) -> tuple[str, str]:
    """Return two moments that are given in seconds since 1970, as UTC; empty texts where no calendar has them."""
    return _text(_later(_EPOCH, start)), _text(_later(_EPOCH, end, up=True))


def overlapping(spans: Iterable[tuple[str, str]], slack: float = 0.0) -> int:
    """Return how many spans begin before one that began earlier has ended.

    Args:
        spans: Start and end of each, ISO 8601; one without an end is a moment, and one that is no date is passed
            over. Moments with a zone and moments without one are not held against each other.
        slack: So long (s) may two spans overlap all the same.
    """
    moments = [(_moment(start), _moment(end or start)) for start, end in spans]
    again = 0
    for zoned in (False, True):
        latest: datetime | None = None
        for start, end in sorted(
            (start, end)
            for start, end in moments
            if start and end and {bool(start.tzinfo), bool(end.tzinfo)} == {zoned}
        ):
            again += latest is not None and (latest - start).total_seconds() > slack
            latest = max(latest or end, end)
    return again


def hours_between(start: str, end: str) -> float | None:
    """Return the hours from one moment to another (h), ISO 8601; None where they cannot be held against each other."""
    first, last = _moment(start), _moment(end)
    if first is None or last is None or bool(first.tzinfo) != bool(last.tzinfo):
        return None
    return (last - first).total_seconds() / SECONDS_PER_HOUR


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _later(moment: datetime, seconds: float, *, up: bool = False) -> datetime | None:
    """Return the moment so many seconds later, the next whole second if ``up``; None beyond the calendar."""
    try:
        later = moment + timedelta(seconds=seconds)
        return later + timedelta(seconds=1) if up and later.microsecond else later
    except OverflowError:
        return None


def _text(moment: datetime | None) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z") if moment else ""
