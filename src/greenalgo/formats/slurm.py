"""Slurm's accounting: ``sacct --parsable2`` with a header.

A job has a row, and so has each of its steps: only rows without a dot are jobs. ``ConsumedEnergyRaw`` is in J, of whole
nodes (the job's own only where it had them alone), without a PUE. It is empty, not zero, where nothing was measured.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import whole_rows
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.table import peek_header, read_table
from greenalgo.formats.times import overlapping
from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Row, Table

#: What Slurm writes where there is no value: NO_VAL of 32 and of 64 bits.
_NO_VALUE = (4294967294.0, 4294967295.0, 1.8446744073709552e19)
_ELAPSED = re.compile(r"(?:(\d{1,6})-)?(\d{1,9}):(\d\d):(\d\d)")
_MEMORY = {"K": 2.0**-20, "M": 2.0**-10, "G": 1.0, "T": 2.0**10}
_OUTCOMES = {
    "COMPLETED": "reported", "FAILED": "failed", "TIMEOUT": "failed", "NODE_FAIL": "failed", "BOOT_FAIL": "failed",
    "OUT_OF_MEMORY": "failed", "DEADLINE": "failed", "CANCELLED": "aborted", "PREEMPTED": "aborted",
}  # fmt: skip
_FATES: dict[str, tuple[Fate, str, str]] = {
    "JobID": (Fate.KEPT, "runs[].note", "rows of steps are left out: their job has them"),
    "JobName": (Fate.KEPT, "runs[].name", ""),
    "State": (Fate.CONVERTED, "runs[].outcome", "by its name"),
    "Start": (Fate.KEPT, "runs[].period.start", "local time; the zone is not in the file"),
    "End": (Fate.KEPT, "runs[].period.end", "local time"),
    "Elapsed": (Fate.CONVERTED, "runs[].hours", "d-hh:mm:ss -> h"),
    "ElapsedRaw": (Fate.CONVERTED, "runs[].hours", "s -> h"),
    "NCPUS": (Fate.KEPT, "runs[].hardware[].count", "CPUs of Slurm are cores or threads"),
    "AllocCPUS": (Fate.KEPT, "runs[].hardware[].count", "as NCPUS"),
    "AllocTRES": (Fate.CONVERTED, "runs[].hardware[]", "mem and gres/gpu"),
    "ConsumedEnergyRaw": (Fate.CONVERTED, "runs[].energy_it_kwh", "J -> kWh"),
    "NodeList": (Fate.KEPT, "runs[].host", ""),
    "Cluster": (Fate.KEPT, "runs[].location.site", ""),
}
_OTHERS = (Fate.DROPPED, "", NO_PLACE)
_MISSING = (
    (
        "how energy was measured",
        "runs[].measurement.method",
        "AcctGatherEnergyType of slurm.conf: RAPL, IPMI, ...",
    ),
    ("model of the processors", "runs[].hardware[].model", ""),
    ("place, PUE", "runs[].location, runs[].pue", "never in the accounting"),
)


def recognise(source: Source) -> str:
    """Say by which columns a file is sacct's."""
    names = peek_header(source)
    known = [name for name in names if name in _FATES]
    if "JobID" in names and len(known) >= 3:
        return f"its columns are {', '.join(known[:4])}"
    first = source.text[:2000]
    return (
        "it is sacct's table of fixed width"
        if first.startswith("JobID ") and "\n------" in first
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read tables of sacct: a job is a run.

    Raises:
        FormatError: A file is not what sacct --parsable2 writes; with line and column.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    for source in sources:
        if "|" not in source.text.lstrip().split("\n", 1)[0]:
            raise refusal(
                codes.HEADER, "a table of fixed width cuts names and numbers", source.name, (1, 1),
                expected="cells that | divides", found=source.text[:60].split("\n")[0],
                hint="call sacct with --parsable2",
            )  # fmt: skip
        table = read_table(source, needed=("JobID",))
        rows = whole_rows(table, "sacct", findings)
        steps: dict[str, list[Row]] = {}
        for row in rows:
            job, dot, _ = table.cell(row, "JobID").partition(".")
            if dot:
                steps.setdefault(job, []).append(row)
        jobs = [row for row in rows if "." not in table.cell(row, "JobID")]
        found = [
            _run(table, row, steps.get(table.cell(row, "JobID"), []), findings) for row in jobs
        ]
        these = [run for run in found if run]
        findings += _shared(these)
        runs += these
        entries += table.entries(_FATES, _MISSING, others=_OTHERS)
    return Reading(
        runs, entries, findings, {source.name: ("Slurm sacct", "") for source in sources}
    )


def _run(table: Table, row: Row, steps: list[Row], findings: list[Finding]) -> Measured | None:
    job = table.cell(row, "JobID")
    state = (table.cell(row, "State").split() or [""])[0].rstrip("+")
    hours = _hours(table, row)
    if state in ("RUNNING", "PENDING", "SUSPENDED") or not hours:
        findings.append(
            warn(
                codes.LEFT_OUT, f"job {job} has not ended, or took no time, and is left out", table.source.name,
                (row.line, 1), found=state, hint="call sacct again when it has ended",
            )
        )  # fmt: skip
        return None
    joules = _joules(table, row)
    if joules is None and (
        parts := [energy for step in steps if (energy := _joules(table, step)) is not None]
    ):
        joules = max(parts)
        findings.append(
            warn(
                codes.MENDED, f"job {job} has no energy; that of its largest step is taken", table.source.name,
                (row.line, 1), found=f"{joules:g} J", hint="steps overlap: their sum would count twice",
            )
        )  # fmt: skip
    start, end = (_moment(table.cell(row, column)) for column in ("Start", "End"))
    place = {"site": table.cell(row, "Cluster")} if table.cell(row, "Cluster") else {}
    more: dict[str, Any] = {"host": nodes[:200]} if (nodes := table.cell(row, "NodeList")) else {}
    measured = joules is not None
    return Measured(
        name=table.cell(row, "JobName") or job, source=table.source, line=row.line, label=job,
        outcome=_OUTCOMES.get(state, ""), start=start, end=end, hours=hours, parts=_parts(table, row), place=place,
        energy_it_kwh=joules / J_PER_KWH if joules is not None else None, energy_status="counter",
        measurement={
            "method": "scheduler", "instrument": "Slurm sacct", "pue_included": False,
            "note": "Energy of whole nodes; AcctGatherEnergyType is not in the file.",
        } if measured else {},
        more=more, note=f"Job {job}.",
    )  # fmt: skip


def _hours(table: Table, row: Row) -> float:
    raw = table.number(row, "ElapsedRaw")
    if raw is not None:
        return raw / SECONDS_PER_HOUR
    text = table.cell(row, "Elapsed")
    found = _ELAPSED.fullmatch(text)
    if text and not found:
        raise refusal(
            codes.VALUE, "'Elapsed' is no time", table.source.name, table.at(row, "Elapsed"),
            expected="[days-]hh:mm:ss", found=text, hint="ask sacct for ElapsedRaw",
        )  # fmt: skip
    days, hours, minutes, seconds = (
        (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    )
    return days * 24 + hours + minutes / 60 + seconds / SECONDS_PER_HOUR


def _joules(table: Table, row: Row) -> float | None:
    joules = table.number(row, "ConsumedEnergyRaw", most=2e19)
    return None if joules is None or joules in _NO_VALUE or not joules else joules


def _parts(table: Table, row: Row) -> tuple[Part, ...]:
    tres = dict(
        pair.split("=", 1) for pair in table.cell(row, "AllocTRES").split(",") if "=" in pair
    )
    cores = table.number(row, "NCPUS") or table.number(row, "AllocCPUS") or 0.0
    parts = [Part("cpu", number=int(cores), power_scope="core")] if cores else []
    gpus = {
        key: value
        for key, value in tres.items()
        if key.startswith("gres/gpu") and re.fullmatch("[0-9]{1,6}", value)
    }
    named = {key: value for key, value in gpus.items() if ":" in key} or gpus
    for key, value in named.items():
        parts.append(Part("gpu", key.partition(":")[2], int(value)))
    memory = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)([KMGT])", tres.get("mem", ""))
    if memory and float(memory[1]):
        parts.append(Part("memory", memory_gb=float(memory[1]) * _MEMORY[memory[2]]))
    return tuple(parts)


def _moment(text: str) -> str:
    return text if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) else ""


def _shared(runs: list[Measured]) -> list[Finding]:
    """Warn of jobs that had a node at the same time: each is charged the whole node."""
    by_node: dict[str, list[Measured]] = {}
    for run in runs:
        if run.energy_it_kwh and run.start and run.more.get("host"):
            by_node.setdefault(run.more["host"], []).append(run)
    findings = []
    for node, those in by_node.items():
        those.sort(key=lambda run: run.start)
        again = overlapping([(run.start, run.end) for run in those])
        if again:
            findings.append(
                warn(
                    codes.TWICE, f"{again + 1} jobs were on {node} at the same time, and each has the energy "
                    "of the whole node", those[0].source.name, (those[0].line, 1), found="ConsumedEnergyRaw",
                    hint="only a job that has its nodes alone is measured: leave the energy of the others out",
                )
            )  # fmt: skip
    return findings


FORMAT = Format(
    name="slurm",
    title="Slurm sacct --parsable2",
    tried="22.05.8",
    marks="columns JobID, State, Elapsed or ConsumedEnergyRaw",
    measures="counter: energy of whole nodes, by RAPL, IPMI or another plugin; without one, hours and cores alone",
    lost_reading="steps, peak memory, CPU time, comments",
    recognise=recognise,
    read=read,
)
