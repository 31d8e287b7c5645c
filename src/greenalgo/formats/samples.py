"""Power over time -> energy: the trapezoid between samples, and holes that are not filled."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from greenalgo.formats.table import to_number
from greenalgo.units import SECONDS_PER_HOUR, WH_PER_KWH

#: So many times the usual distance between two samples is a hole: nobody knows what was drawn in it.
_HOLE = 10


class Integral(NamedTuple):
    """The energy under samples of power.

    Attributes:
        energy_kwh: The energy (kWh), without the holes.
        seconds: From the first sample to the last (s).
        holes: Seconds of it that are holes (s).
        samples: How many there were.
    """

    energy_kwh: float
    seconds: float
    holes: float
    samples: int


def integrate(points: list[tuple[float, float]]) -> Integral:
    """Return the energy under samples.

    Args:
        points: Moment (s) and power (W), in any order.
    """
    points = sorted(points)
    steps = [after[0] - before[0] for before, after in pairwise(points)]
    moved = [step for step in steps if step > 0]
    longest = _HOLE * median(moved) if moved else 0.0
    joules, holes = 0.0, 0.0
    for before, after, step in zip(points, points[1:], steps, strict=False):
        if step > longest:
            holes += step
        else:
            joules += step * (before[1] + after[1]) / 2
    seconds = points[-1][0] - points[0][0] if points else 0.0
    return Integral(joules / SECONDS_PER_HOUR / WH_PER_KWH, seconds, holes, len(points))


def moment_of(text: str) -> float | None:
    """Return a moment in seconds since 1970: a number, or a date with or without a zone; None where it is neither.

    A date without a zone is taken as UTC: only differences matter.
    """
    number = to_number(text)
    if number is not None:
        return number / 1000 if number > 1e11 else number
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
