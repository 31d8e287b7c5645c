"""Snakemake's ``benchmark`` files: seconds, memory and load of a job; a row a repetition. No energy, no hardware."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from greenalgo.formats.lines_of_json import open_table, peek_columns
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import added_up, whole_rows
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Row, Table

_MARKS = ("s", "h:m:s", "max_rss", "mean_load")
_MB_PER_GB = 1000.0
_FATES: dict[str, tuple[Fate, str, str]] = {
    "s": (Fate.CONVERTED, "runs[].hours", "s -> h, the mean of the repetitions"),
    "rule_name": (Fate.KEPT, "runs[].name", ""),
    "threads": (Fate.KEPT, "runs[].hardware[].count", "cores"),
    "mean_load": (
        Fate.CONVERTED,
        "runs[].hardware[].utilisation",
        "per cent of one core -> of the threads",
    ),
    "resources": (Fate.CONVERTED, "runs[].hardware[].memory_gb", "mem_mb, where it is given"),
}
_OTHERS = (Fate.DROPPED, "", NO_PLACE)
_MISSING = (
    (
        "energy, and model of the processor",
        "runs[].hardware",
        "a model with its power gives the energy",
    ),
    ("place, PUE", "runs[].location, runs[].pue", ""),
)


def recognise(source: Source) -> str:
    """Say by which columns a file is a benchmark of Snakemake's."""
    return (
        f"its columns are {', '.join(_MARKS)} and others"
        if set(_MARKS) <= set(peek_columns(source))
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read benchmarks: the rows of a rule in a file are repetitions of one run.

    Raises:
        FormatError: A file is no benchmark; with line and column.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    for source in sources:
        table = open_table(source, needed=_MARKS)
        rules: dict[str, list[Row]] = {}
        for row in whole_rows(table, "Snakemake", findings):
            rules.setdefault(table.cell(row, "rule_name"), []).append(row)
        runs += [_run(table, name, rows, findings) for name, rows in rules.items()]
        entries += table.entries(_FATES, _MISSING, others=_OTHERS)
    return Reading(runs, entries, findings, {source.name: ("Snakemake", "") for source in sources})


def _run(table: Table, name: str, rows: list[Row], findings: list[Finding]) -> Measured:
    seconds = added_up(table, rows, ["s"], findings)
    hours = None if seconds is None else seconds / len(rows) / SECONDS_PER_HOUR
    threads = int(table.number(rows[0], "threads", most=1e5) or 0)
    loads = [load for row in rows if (load := table.number(row, "mean_load"))]
    utilisation = min(sum(loads) / len(loads) / 100 / threads, 1.0) if loads and threads else None
    memory = re.search(r"""['"]mem_mb['"]: (\d{1,15})""", table.cell(rows[0], "resources"))
    parts = [Part("cpu", number=threads or None, power_scope="core", utilisation=utilisation)]
    if memory:
        parts.append(Part("memory", memory_gb=int(memory[1]) / _MB_PER_GB))
    stem = os.path.splitext(os.path.basename(table.source.name))[0]
    return Measured(
        name=name or stem, source=table.source, line=rows[0].line, phase="analysis", hours=hours,
        parts=tuple(parts), more={"repetitions": len(rows)} if len(rows) > 1 else {},
    )  # fmt: skip


FORMAT = Format(
    name="snakemake",
    title="Snakemake benchmark (TSV, JSON lines)",
    tried="9.27.1, plain and extended",
    marks="columns or names s, h:m:s, max_rss and mean_load",
    measures="hours and load alone: declare the processor, and the energy follows",
    lost_reading="peak memory, reads and writes, wildcards",
    recognise=recognise,
    read=read,
)
