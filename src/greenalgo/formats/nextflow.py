"""Nextflow's own trace of tasks (``-with-trace``, TSV): time and load of each task. No energy, no processor.

Cells have units (``1h 30m``, ``121.7%``, ``8.9 MB`` of 1024^2 bytes), or are plain ms, per cent and bytes where
``trace.raw`` is set. Tasks of one process are one run. ``cpus`` and ``memory`` are there only where ``trace.fields``
names them: without ``cpus``, the time that cores were busy stands for core-hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.nextflow_words import CACHED, MEMORY, TIME, amount_of, process_of
from greenalgo.formats.records import NO_PLACE, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import whole_rows
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.sums import sum_of_all
from greenalgo.formats.table import peek_header, read_table, to_number
from greenalgo.formats.times import ended, since_1970, started
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Entry, Source
    from greenalgo.formats.table import Row, Table

_MARKS = ("name", "status", "realtime", "%cpu")
#: nf-co2footprint's trace has these columns as well, and energies.
_OF_NFCO2 = "energy_consumption"
_OUTCOMES = {"FAILED": "failed", "ABORTED": "aborted"}
_FATES: dict[str, tuple[Fate, str, str]] = {
    "name": (Fate.KEPT, "runs[].name", "tasks of one process are one run"),
    "process": (Fate.KEPT, "runs[].name", ""),
    "status": (Fate.CONVERTED, "runs[].outcome", "failed tasks are runs of their own, cached ones are left out"),
    "realtime": (Fate.CONVERTED, "runs[].hardware[].device_hours", "any unit -> h, times cpus, added up"),
    "cpus": (Fate.CONVERTED, "runs[].hardware[].device_hours", "core-hours"),
    "%cpu": (Fate.CONVERTED, "runs[].hardware[].utilisation", "of the cores; without cpus, core-hours that were busy"),
    "memory": (Fate.CONVERTED, "runs[].hardware[].memory_gb", "GB of 1024^3 bytes, the mean over time"),
    "peak_rss": (Fate.CONVERTED, "runs[].hardware[].memory_gb", "in place of memory, where that is not there"),
    "start": (Fate.KEPT, "runs[].period.start", "local time, but for raw traces"),
    "complete": (Fate.KEPT, "runs[].period.end", "as start"),
    "duration": (Fate.DROPPED, "", "waiting in the queue is in it; realtime is not"),
}  # fmt: skip
_OTHERS = (Fate.DROPPED, "", NO_PLACE)
_MISSING = (
    ("energy, and model of the processor", "runs[].hardware", "a model with its power gives the energy"),
    ("place, PUE", "runs[].location, runs[].pue", ""),
    ("wall-clock hours", "runs[].hours", "tasks run beside each other"),
)  # fmt: skip
_NO_CPUS = ("cores of each task", "runs[].hardware[].device_hours", "name cpus in trace.fields")


class _Task(NamedTuple):
    """A task: time in h, cores that it had (None where the trace does not say) and that were busy, memory in GB."""

    row: Row
    hours: float
    cores: float | None
    busy: float | None
    gb: float


def recognise(source: Source) -> str:
    """Say by which columns a file is a trace of Nextflow's."""
    names = peek_header(source)
    known = set(_MARKS) <= set(names) and _OF_NFCO2 not in names
    return f"its columns are {', '.join(_MARKS)} and others" if known else ""


