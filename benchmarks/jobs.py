"""Compare adding up the jobs of an accounting log with one pass over its cells.

    python benchmarks/jobs.py [--jobs N] [--rounds N]

The log has two steps for every job. A pass divides every line into cells and does nothing else. The peak of the
memory is that of Python's objects, for a tenth of the jobs and for all.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tracemalloc
from functools import partial
from pathlib import Path

from greenalgo.factors import open_set
from greenalgo.jobs.account import account
from greenalgo.jobs.cluster import read_cluster
from greenalgo.jobs.lines import Lines
from greenalgo.jobs.records import Reading
from greenalgo.jobs.seen import Seen
from greenalgo.jobs.slurm import COLUMNS, SlurmLog
from greenalgo.jobs.tally import Tally
from side_by_side import Target, judge, measure, print_times

ONE_PASS, ADDED = "one pass", "greenalgo jobs"
TARGETS = [Target("greenalgo jobs / one pass", ADDED, ONE_PASS, 10.0)]
MOST_GROWTH = 2.0
FACTORS = open_set()
TOLD = {"cpu": {"power_w": 5}, "gpu": {"power_w": 300}, "place": "DEU", "pue": 1.2}


def write(path: Path, jobs: int) -> None:
    """Write a log."""
    with path.open("w", encoding="utf-8") as log:
        log.write("|".join(COLUMNS) + "\n")
        for n in range(1, jobs + 1):
            cpus, time_s, day = 1 << n % 7, 60 + n * 7919 % 86400, 1 + n % 28
            had = f"billing={cpus},cpu={cpus},gres/gpu:a100={n % 3},gres/gpu={n % 3},mem={cpus * 4}G,node=1"
            ended = (
                f"2026-03-{day:02}T08:00:00|2026-03-{day:02}T20:{n % 60:02}:00|{time_s}|{cpus}|1"
            )
            used = f"{time_s * cpus // 120}:00.500"
            log.write(
                f"{n}|{n}|job|user{n % 50}|acc{n % 9}|main|normal|fourier|COMPLETED|{ended}||{used}|{cpus * 4}G"
                f"|{had}|||\n"
            )
            for step in ("batch", "0"):
                log.write(
                    f"{n}.{step}|{n}.{step}|{step}||acc{n % 9}|||fourier|COMPLETED|{ended}|1|{used}||cpu={cpus},mem=4G"
                    f"|{n % 4000 + 1}M|cpu={used},energy=0,mem={n % 4000 + 1}M,pages=3,vmem=16568K|\n"
                )


def divide(path: Path) -> int:
    """Divide every line into cells; return how many lines there are."""
    lines = 0
    with path.open(encoding="utf-8") as log:
        for line in log:
            line.split("|")
            lines += 1
    return lines


def add_up(path: Path) -> int:
    """Do what ``greenalgo jobs LOG --by user`` does; return how many jobs there are."""
    cluster = read_cluster(TOLD, FACTORS, "benchmark")
    tally = Tally(cluster, ("user",))
    with path.open("rb") as log:
        for job in SlurmLog(Lines(log, path.name), path.name, Reading(), Seen()).jobs():
            tally.add(job)
    return account(tally, cluster, FACTORS, FACTORS.policy(None)).total.jobs


def peak(path: Path) -> float:
    """Return the most memory (MB) that adding up takes."""
    tracemalloc.start()
    add_up(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> int:
    """Measure, print, and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, tenth = Path(folder, "whole.txt"), Path(folder, "tenth.txt")
        write(whole, given.jobs)
        write(tenth, given.jobs // 10)
        add_up(tenth)
        steps = {ONE_PASS: partial(divide, whole), ADDED: partial(add_up, whole)}
        times = measure(steps, given.rounds)
        small, large = peak(tenth), peak(whole)
    print(f"{given.jobs} jobs with 2 steps each; {given.rounds} rounds\n")
    print_times(times)
    met = judge(times, TARGETS)
    grown = large / small
    met &= grown <= MOST_GROWTH
    print(
        f"memory of all / of a tenth ({large:.1f}, {small:.1f} MB): {grown:.2f} "
        f"(target: at most {MOST_GROWTH:g}) {'ok' if grown <= MOST_GROWTH else 'MISSED'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
