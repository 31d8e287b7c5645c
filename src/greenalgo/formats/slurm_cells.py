"""The cells of an accounting log of Slurm: durations, sizes, moments, trackable resources (TRES).

``import`` makes a run of every job, ``jobs`` adds jobs up: both read cells here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Slurm's suffixes of sizes, as powers of 1024.
_SUFFIXES = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_SIZE = re.compile(r"(\d{1,20}(?:\.\d{1,20})?)([KMGTP]?)B?([cn]?)", re.ASCII)
_DURATION = re.compile(r"(?:(?:(\d{1,6})-)?(\d{1,9}):)?(\d{1,9}):(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
#: What Slurm writes where it has no number: NO_VAL, INFINITE, and the 64-bit ones.
_NO_NUMBERS = frozenset((2**32 - 2, 2**32 - 1, 2**64 - 2, 2**64 - 1))
_LONGEST_COUNT = 20
#: No node draws more (W): what a counter reads above this is an overflow.
_MOST_W_PER_NODE = 20_000
#: Until the year 5138.
_LONGEST_SINCE_1970 = 11
_NO_MOMENTS = frozenset(("", "Unknown", "None", "N/A", "INVALID"))


def seconds(text: str) -> float:
    """Return a duration (s): ``[[days-]hours:]minutes:seconds[.fraction]``.

    Raises:
        ValueError: It is none.
    """
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    days, hours, minutes, rest = found.groups()
    return int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)


@lru_cache(maxsize=4096)
def gigabytes(text: str, bare: str = "") -> tuple[float, str]:
    """Return a size in GB as memory is sold (1 GB = 1024^3 bytes), and what it is for.

    Args:
        text: The size, such as ``8000M``, ``7.50G``, ``4Gc``.
        bare: The suffix that a number without one has.

    Returns:
        The size in GB; ``c`` for one CPU, ``n`` for one node (Slurm before 21.08), empty for the job.

    Raises:
        ValueError: It is none.
    """
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError(text)
    number, suffix, scope = found.groups()
    return float(number) * 1024.0 ** (_SUFFIXES[suffix or bare] - 3), scope


class Allocated:
    """Trackable resources of a job.

    Args:
        text: As Slurm writes them, such as ``billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=32G,node=1``.

    Attributes:
        cpus: CPUs as Slurm counts them; 0 where it does not say.
        nodes: Nodes; 0 where it does not say.
        memory_gb: Memory of the whole job in GB; None where it does not say.
        gpus: GPUs by their type, an empty one where Slurm does not know it.

    Raises:
        ValueError: It is no list of resources.
    """

    __slots__ = ("cpus", "gpus", "memory_gb", "nodes")

    def __init__(self, text: str) -> None:
        given = dict(pair.split("=", 1) for pair in text.split(",")) if text else {}
        self.cpus = _count(given.get("cpu", "0"))
        self.nodes = _count(given.get("node", "0"))
        size = gigabytes(given["mem"], "M")[0] if "mem" in given else 0.0
        self.memory_gb = size or None
        typed = {
            name[len("gres/gpu:") :]: _count(value)
            for name, value in given.items()
            if name.startswith("gres/gpu:")
        }
        untyped = _count(given.get("gres/gpu", "0")) - sum(typed.values())
        if untyped > 0:
            typed[""] = untyped
        self.gpus = tuple((kind, count) for kind, count in typed.items() if count)


def used_memory_gb(text: str) -> float:
    """Return the memory in a step's TRESUsageInTot, the sum of its tasks' peaks, in GB; 0 where it has none.

    Args:
        text: As Slurm writes it, such as ``cpu=00:00:14,energy=1275,fs/disk=1685855,mem=13400K,pages=3``.

    Raises:
        ValueError: It is no size.
    """
    at = f",{text}".find(",mem=")
    return gigabytes(text[at + 4 :].partition(",")[0])[0] if at >= 0 else 0.0


#: A log has few kinds of allocation.
allocated = lru_cache(maxsize=8192)(Allocated)


def _count(text: str) -> int:
    """Return a count, which Slurm shortens as it shortens sizes (``1.5K``)."""
    return round(gigabytes(text)[0] * 1024.0**3)


def count(text: str) -> int:
    """Return a count; 0 where there is none.

    Raises:
        ValueError: It is no count.
    """
    if text.isdigit() and len(text) <= _LONGEST_COUNT:
        value = int(text)
        return 0 if value in _NO_NUMBERS else value
    return _count(text) if text else 0


def moment(text: str) -> str:
    """Return a moment as ``2026-11-23T09:39:26``, local to the cluster; empty where there is none.

    Args:
        text: As sacct writes it by default, in SLURM_TIME_FORMAT's ``%s`` (seconds since 1970, UTC), or in another
            form that begins with year, month and day.

    Raises:
        ValueError: It is none of these.
    """
    if text in _NO_MOMENTS:
        return ""
    if text.isdigit() and len(text) <= _LONGEST_SINCE_1970:
        return f"{datetime.fromtimestamp(int(text), UTC):%Y-%m-%dT%H:%M:%S}" if int(text) else ""
    if text[4:5] != "-" or text[7:8] != "-":
        raise ValueError(text)
    found = f"{text[:10]}T{text[11:19]}"
    when = datetime.fromisoformat(found)
    # It also reads 2026-11-23T09 and 2026-11-23T093926.
    return found if found[13::3] == "::" else f"{when:%Y-%m-%dT%H:%M:%S}"


def elapsed(text: str) -> float:
    """Return a wall-clock time (s), as ElapsedRaw (seconds) or as Elapsed has it; 0 where there is none.

    Raises:
        ValueError: It is none.
    """
    return float(count(text)) if text.isdigit() or not text else seconds(text)


def most_joules(nodes: int, elapsed_s: float) -> float:
    """Return the most energy (J) that a counter can have read; without an end where the nodes are not known."""
    return _MOST_W_PER_NODE * nodes * elapsed_s or inf


def _given(reader: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: text and reader(text)


#: How a cell of a job is read, by sacct's name of its column.
OF_JOB: dict[str, Callable[[str], object]] = {
    "Start": moment, "End": moment, "ElapsedRaw": elapsed, "NCPUS": count, "NNodes": count, "TotalCPU": _given(seconds),
    "ReqMem": _given(lambda text: gigabytes(text, "M")), "AllocTRES": allocated, "ConsumedEnergyRaw": count,
}  # fmt: skip
#: How a cell of a step is read.
OF_STEP: dict[str, Callable[[str], object]] = {
    "NTasks": count, "MaxRSS": _given(gigabytes), "TRESUsageInTot": used_memory_gb, "ConsumedEnergyRaw": count,
}  # fmt: skip
_MOMENT = "a moment such as 2026-01-31T23:59:59 (SLURM_TIME_FORMAT=standard)"
#: What a cell is expected to hold that is no count.
EXPECTED = {
    "Start": _MOMENT, "End": _MOMENT, "ElapsedRaw": "seconds, or [days-]hours:minutes:seconds",
    "TotalCPU": "[days-][hours:]minutes:seconds", "ReqMem": "a size such as 8000M", "MaxRSS": "a size such as 12260K",
    "AllocTRES": "resources such as cpu=8,gres/gpu=1,mem=32G", "TRESUsageInTot": "resources such as mem=12260K",
    "State": "a state such as COMPLETED, FAILED, CANCELLED by 1000",
}  # fmt: skip
