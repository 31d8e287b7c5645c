"""Zeus's ``log_file``: a row a window of measurement, with the energy of each GPU in J.

Windows may lie inside one another (a training and its epochs): the inner ones are parts of the outer one. The name
of a window is not quoted, so that a comma in it makes a row longer than its header.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import Once, added_up, whole_rows
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.table import Row, peek_header, read_table
from greenalgo.formats.times import since_1970
from greenalgo.units import J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Table

_GPU = re.compile(r"gpu(\d+)_energy")
_MARKS = ("start_time", "window_name", "elapsed_time")
#: A start below this is a clock that counts from the start of the machine, not from 1970.
_EPOCH = 1e9
#: Seconds by which a window may begin before, or end after, the one around it.
_SLACK = 0.01
_MISSING = (
    ("model of the GPUs", "runs[].hardware[].model", ""),
    ("energy of CPU, memory and the rest of the node", "runs[].hardware", "not in the file"),
    ("place", "runs[].location", ""),
    ("version of Zeus", "provenance.files[].tool_version", ""),
)  # fmt: skip


class _Window(NamedTuple):
    """A window of measurement: its row, name, start and end (s), and energy (J)."""

    row: Row
    name: str
    start: float
    end: float
    joules: float | None


def recognise(source: Source) -> str:
    """Say by which columns a file is Zeus's."""
    names = peek_header(source)
    gpus = [name for name in names if _GPU.fullmatch(name)]
    return (
        f"its columns are {', '.join(_MARKS)}, {gpus[0]}"
        if gpus and set(_MARKS) <= set(names)
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read files that Zeus wrote.

    Raises:
        FormatError: A file is not what Zeus writes; with line and column.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    once = Once(_MARKS, findings)
    for source in sources:
        table = read_table(source, needed=_MARKS)
        gpus = [name for name in table.header if _GPU.fullmatch(name)]
        if not gpus:
            raise refusal(
                codes.HEADER, "there is no column of a GPU's energy", source.name, (table.line, 1),
                expected="gpu0_energy", found=", ".join(table.header)[:200], hint="import the file as Zeus wrote it",
            )  # fmt: skip
        # A comma in a name is no damage: nothing is said of it.
        rows = once.of(table, whole_rows(table, "Zeus", findings, _joined, told=False))
        windows = [_window(table, row, gpus, findings) for row in rows]
        runs += _runs(table, windows, len(gpus), findings)
        entries += _entries(table, gpus, windows)
    return Reading(runs, entries, findings, {source.name: ("Zeus", "") for source in sources})


def _joined(table: Table, row: Row) -> Row | None:
    """Put the name of a window together again that holds commas."""
    more = len(row.cells) - len(table.header)
    at = table.number_of["window_name"]
    if more <= 0:
        return None
    return Row(
        row.line,
        [*row.cells[:at], ",".join(row.cells[at : at + more + 1]), *row.cells[at + more + 1 :]],
    )


def _window(table: Table, row: Row, gpus: list[str], findings: list[Finding]) -> _Window:
    start = table.number(row, "start_time") or 0.0
    return _Window(
        row,
        table.cell(row, "window_name"),
        start,
        start + (table.number(row, "elapsed_time") or 0.0),
        added_up(table, [row], gpus, findings),
    )


def _runs(
    table: Table, windows: list[_Window], gpus: int, findings: list[Finding]
) -> list[Measured]:
    """Return the windows as runs, outer ones first; each knows the smallest one around it."""
    runs: list[Measured] = []
    open_: list[_Window] = []
    for window in sorted(windows, key=lambda window: (window.start, -window.end)):
        while open_ and window.start >= open_[-1].end - _SLACK:
            open_.pop()
        around = open_[-1] if open_ else None
        if around and window.end > around.end + _SLACK:
            findings.append(
                warn(
                    codes.TWICE, f"the windows '{around.name}' and '{window.name}' overlap: neither contains the other",
                    table.source.name, (window.row.line, 1), hint="keep one of them: both count the same joules",
                )
            )  # fmt: skip
            around = None
        open_.append(window)
        if window.joules != 0:
            runs.append(_run(table, window, gpus, around))
        else:
            findings.append(
                warn(
                    codes.LEFT_OUT, "the window has no energy, and is left out", table.source.name,
                    (window.row.line, 1), found="0 J", hint="nothing, if it was a test",
                )
            )  # fmt: skip
    return runs


def _run(table: Table, window: _Window, gpus: int, around: _Window | None) -> Measured:
    energy = None if window.joules is None else window.joules / J_PER_KWH
    start, end = since_1970(window.start, window.end) if window.start >= _EPOCH else ("", "")
    return Measured(
        name=window.name, source=table.source, line=window.row.line, label=f"window in line {window.row.line}",
        start=start, end=end,
        hours=(window.end - window.start) / SECONDS_PER_HOUR,
        parts=(Part("gpu", number=gpus, energy_kwh=energy, status="counter"),),
        measurement={"method": "nvml", "instrument": "Zeus", "covers": ["gpu"], "pue_included": False},
        part_of=f"window in line {around.row.line}" if around else "",
    )  # fmt: skip


def _entries(table: Table, gpus: list[str], windows: list[_Window]) -> list[Entry]:
    dated = any(window.start >= _EPOCH for window in windows)
    start = (
        (Fate.CONVERTED, "runs[].period", "s since 1970 -> UTC")
        if dated
        else (Fate.DROPPED, "", "counts from the start of the machine, not from a date")
    )
    fates = {
        "start_time": start,
        "window_name": (Fate.KEPT, "runs[].name", ""),
        "elapsed_time": (Fate.CONVERTED, "runs[].hours", "s -> h"),
        **dict.fromkeys(
            gpus, (Fate.CONVERTED, "runs[].hardware[].energy_it_kwh", "J -> kWh, GPUs added up")
        ),
    }
    return table.entries(fates, _MISSING)


FORMAT = Format(
    name="zeus",
    title="Zeus log_file (CSV)",
    tried="0.16.0, and a file of an older version",
    marks="columns start_time, window_name, elapsed_time and gpu0_energy",
    measures="counter: the energy counters of the GPUs; nothing else of the node",
    lost_reading="energy by GPU (it is added up)",
    recognise=recognise,
    read=read,
)
