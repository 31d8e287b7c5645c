"""What is read of an accounting log: jobs, and what is known of the reading itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from greenalgo.findings import Finding


#: Findings of one code that are kept with their places; of the others there is the number.
MOST_TOLD = 5


class Job(NamedTuple):
    """A job that has ended.

    Attributes:
        user: Who ran it.
        account: The account that it was charged to.
        partition: The partition.
        name: Its name.
        qos: Its quality of service.
        cluster: The cluster; empty where the log does not say.
        state: Slurm's state, a word (``CANCELLED``).
        start: When it started (``2026-11-23T09:39:26``, local to the cluster); empty where not known.
        end: When it ended; empty where not known.
        elapsed_s: Wall-clock time (s).
        cpus: CPUs that it had, as Slurm counts them (cores, or hardware threads).
        cpu_s: CPU time that it used (s); 0 where not known.
        memory_gb: Memory that it had reserved (GB); None where not known.
        peak_gb: The most memory that it used (GB); None where not known.
        gpus: GPUs that it had, by Slurm's name of their type.
        joules: What the energy counter reads (J); None where there is none.
    """

    user: str
    account: str
    partition: str
    name: str
    qos: str
    cluster: str
    state: str
    start: str
    end: str
    elapsed_s: float
    cpus: int
    cpu_s: float
    memory_gb: float | None
    peak_gb: float | None
    gpus: tuple[tuple[str, int], ...]
    joules: float | None


class Log(NamedTuple):
    """A file that was read.

    Attributes:
        name: Its name as given; ``-`` is standard input.
        sha256: SHA-256 of its bytes.
        rows: Rows below the header.
        lost: What cannot be known because a column is missing, a sentence each.
    """

    name: str
    sha256: str
    rows: int
    lost: tuple[str, ...]


class Reading:
    """What is known of a reading besides the jobs.

    Attributes:
        logs: The files.
        counts: How often something happened that a reader has to know, by its words.
        broken: Findings about rows that could not be used, the first of each code.
        broken_rows: How many there are.
    """

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.counts: dict[str, int] = {}
        self.broken: list[Finding] = []
        self.broken_rows = 0

    def note(self, words: str) -> None:
        """Count something."""
        self.counts[words] = self.counts.get(words, 0) + 1

    def refuse(self, finding: Finding) -> None:
        """Take a row out, and keep why."""
        self.broken_rows += 1
        if sum(one.code == finding.code for one in self.broken) < MOST_TOLD:
            self.broken.append(finding)


def how_many(number: int, words: str) -> str:
    """Return a number and what there are so many of, which begins in the plural (``rows that ...``)."""
    noun, space, rest = words.partition(" ")
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}{space}{rest}"
