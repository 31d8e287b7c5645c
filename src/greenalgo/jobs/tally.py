"""Jobs, added up by what their footprint depends on: memory grows with the groups, not with the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.formats.slurm_states import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from greenalgo.jobs.cluster import Cluster
    from greenalgo.jobs.records import Job

#: What jobs can be grouped by: the words that a job has for each.
KEYS: Mapping[str, Callable[[Job], str]] = {
    "user": lambda job: job.user,
    "account": lambda job: job.account,
    "partition": lambda job: job.partition,
    "qos": lambda job: job.qos,
    "cluster": lambda job: job.cluster,
    "name": lambda job: job.name,
    "state": lambda job: job.state,
    "year": lambda job: job.end[:4],
    "month": lambda job: job.end[:7],
    "day": lambda job: job.end[:10],
}


class Kind(NamedTuple):
    """What the footprint of a job depends on, besides its size.

    Attributes:
        site: The name of its site in the cluster.
        outcome: The statement's outcome.
        year: The year in which it ended; empty where not known.
        counted: It has an energy counter.
    """

    site: str
    outcome: str
    year: str
    counted: bool


class Cell:
    """The sums over the jobs of one kind in one group. Times are in seconds, memory in GB.

    Attributes:
        jobs: How many jobs.
        job_s: Their wall-clock time.
        measured_s: CPU time that jobs had whose use of it is known (CPUs x wall clock).
        used_s: CPU time of these that was used.
        unmeasured_s: CPU time that the other jobs had.
        gpu_s: GPU time that they had, by type.
        memory_gbs: Memory that they had reserved, times wall clock.
        peaked_gbs: That of the jobs whose peak is known.
        unused_gbs: That of these which lay above the peak.
        joules: What energy counters read.
        start: When the first started; empty where not known.
        end: When the last ended.
    """

    __slots__ = (
        "end", "gpu_s", "job_s", "jobs", "joules", "measured_s", "memory_gbs", "peaked_gbs", "start", "unmeasured_s",
        "unused_gbs", "used_s",
    )  # fmt: skip

    def __init__(self) -> None:
        self.jobs = 0
        self.job_s = self.measured_s = self.used_s = self.unmeasured_s = 0.0
        self.memory_gbs = self.peaked_gbs = self.unused_gbs = self.joules = 0.0
        self.gpu_s: dict[str, float] = {}
        self.start = self.end = ""

    def add(self, job: Job) -> None:
        """Add a job."""
        time = job.elapsed_s
        self.jobs += 1
        self.job_s += time
        if job.cpu_s:
            self.measured_s += job.cpus * time
            self.used_s += job.cpu_s
        else:
            self.unmeasured_s += job.cpus * time
        for kind, count in job.gpus:
            self.gpu_s[kind] = self.gpu_s.get(kind, 0.0) + count * time
        if job.memory_gb:
            self.memory_gbs += job.memory_gb * time
            if job.peak_gb:
                self.peaked_gbs += job.memory_gb * time
                self.unused_gbs += max(job.memory_gb - job.peak_gb, 0.0) * time
        if job.joules:
            self.joules += job.joules
        if job.start and (job.start < self.start or not self.start):
            self.start = job.start
        if job.end > self.end:
            self.end = job.end

    def merge(self, other: Cell) -> None:
        """Add the sums of another cell."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, time in other.gpu_s.items():
            self.gpu_s[kind] = self.gpu_s.get(kind, 0.0) + time
        self.start = min(filter(None, (self.start, other.start)), default="")
        self.end = max(self.end, other.end)


_SUMS = (
    "jobs", "job_s", "measured_s", "used_s", "unmeasured_s", "memory_gbs", "peaked_gbs", "unused_gbs", "joules",
)  # fmt: skip


class Wanted(NamedTuple):
    """Which jobs count; an empty collection, or text, takes all.

    Attributes:
        users: Their users.
        accounts: Their accounts.
        partitions: Their partitions.
        states: Their states.
        since: The first year, month or day on which they ended (``2026-01``).
        until: The last one, whole.
    """

    users: Collection[str] = ()
    accounts: Collection[str] = ()
    partitions: Collection[str] = ()
    states: Collection[str] = ()
    since: str = ""
    until: str = ""

    def takes(self, job: Job) -> bool:
        """Say whether a job counts."""
        return not (
            (self.users and job.user not in self.users)
            or (self.accounts and job.account not in self.accounts)
            or (self.partitions and job.partition not in self.partitions)
            or (self.states and job.state not in self.states)
            or (self.since and job.end[: len(self.since)] < self.since)
            or (self.until and job.end[: len(self.until)] > self.until)
        )


class Tally:
    """Sums over jobs.

    Args:
        cluster: What stands behind the partitions.
        by: Names of :data:`KEYS` by which jobs are grouped.
        wanted: Which jobs count.
        successes: States other than COMPLETED that are no failure, such as TIMEOUT.

    Attributes:
        by: What jobs are grouped by.
        cells: The sums, by group and kind.
        others: How many jobs did not count.
    """

    def __init__(
        self,
        cluster: Cluster,
        by: Collection[str] = (),
        wanted: Wanted | None = None,
        successes: Collection[str] = (),
    ) -> None:
        self._cluster = cluster
        self.by = tuple(by)
        self._keys = tuple(KEYS[name] for name in by)
        self._wanted = wanted if wanted and any(wanted) else None
        self._outcomes = OUTCOMES | dict.fromkeys(successes, "reported")
        self.cells: dict[tuple[str, ...], dict[Kind, Cell]] = {}
        self.others = 0

    def add(self, job: Job) -> None:
        """Add a job, if it counts."""
        if self._wanted and not self._wanted.takes(job):
            self.others += 1
            return
        group = tuple([key(job) for key in self._keys])
        kind = Kind(
            job.partition if job.partition in self._cluster.sites else "",
            self._outcomes[job.state], job.end[:4], job.joules is not None,
        )  # fmt: skip
        kinds = self.cells.get(group)
        if kinds is None:
            kinds = self.cells[group] = {}
        cell = kinds.get(kind)
        if cell is None:
            cell = kinds[kind] = Cell()
        cell.add(job)

    def total(self) -> dict[Kind, Cell]:
        """Return the sums over all groups, by kind."""
        whole: dict[Kind, Cell] = {}
        for kinds in self.cells.values():
            for kind, cell in kinds.items():
                whole.setdefault(kind, Cell()).merge(cell)
        return whole
