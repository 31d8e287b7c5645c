"""Slurm's accounting: ``sacct --parsable2`` with a header, or ``sacct --json``.

A job has a row, and so has each of its steps: only rows without a dot are jobs. ``ConsumedEnergyRaw`` is in J, of whole
nodes (the job's own only where it had them alone), without a PUE. It is empty, not zero, where nothing was measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from greenalgo.formats import codes
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import Once, whole_rows
from greenalgo.formats.slurm_cells import (
    EXPECTED,
    Allocated,
    allocated,
    count,
    elapsed,
    moment,
    most_joules,
)
from greenalgo.formats.slurm_json import CutError, is_of_sacct, jobs_of, rows_of
from greenalgo.formats.slurm_states import OUTCOMES, UNFINISHED, state_of
from greenalgo.formats.source import looks_like_json, refusal, warn
from greenalgo.formats.table import Row, Table, peek_header, read_table
from greenalgo.formats.times import overlapping
from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_Value = TypeVar("_Value")
_FATES: dict[str, tuple[Fate, str, str]] = {
    "JobID": (Fate.KEPT, "runs[].note", "rows of steps are left out: their job has them"),
    "JobName": (Fate.KEPT, "runs[].name", ""),
    "State": (Fate.CONVERTED, "runs[].outcome", "by its name"),
    "Start": (
        Fate.KEPT,
        "runs[].period.start",
        "local time, and the zone is not in the file; UTC in JSON",
    ),
    "End": (Fate.KEPT, "runs[].period.end", "as Start"),
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
    if is_of_sacct(source):
        return "it is JSON with jobs, their association and steps"
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
    once = Once(("Cluster", "JobID", "Start"), findings)
    for source in sources:
        if looks_like_json(source):
            table = _table_of_json(source)
        elif "|" not in source.text.lstrip().split("\n", 1)[0]:
            raise refusal(
                codes.HEADER, "a table of fixed width cuts names and numbers", source.name, (1, 1),
                expected="cells that | divides", found=source.text[:60].split("\n")[0],
                hint="call sacct with --parsable2",
            )  # fmt: skip
        else:
            table = read_table(source, needed=("JobID",))
        rows = once.of(table, whole_rows(table, "sacct", findings))
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


def _table_of_json(source: Source) -> Table:
    """Return jobs and steps as the rows that ``--parsable2`` has of them; the line of a row is where its job begins.

    Raises:
        FormatError: It is no JSON, or ends too early.
    """
    lines = enumerate(source.text.split("\n"), 1)
    try:
        found = [(number, row) for number, job in jobs_of(lines) for row in rows_of(job)]
    except CutError as error:
        raise refusal(
            codes.HEADER, "this is no JSON of sacct", source.name, (error.line, 1), expected=error.expected,
            found="something else, or the end", hint="write the log again with sacct --json",
        ) from error  # fmt: skip
    names = tuple(dict.fromkeys(name for _, row in found for name in row))
    rows = tuple(Row(number, [row.get(name, "") for name in names]) for number, row in found)
    return Table(source, "", names, 1, {name: at for at, name in enumerate(names)}, rows)


def _run(table: Table, row: Row, steps: list[Row], findings: list[Finding]) -> Measured | None:
    job = table.cell(row, "JobID")
    state = state_of(table.cell(row, "State"))
    hours = (_cell(table, row, elapsed, "ElapsedRaw", "Elapsed") or 0.0) / SECONDS_PER_HOUR
    if state in UNFINISHED or not hours:
        findings.append(
            warn(
                codes.LEFT_OUT, f"job {job} has not ended, or took no time, and is left out", table.source.name,
                (row.line, 1), found=state, hint="call sacct again when it has ended",
            )
        )  # fmt: skip
        return None
    joules = _energy(table, row, steps, hours, findings)
    start, end = (_cell(table, row, moment, column) or "" for column in ("Start", "End"))
    more: dict[str, Any] = {"host": nodes[:200]} if (nodes := table.cell(row, "NodeList")) else {}
    measured = joules is not None
    return Measured(
        name=table.cell(row, "JobName") or job, source=table.source, line=row.line, label=job,
        outcome=OUTCOMES.get(state, ""), start=start, end=end, hours=hours, parts=_parts(table, row),
        place={"site": table.cell(row, "Cluster")},
        energy_it_kwh=joules / J_PER_KWH if joules is not None else None, energy_status="counter",
        measurement={
            "method": "scheduler", "instrument": "Slurm sacct", "pue_included": False,
            "note": "Energy of whole nodes; AcctGatherEnergyType is not in the file.",
        } if measured else {},
        more=more, note=f"Job {job}.",
    )  # fmt: skip


def _energy(
    table: Table, row: Row, steps: list[Row], hours: float, findings: list[Finding]
) -> int | None:
    """Return the energy of a job (J), or of its largest step; None where no counter has one that can be."""
    job = table.cell(row, "JobID")
    joules, *of_steps = (_joules(table, one) for one in (row, *steps))
    parts = [energy for energy in of_steps if energy is not None]
    nodes = _cell(table, row, count, "NNodes") or _allocated(table, row).nodes
    most = most_joules(nodes, hours * SECONDS_PER_HOUR)
    if (largest := max((joules or 0, *parts))) > most:
        joules = joules if joules and joules <= most else None
        parts = [energy for energy in parts if energy <= most]
        findings.append(
            warn(
                codes.LEFT_OUT, f"job {job}: what its energy counter reads is more than 20 kW a node, and is left out",
                table.source.name, (row.line, 1), expected=f"at most {most:g} J", found=f"{largest:g} J",
                hint="the counter overflowed, or its node count is wrong; energy follows from the hardware without it",
            )
        )  # fmt: skip
    if joules is None and parts:
        joules = max(parts)
        findings.append(
            warn(
                codes.MENDED, f"job {job} has no energy; that of its largest step is taken", table.source.name,
                (row.line, 1), found=f"{joules:g} J", hint="steps overlap: their sum would count twice",
            )
        )  # fmt: skip
    return joules


def _cell(table: Table, row: Row, reader: Callable[[str], _Value], *columns: str) -> _Value | None:
    """Return what the first of these columns that has a value holds; None where none has one.

    Raises:
        FormatError: The cell cannot be read.
    """
    column = next((name for name in columns if table.cell(row, name)), "")
    text = table.cell(row, column)
    try:
        return reader(text) if text else None
    except ValueError as error:
        raise refusal(
            codes.VALUE, f"'{column}' cannot be read", table.source.name, table.at(row, column),
            expected=EXPECTED.get(columns[0], "a count"), found=text, hint="write the log again, or delete the row",
        ) from error  # fmt: skip


def _joules(table: Table, row: Row) -> int | None:
    return _cell(table, row, count, "ConsumedEnergyRaw") or None


def _allocated(table: Table, row: Row) -> Allocated:
    return _cell(table, row, allocated, "AllocTRES") or allocated("")


def _parts(table: Table, row: Row) -> tuple[Part, ...]:
    had = _allocated(table, row)
    cores = _cell(table, row, count, "NCPUS", "AllocCPUS") or had.cpus
    parts = [Part("cpu", number=cores, power_scope="core")] if cores else []
    parts += [Part("gpu", kind, number) for kind, number in had.gpus]
    if had.memory_gb:
        parts.append(Part("memory", memory_gb=had.memory_gb))
    return tuple(parts)


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
    title="Slurm sacct --parsable2 or --json",
    tried="22.05.8",
    marks="columns JobID, State, Elapsed or ConsumedEnergyRaw; or jobs, their association and steps in JSON",
    measures="counter: energy of whole nodes, by RAPL, IPMI or another plugin; without one, hours and cores alone",
    lost_reading="steps, peak memory, CPU time, comments",
    recognise=recognise,
    read=read,
)
