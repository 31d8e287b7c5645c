"""Two sides of a comparison in one run: they take turns, and what counts is the median of the ratios."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Times = dict[str, list[float]]


class Target(NamedTuple):
    """A ratio of two steps and its bound.

    Attributes:
        name: What is compared.
        above: The step above the line.
        below: The step below it.
        bound: The bound.
        at_most: The bound is the most; else the least.
    """

    name: str
    above: str
    below: str
    bound: float
    at_most: bool = True


def measure(
    steps: Mapping[str, Callable[[], object]], rounds: int, rare: Iterable[str] = ()
) -> Times:
    """Run every step once a round, in turn, and return the seconds of each.

    Args:
        steps: What to run, by name.
        rounds: How often.
        rare: Steps that take so long that every third round is enough; between, their last time counts.
    """
    times: Times = {name: [] for name in steps}
    for turn in range(rounds):
        for name, step in steps.items():
            if name in rare and turn % 3:
                times[name].append(times[name][-1])
                continue
            start = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - start)
    return times


def ratio(times: Times, above: str, below: str) -> float:
    """Return the median of the ratios of one round: both steps met the same machine."""
    return statistics.median(a / b for a, b in zip(times[above], times[below], strict=True))


def print_times(times: Times) -> None:
    """Print the median and the range of every step, in milliseconds."""
    for name, values in times.items():
        median, least, most = (
            1000 * one for one in (statistics.median(values), min(values), max(values))
        )
        print(f"{name:44} {median:9.1f} ms   ({least:.1f} to {most:.1f})")
    print()


def judge(times: Times, targets: Iterable[Target]) -> bool:
    """Print every ratio beside its bound, and say whether all are met; those without a side are left out."""
    met = True
    for name, above, below, bound, at_most in targets:
        word = f"(target: {'at most' if at_most else 'at least'} {bound:g})"
        if above not in times or below not in times:
            print(f"{name:44} {'-':>9}      {word} left out: see --peers")
            continue
        found = ratio(times, above, below)
        good = found <= bound if at_most else found >= bound
        met = met and good
        print(f"{name:44} {found:9.2f}      {word} {'ok' if good else 'MISSED'}")
    return met
