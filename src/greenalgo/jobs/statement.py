"""A statement of the jobs of a log: a run for each partition, outcome and year."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.formats.slurm_states import WORDS
from greenalgo.formats.words import slug, tidy
from greenalgo.jobs.records import how_many
from greenalgo.jobs.runs import cpu_line, gpu_line, memory_line, place_of
from greenalgo.jobs.tally import Cell, Kind
from greenalgo.schemas.versions import NEWEST
from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenalgo.jobs.cluster import Cluster, Site
    from greenalgo.jobs.records import Log

_DIGITS = 12
_LOG = "accounting log of Slurm"
#: What a reader has to know of ConsumedEnergyRaw (sacct(1)).
COUNTER_CAVEAT = (
    "Slurm charges a job the energy of its whole nodes: the figure is the job's only where it had them to itself. "
    "Which parts of a node the counter covers depends on AcctGatherEnergyType; PUE is never in it."
)


class Frame(NamedTuple):
    """What a statement says besides the jobs.

    Attributes:
        title: Its title; empty makes one.
        command: The command that made it.
        failed_runs: Whether failed jobs are in it: ``included``, ``none``, ``excluded``; empty says nothing.
        note: What was left out.
    """

    title: str
    command: str
    failed_runs: str
    note: str


def statement(
    cells: Mapping[Kind, Cell],
    cluster: Cluster,
    logs: Sequence[Log],
    frame: Frame,
    *,
    counters: bool,
) -> dict[str, Any]:
    """Return a statement of jobs.

    Args:
        cells: Their sums, by kind.
        cluster: What stands behind the partitions.
        logs: The logs.
        frame: What else it says.
        counters: The energy of jobs with a counter is what it read.

    Returns:
        The document as plain JSON values; ``results`` are not in it.
    """
    kinds: dict[Kind, Cell] = {}
    for kind, cell in cells.items():
        kinds.setdefault(kind if counters else kind._replace(counted=False), Cell()).merge(cell)
    ids: dict[str, None] = {}
    runs = [_run(kind, cell, cluster.sites[kind.site], ids) for kind, cell in sorted(kinds.items())]
    name = cluster.name or "a batch system"
    return {
        "spec_version": NEWEST,
        "title": tidy(frame.title, 300) or f"Jobs of {name}",
        "subject": {"name": cluster.name or "Jobs of a batch system", "kind": "infrastructure"},
        "boundary": {
            "includes": ["CPU cores, GPUs and memory that jobs had, from start to end"],
            "excludes": ["idle and login nodes, storage, network: not in an accounting log"],
            **({"failed_runs": frame.failed_runs} if frame.failed_runs else {}),
        },
        "runs": runs,
        "provenance": {
            "files": [
                {
                    "path": tidy(os.path.basename(log.name), 500),
                    "sha256": log.sha256,
                    "tool": "Slurm sacct",
                    "note": f"read by: {frame.command}",
                }
                for log in logs
            ],
            **({"note": frame.note} if frame.note else {}),
        },
    }


def _run(kind: Kind, cell: Cell, site: Site, ids: dict[str, None]) -> dict[str, Any]:
    words = [kind.site, WORDS[kind.outcome], kind.year, "counted" if kind.counted else ""]
    words = [word for word in words if word]
    run_id = name = slug("-".join(words))
    while run_id in ids:
        run_id = f"{name}-{len(ids)}"
    ids[run_id] = None
    period = {"start": cell.start[:10], "end": cell.end[:10]}
    run = {
        "id": run_id,
        "name": f"{how_many(cell.jobs, 'jobs')}: {', '.join(words)}"[:200],
        "phase": "other",
        "outcome": kind.outcome,
        "period": {end: day for end, day in period.items() if day},
        "hardware": _hardware(cell, site),
        **place_of(site),
    }
    if kind.counted:
        run["energy_it_kwh"] = {
            "value": _number(cell.joules / J_PER_KWH), "status": "counter", "source": "Slurm's ConsumedEnergyRaw",
        }  # fmt: skip
        run["measurement"] = {
            "method": "scheduler", "instrument": "Slurm sacct", "pue_included": False, "note": COUNTER_CAVEAT,
        }  # fmt: skip
    return {key: value for key, value in run.items() if value}


def _hardware(cell: Cell, site: Site) -> list[dict[str, Any]]:
    per_core = SECONDS_PER_HOUR * site.threads_per_core
    lines = []
    if cell.measured_s:
        used = {
            "value": _number(cell.used_s / cell.measured_s),
            "source": "TotalCPU over the CPU time that jobs had",
        }
        lines.append(cpu_line(site, _logged(cell.measured_s / per_core), used))
    if cell.unmeasured_s:
        lines.append(cpu_line(site, _logged(cell.unmeasured_s / per_core), None))
    lines += [
        gpu_line(site, kind, _logged(time / SECONDS_PER_HOUR))
        for kind, time in sorted(cell.gpu_s.items())
    ]
    if cell.memory_gbs:
        mean = {
            "value": _number(cell.memory_gbs / cell.job_s), "source": _LOG,
            "note": "the mean over the hours of all jobs; 1 GB is 1024^3 bytes",
        }  # fmt: skip
        lines.append(memory_line(mean, _logged(cell.job_s / SECONDS_PER_HOUR)))
    return lines


def _logged(value: float) -> dict[str, Any]:
    return {"value": _number(value), "source": _LOG}


def _number(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