def read(sources: list[Source]) -> Reading:
    """Read traces: the tasks of a process that ended alike are one run.

    Raises:
        FormatError: A file is no trace, with line and column; or no task of it was computed.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    for source in sources:
        table = read_table(source, needed=_MARKS)
        groups: dict[tuple[str, str], list[_Task]] = {}
        left_out: dict[str, int] = {}
        for row in whole_rows(table, "Nextflow", findings):
            status = table.cell(row, "status")
            if status == CACHED or not (task := _task(table, row)):
                why = (
                    "are cached: they were not computed again"
                    if status == CACHED
                    else "have no time"
                )
                left_out[why] = left_out.get(why, 0) + 1
                continue
            name = process_of(table.cell(row, "process") or table.cell(row, "name") or "task")
            groups.setdefault((name, _OUTCOMES.get(status, "")), []).append(task)
        findings += [
            warn(codes.LEFT_OUT, f"{number} tasks are left out, which {why}", source.name,
                 hint="import the trace of the run that computed them as well")
            for why, number in left_out.items()
        ]  # fmt: skip
        runs += [_run(table, *key, tasks, findings) for key, tasks in groups.items()]
        missing = _MISSING if "cpus" in table.number_of else (*_MISSING, _NO_CPUS)
        entries += table.entries(_FATES, missing, others=_OTHERS)
    return Reading(runs, entries, findings, {source.name: ("Nextflow", "") for source in sources})


def _task(table: Table, row: Row) -> _Task | None:
    """Return a task; None where it took no time."""
    hours = _amount(table, row, "realtime", TIME, 1e-3) / SECONDS_PER_HOUR
    if not hours:
        return None
    load = table.cell(row, "%cpu").removesuffix("%").strip()
    busy = to_number(load)
    if load and (busy is None or not 0 <= busy <= 1e7):
        raise refusal(
            codes.VALUE, "'%cpu' is no load", table.source.name, table.at(row, "%cpu"),
            expected="per cent of one core, 0 or more", found=table.cell(row, "%cpu"),
            hint="correct the cell, or delete the row",
        )  # fmt: skip
    gb = _amount(table, row, "memory", MEMORY, 2.0**-30) or _amount(
        table, row, "peak_rss", MEMORY, 2.0**-30
    )
    return _Task(
        row, hours, table.number(row, "cpus", most=1e6), None if busy is None else busy / 100, gb
    )


def _amount(table: Table, row: Row, column: str, units: dict[str, float], raw: float) -> float:
    """Return an amount in its base unit; a plain number is of the unit that raw traces have."""
    text = table.cell(row, column)
    if not text:
        return 0.0
    plain = to_number(text)
    amount = amount_of(text, units) if plain is None else plain * raw
    if amount is None or not 0 <= amount <= 1e12:
        raise refusal(
            codes.VALUE, f"'{column}' has no amount that is known", table.source.name, table.at(row, column),
            expected=f"a number, 0 or more, and {', '.join(units)}", found=text,
            hint="correct the cell, or delete the row",
        )  # fmt: skip
    return amount


def _run(
    table: Table, name: str, outcome: str, tasks: list[_Task], findings: list[Finding]
) -> Measured:
    hours = sum(task.hours for task in tasks)
    silent = [task.row for task in tasks if task.busy is None]
    busy = 0.0 if silent else sum(task.hours * (task.busy or 0.0) for task in tasks)
    if silent and len(silent) < len(tasks):
        # A mean of some is none of all.
        findings.append(
            warn(
                codes.LEFT_OUT, f"{len(silent):,} of {len(tasks):,} tasks of '{name}' have no %cpu: how busy the cores "
                "were is left out", table.source.name, table.at(silent[0], "%cpu"), expected="per cent of one core",
                found="nothing", hint="nothing: without it the cores count as busy all the time",
            )
        )  # fmt: skip
    known = all(task.cores for task in tasks)
    cores = sum(task.hours * (task.cores or 0.0) for task in tasks)
    parts = [
        Part(
            "cpu", device_hours=(cores if known else busy) or None, power_scope="core",
            utilisation=min(busy / cores, 1.0) if known and busy else None,
            note="" if known else "The time that cores were busy: the trace does not say how many a task had.",
        )
    ]  # fmt: skip
    held = sum_of_all(
        [task.hours * task.gb if task.gb else None for task in tasks], f"tasks of '{name}' have no memory", findings,
        table.source.name, gone="it is left out", expected="memory, or peak_rss",
    )  # fmt: skip
    if held is not None:
        parts.append(Part("memory", number=1, memory_gb=held / hours, device_hours=hours))
    start, end = _period(table, [task.row for task in tasks])
    return Measured(
        name=name, source=table.source, line=tasks[0].row.line, phase="analysis", outcome=outcome, start=start, end=end,
        parts=tuple(parts), note=f"{len(tasks):,} tasks." if len(tasks) > 1 else "",
    )  # fmt: skip


def _period(table: Table, rows: list[Row]) -> tuple[str, str]:
    """Return when the first task began and the last one ended; empty texts where the trace does not say."""
    starts = [cell for row in rows if (cell := table.cell(row, "start"))]
    ends = [cell for row in rows if (cell := table.cell(row, "complete"))]
    if not starts or not ends:
        return "", ""
    first, last = ([to_number(cell) for cell in cells] for cells in (starts, ends))
    known = [moment for moment in first + last if moment is not None]
    if len(known) == len(first) + len(last):
        return since_1970(min(known) / 1000, max(known) / 1000)
    return started(min(starts), None)[0], ended(max(ends), None)[1]


FORMAT = Format(
    name="nextflow",
    title="Nextflow trace (TSV)",
    tried="traces of nf-core pipelines from the tests of nf-co2footprint, raw and not",
    marks="columns name, status, realtime and %cpu",
    measures="hours and load alone: declare the processor, and the energy follows",
    lost_reading="each task of its own, reads and writes, peak memory, waiting time",
    recognise=recognise,
    read=read,
)
