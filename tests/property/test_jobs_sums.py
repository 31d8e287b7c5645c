"""Sums over jobs: they do not depend on the order, on the groups, on logs that overlap, or on steps."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.factors import open_set
from greenalgo.jobs.account import account
from greenalgo.jobs.cluster import read_cluster
from greenalgo.jobs.lines import Lines
from greenalgo.jobs.records import Reading
from greenalgo.jobs.seen import Seen
from greenalgo.jobs.slurm import SlurmLog
from greenalgo.jobs.tally import KEYS, Tally

if TYPE_CHECKING:
    from random import Random

    from greenalgo.jobs.account import Account

HEADER = (
    "JobID|JobIDRaw|User|Account|Partition|State|Start|End|ElapsedRaw|NCPUS|TotalCPU|AllocTRES|MaxRSS|ConsumedEnergyRaw"
)  # fmt: skip
TOLD = {
    "cpu": {"power_w": 5}, "gpu": {"power_w": 300}, "place": "DEU", "pue": 1.5, "partitions": {"gpu": {"pue": 1.1}},
}  # fmt: skip
FACTORS = open_set()
CLUSTER = read_cluster(TOLD, FACTORS, "test")


def job(number: int, draw: st.DrawFn) -> str:
    """Return the rows of a job and of its steps."""
    user, state = (
        draw(st.sampled_from("abc")),
        draw(st.sampled_from(("COMPLETED", "FAILED", "CANCELLED by 1"))),
    )
    time, cpus = draw(st.integers(1, 10**6)), draw(st.integers(1, 512))
    had = f"cpu={cpus},gres/gpu={draw(st.integers(0, 8))},mem={draw(st.integers(1, 2000))}G,node=1"
    month = draw(st.integers(1, 12))
    where = draw(st.sampled_from(("cpu", "gpu")))
    end = f"{draw(st.integers(2023, 2026))}-{month:02}-03T08:00:00"
    used = f"{draw(st.integers(0, 10**6))}:00"
    rows = [
        f"{number}|{number}|{user}|{user * 2}|{where}|{state}|2023-01-01T00:00:00|{end}|{time}|{cpus}|{used}|{had}||"
    ]
    for step in ("batch", "extern", "0")[: draw(st.integers(0, 3))]:
        peak, joules = draw(st.integers(0, 10**6)), draw(st.integers(0, 10**5))
        rows.append(
            f"{number}.{step}|{number}.{step}||||{state}|||{time}|{cpus}|{used}|{had}|{peak}K|{joules}"
        )
    return "\n".join(rows)


@st.composite
def logs(draw: st.DrawFn) -> list[str]:
    return [job(number, draw) for number in range(1, draw(st.integers(1, 8)) + 1)]


def total(*texts: list[str], by: tuple[str, ...] = ()) -> Account:
    seen, tally = Seen(), Tally(CLUSTER, by)
    for jobs in texts:
        raw = "\n".join([HEADER, *jobs]).encode()
        log = SlurmLog(Lines(io.BytesIO(raw), "log"), "log", reading := Reading(), seen)
        for one in log.jobs():
            tally.add(one)
        assert reading.broken_rows == 0
    return account(tally, CLUSTER, FACTORS, FACTORS.policy(None))


def figures(found: Account) -> list[float]:
    return [*found.total[:4], *(end for one in found.total.cost for end in one)]


@settings(max_examples=often(25))
@given(logs(), st.randoms())
def test_the_order_of_jobs_does_not_matter(jobs: list[str], random: Random) -> None:
    mixed = jobs.copy()
    random.shuffle(mixed)
    assert figures(total(mixed)) == pytest.approx(figures(total(jobs)))


@settings(max_examples=often(25))
@given(logs(), st.sampled_from(list(KEYS)))
def test_groups_and_outcomes_and_parts_add_up(jobs: list[str], key: str) -> None:
    found = total(jobs, by=(key,))
    for rows in (found.groups, found.outcomes):
        for at, whole in enumerate(figures(found)):
            ends = ([*row[:4], *(end for one in row.cost for end in one)] for row in rows.values())
            assert sum(row[at] for row in ends) == pytest.approx(whole)
    parts = sum(part.value for part in found.parts.values())
    assert parts == pytest.approx(found.total.cost.energy_facility_kwh.value)


@settings(max_examples=often(25))
@given(logs())
def test_steps_are_never_added(jobs: list[str]) -> None:
    alone = [rows.partition("\n")[0] for rows in jobs]
    assert figures(total(jobs)) == pytest.approx(figures(total(alone)))


@settings(max_examples=often(25))
@given(logs(), st.data())
def test_logs_that_overlap_count_once(jobs: list[str], data: st.DataObject) -> None:
    first, last = sorted(
        (data.draw(st.integers(0, len(jobs))), data.draw(st.integers(0, len(jobs))))
    )
    assert figures(total(jobs[:last], jobs[first:])) == pytest.approx(figures(total(jobs)))
