"""CodeCarbon's ``emissions.csv``: a row a run (or a task), of every version since 2.0.

Its energies contain the PUE since 2.2.3 (in the sample files: ``energy_consumed`` = sum of the parts, each times
``pue``), and 1.0 is written where nobody set one. CO2e is in kg, energy in kWh, time in s, memory in GB. What
``EmissionsData.toJSON()`` returns has the same names.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.codecarbon_out import write
from greenalgo.formats.lines_of_json import open_table, peek_columns
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import Once, whole_rows
from greenalgo.formats.source import warn
from greenalgo.formats.table import Row
from greenalgo.formats.times import ended, overlapping
from greenalgo.formats.words import counted, model
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR, WH_PER_KWH

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Table

_MARKS = ("emissions", "energy_consumed", "cpu_energy", "country_iso_code")
#: Kinds of component, and how the columns call them.
_KINDS = (("cpu", "cpu"), ("gpu", "gpu"), ("memory", "ram"))
#: Beyond these a cell is under the wrong column: kWh, kg, s, and a ratio.
_MOST_KWH, _MOST_KG, _MOST_S, _MOST_PUE = 1e10, 1e10, 1e10, 10.0
#: Rows that are equal in these are one.
_SAME = ("run_id", "task_name", "project_name", "timestamp", "duration", "energy_consumed")
#: Ends are given to the second: two runs that follow each other seem to overlap by this much (s).
_ROUNDING = 2.0
#: The versions that drop every empty cell of a row that they append.
_SHIFTED = ("3.2.9", "3.3.0")

#: Column -> what becomes of it, where, and why.
_FATES: dict[str, tuple[Fate, str, str]] = {
    "task_name": (Fate.KEPT, "runs[].name", ""),
    "timestamp": (Fate.KEPT, "runs[].period.end", "local time; the zone is not in the file"),
    "project_name": (Fate.KEPT, "runs[].name", ""),
    "run_id": (Fate.KEPT, "reported.runs[].source", ""),
    "experiment_id": (Fate.DROPPED, "", "no place; CodeCarbon writes a constant where none was given"),
    "duration": (Fate.CONVERTED, "runs[].hours", "s -> h"),
    "emissions": (Fate.KEPT, "reported.runs[].co2e_operational_kg", "kg, CodeCarbon's own figure"),
    "emissions_rate": (Fate.DROPPED, "", "follows from emissions and duration; g/s before 2.2.0, kg/s since"),
    "cpu_power": (Fate.DROPPED, "", "the last sample before 3.1.2, a mean since; the energy says it"),
    "gpu_power": (Fate.DROPPED, "", "as cpu_power"),
    "ram_power": (Fate.DROPPED, "", "as cpu_power"),
    "cpu_energy": (Fate.CONVERTED, "runs[].hardware[].energy_it_kwh", "kWh, divided by pue"),
    "gpu_energy": (Fate.CONVERTED, "runs[].hardware[].energy_it_kwh", "kWh, divided by pue"),
    "ram_energy": (Fate.CONVERTED, "runs[].hardware[].energy_it_kwh", "kWh, divided by pue"),
    "energy_consumed": (Fate.KEPT, "reported.runs[]", "kWh; of the facility where a PUE was set, else IT"),
    "water_consumed": (Fate.KEPT, "runs[].water.onsite_l", "L"),
    "country_name": (Fate.DROPPED, "", "country_iso_code says it; empty where CodeCarbon did not know it"),
    "country_iso_code": (Fate.KEPT, "runs[].location.country", ""),
    "region": (Fate.KEPT, "runs[].location.region", ""),
    "cloud_provider": (Fate.KEPT, "runs[].location.provider", ""),
    "cloud_region": (Fate.KEPT, "runs[].location.provider_region", ""),
    "os": (Fate.DROPPED, "", NO_PLACE),
    "python_version": (Fate.DROPPED, "", NO_PLACE),
    "codecarbon_version": (Fate.KEPT, "runs[].measurement.version", ""),
    "cpu_count": (Fate.DROPPED, "", "logical threads, not processors"),
    "cpu_model": (Fate.KEPT, "runs[].hardware[].model", "by the factor set's name where it has one"),
    "gpu_count": (Fate.KEPT, "runs[].hardware[].count", ""),
    "gpu_model": (Fate.KEPT, "runs[].hardware[].model", "by the factor set's name where it has one"),
    "longitude": (Fate.DROPPED, "", "a statement names country and region, not where somebody sits"),
    "latitude": (Fate.DROPPED, "", "as longitude"),
    "ram_total_size": (Fate.KEPT, "runs[].hardware[].memory_gb", ""),
    "tracking_mode": (Fate.KEPT, "runs[].measurement.note", ""),
    "cpu_utilization_percent": (Fate.DROPPED, "", "the energy says it; 0 in files of tasks"),
    "gpu_utilization_percent": (Fate.DROPPED, "", "as cpu_utilization_percent"),
    "ram_utilization_percent": (Fate.DROPPED, "", "as cpu_utilization_percent"),
    "ram_used_gb": (Fate.DROPPED, "", "ram_total_size is what CodeCarbon counts"),
    "on_cloud": (Fate.KEPT, "runs[].location.facility", "cloud where it is Y"),
    "pue": (Fate.KEPT, "runs[].pue", "1.0 is CodeCarbon's default: no PUE is declared then"),
    "wue": (Fate.DROPPED, "", "CodeCarbon multiplies it with energy that contains the PUE; water_consumed is kept"),
}  # fmt: skip
_MISSING = (
    ("number of processors", "runs[].hardware[].count", "CodeCarbon counts threads"),
    ("how the CPU's energy came about", "runs[].hardware[].energy_it_kwh.status",
     "a counter, a model of the load or a constant: taken as modelled, the weakest"),
    ("what each run was for", "runs[].phase", "--phase says it"),
    ("source and year of the carbon intensity", "runs[].carbon_intensity_g_per_kwh", "emissions / energy_consumed"),
)  # fmt: skip


def recognise(source: Source) -> str:
    """Say by which columns a file is CodeCarbon's."""
    names = peek_columns(source)
    if all(mark in names for mark in _MARKS[:2]) and any(mark in names for mark in _MARKS[2:]):
        return f"its columns are {', '.join(mark for mark in _MARKS if mark in names)} and others"
    return ""


def read(sources: list[Source]) -> Reading:
    """Read files that CodeCarbon wrote.

    Args:
        sources: The files; tasks are parts of the run whose total another one has.

    Raises:
        FormatError: A file is not what CodeCarbon writes; with line and column.
    """
    tables = [
        open_table(source, needed=("duration", "emissions", "energy_consumed"))
        for source in sources
    ]
    findings: list[Finding] = []
    once = Once(_SAME, findings)
    rows = [once.of(table, whole_rows(table, "CodeCarbon", findings, _mended)) for table in tables]
    rows = _last_snapshots(tables, rows, findings)
    pues = _pues(tables, rows)
    tasks = {
        table.cell(row, "run_id")
        for table, those in zip(tables, rows, strict=True)
        if "task_name" in table.number_of
        for row in those
    }
    found = [
        _run(table, row, pues, set() if "task_name" in table.number_of else tasks, findings)
        for table, those in zip(tables, rows, strict=True)
        for row in those
        if _has_energy(table, row, findings)
    ]
    runs = _with_tasks(found)
    findings += _overlaps(runs)
    tools = {
        table.source.name: ("CodeCarbon", _versions(table, those))
        for table, those in zip(tables, rows, strict=True)
    }
    return Reading(runs, [entry for table in tables for entry in _entries(table)], findings, tools)


def _mended(table: Table, row: Row) -> Row | None:
    """Put the cells of a row back where a bug of CodeCarbon 3.2.9 displaced them; None where it cannot be told.

    The bug drops empty cells in the middle of a row: region, the model of the GPU, the coordinates. What is left of
    them is told by the cells around it, which are never empty.
    """
    index, cells = table.number_of, row.cells
    version = next((at for at, cell in enumerate(cells) if cell in _SHIFTED), -1)
    mode = next((at for at, cell in enumerate(cells) if cell in ("machine", "process")), -1)
    if (
        not {"country_iso_code", "region", "cpu_model", "tracking_mode", "on_cloud", "wue"}
        <= index.keys()
        or not 0 < version < mode
    ):
        return None
    left = index["country_iso_code"] + 1
    behind = cells[mode - 1 :]
    place, devices = cells[left : version - 2], cells[version + 3 : mode - 1]
    # Cloud's names are empty texts, and stay; a region is nothing where there is none.
    place = place if len(place) == 3 else ["", *place]
    devices = devices[:2] if len(devices) in (2, 4) and devices[0].isdigit() else ["", ""]
    middle = [*place, *cells[version - 2 : version + 3], *devices, "", ""]
    whole = [*cells[:left], *middle, *behind]
    fits = len(whole) == len(table.header) and whole[index["tracking_mode"]] == cells[mode]
    return Row(row.line, whole) if fits and whole[index["on_cloud"]] in ("Y", "N") else None


def _last_snapshots(
    tables: list[Table], rows: list[list[Row]], findings: list[Finding]
) -> list[list[Row]]:
    """Leave out rows whose run has a later one that contains them: CodeCarbon writes as it goes, if asked to.

    A copy of the file that was made on the way has such rows too.
    """
    by_run: dict[str, list[tuple[Table, Row]]] = {}
    for table, those in zip(tables, rows, strict=True):
        for row in those if "task_name" not in table.number_of else ():
            if label := table.cell(row, "run_id"):
                by_run.setdefault(label, []).append((table, row))
    left_out: set[tuple[str, int]] = set()
    for label, pairs in by_run.items():
        if len(pairs) == 1:
            continue
        pairs.sort(key=lambda pair: pair[0].cell(pair[1], "timestamp"))
        sizes = [
            (table.number(row, "duration") or 0, table.number(row, "energy_consumed") or 0)
            for table, row in pairs
        ]
        if all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(sizes)):
            left_out |= {(table.source.name, row.line) for table, row in pairs[:-1]}
            (table, row), (last, its) = pairs[0], pairs[-1]
            where = f"line {its.line}" + (f" of {last.source.name}" if last is not table else "")
            findings.append(
                warn(
                    codes.LEFT_OUT, f"{len(pairs) - 1} earlier rows of run {label} are left out: {where} has them",
                    table.source.name, (row.line, 1), hint="nothing: CodeCarbon wrote the run as it went on",
                )
            )  # fmt: skip
    return [
        [row for row in those if (table.source.name, row.line) not in left_out]
        for table, those in zip(tables, rows, strict=True)
    ]


def _has_energy(table: Table, row: Row, findings: list[Finding]) -> bool:
    """Say whether a row has an energy; zero is what nothing measured."""
    energy = table.number(row, "energy_consumed", most=_MOST_KWH)
    if energy:
        return True
    findings.append(
        warn(
            codes.LEFT_OUT, "the row has no energy, and is left out", table.source.name,
            table.at(row, "energy_consumed"), expected="kWh",
            found="0" if energy == 0 else "nothing", hint="nothing, if the run was stopped before it was measured",
        )
    )  # fmt: skip
    return False


def _pues(tables: list[Table], rows: list[list[Row]]) -> dict[str, float]:
    """Return the PUE of each run: files of tasks do not have it, although their energies contain it."""
    return {
        table.cell(row, "run_id"): pue
        for table, those in zip(tables, rows, strict=True)
        for row in those
        if (pue := table.number(row, "pue", most=_MOST_PUE))
    }


def _run(
    table: Table, row: Row, pues: dict[str, float], tasks: set[str], findings: list[Finding]
) -> Measured:
    cell = {name: table.cell(row, name) for name in table.header}
    version, run_id = cell.get("codecarbon_version", ""), cell.get("run_id", "")
    pue = pues.get(run_id) or 1.0
    energy = table.number(row, "energy_consumed") or 0.0
    parts, whole = _parts(table, row, cell, pue, energy)
    if whole is not None and not _silent(table, row, cell):
        findings.append(
            warn(
                codes.LEFT_OUT, "energies of CPU, GPU and memory do not add up to energy_consumed, and are left out",
                table.source.name, table.at(row, "energy_consumed"), expected=" + ".join(
                    table.cell(row, f"{column}_energy") or "0" for _, column in _KINDS
                ), found=cell["energy_consumed"], hint="correct the row from CodeCarbon's log",
            )
        )  # fmt: skip
    duration = table.number(row, "duration", most=_MOST_S) or None
    if run_id in tasks:
        duration = None  # the tasks have it
    elif duration and whole is None and _of_last_task_only(table, row, version, energy, pue):
        findings.append(
            warn(
                codes.LEFT_OUT, "the duration is that of the last task only, and is left out", table.source.name,
                table.at(row, "duration"), found=cell["duration"], hint="import the file of the tasks with this one",
            )
        )  # fmt: skip
        duration = None
    emitted, note = _emitted(table, row, cell, energy, findings)
    intensity = emitted.get("carbon_intensity_g_per_kwh")
    boundary = "it" if pue == 1 else "facility"
    printed: dict[str, Any] = {"boundary": boundary, f"energy_{boundary}_kwh": energy, **emitted}
    if pue != 1:
        printed["pue"] = pue
    start, end = ended(cell.get("timestamp", ""), duration)
    if cell.get("timestamp") and not end:
        findings.append(_no_moment(table, row))
    return Measured(
        name=cell.get("task_name") or cell.get("project_name", ""), source=table.source, line=row.line, label=run_id,
        hours=duration / SECONDS_PER_HOUR if duration else None,
        start=start, end=end, parts=parts, energy_it_kwh=whole, place=_place(cell),
        pue=(pue, "set in CodeCarbon") if pue != 1 else None, intensity=intensity,
        intensity_source=f"CodeCarbon {version}: emissions / energy_consumed".replace("  ", " ") if intensity else "",
        printed=printed, measurement=_measurement(cell, version, parts),
        more=_water(table, row), note=note, part_of=run_id if "task_name" in cell else "",
    )  # fmt: skip


def _emitted(
    table: Table, row: Row, cell: dict[str, str], energy: float, findings: list[Finding]
) -> tuple[dict[str, float], str]:
    """Return CO2e and carbon intensity, where CodeCarbon knew the country; else what it took, in words."""
    emissions = table.number(row, "emissions", most=_MOST_KG)
    if not emissions:
        return {}, ""
    intensity = G_PER_KG * emissions / energy
    if "country_name" not in cell or cell["country_name"] or cell.get("on_cloud") == "Y":
        return {"co2e_operational_kg": emissions, "carbon_intensity_g_per_kwh": intensity}, ""
    findings.append(
        warn(
            codes.FALLBACK, f"CodeCarbon does not know the country, and took {intensity:.4g} g/kWh for it: "
            "its CO2e is of no place, and is left out", table.source.name, table.at(row, "emissions"),
            found=cell.get("country_iso_code", ""), hint="correct the country in the statement",
        )
    )  # fmt: skip
    return (
        {},
        f"CodeCarbon prints {emissions:.6g} kg CO2e with its world average of {intensity:.4g} g/kWh.",
    )


def _parts(
    table: Table, row: Row, cell: dict[str, str], pue: float, energy: float
) -> tuple[tuple[Part, ...], float | None]:
    """Return the components; and the IT energy of the run, where theirs do not add up to it."""
    by_kind = {kind: table.number(row, f"{column}_energy") for kind, column in _KINDS}
    measured = {kind: value / pue for kind, value in by_kind.items() if value is not None}
    silent = _silent(table, row, cell)
    add_up = not silent and abs(sum(measured.values()) * pue - energy) <= 1e-3 * energy
    shown = measured if add_up else {}
    parts = []
    if cell.get("cpu_model") or measured.get("cpu"):
        parts.append(Part("cpu", cell.get("cpu_model", ""), energy_kwh=shown.get("cpu")))
    if cell.get("gpu_model") or measured.get("gpu"):
        number = int(table.number(row, "gpu_count", most=1e6) or 0)
        parts.append(_gpu(cell, number, shown.get("gpu"), silent=silent))
    memory = table.number(row, "ram_total_size", most=1e9)
    if memory or measured.get("memory"):
        parts.append(Part("memory", memory_gb=memory, energy_kwh=shown.get("memory")))
    return tuple(parts), None if add_up else energy / pue


def _silent(table: Table, row: Row, cell: dict[str, str]) -> bool:
    """Say whether there is a GPU without an energy of its own."""
    return bool(cell.get("gpu_model")) and not table.number(row, "gpu_energy")


def _gpu(cell: dict[str, str], number: int, energy: float | None, *, silent: bool) -> Part:
    """Return the GPUs: NVIDIA and AMD count their energy, that of others CodeCarbon models."""
    counted_number, name = counted(cell.get("gpu_model", ""))
    vendor = model(name, "gpu").vendor if name else ""
    note = "CodeCarbon recorded no energy of it." if silent else ""
    if name and name == cell.get("cpu_model"):  # on one chip: it has no model of its own
        name, note = "", f"The GPU of the {name}. {note}".strip()
    status = "counter" if vendor in ("NVIDIA", "AMD") else "modelled"
    return Part(
        "gpu", name, counted_number or number or None, energy_kwh=energy, status=status, note=note
    )


def _of_last_task_only(table: Table, row: Row, version: str, energy: float, pue: float) -> bool:
    """Say whether the mean powers leave most of the energy unexplained: then the duration is not the run's."""
    digits = tuple(int(part) for part in re.findall(r"\d+", version[:50])[:3])
    if digits < (3, 1, 2):
        return False  # powers are the last sample
    power = sum(table.number(row, f"{column}_power", most=1e9) or 0.0 for _, column in _KINDS)
    hours = (table.number(row, "duration") or 0.0) / SECONDS_PER_HOUR
    return power > 0 and energy > 1.5 * pue * power * hours / WH_PER_KWH


def _place(cell: dict[str, str]) -> dict[str, str]:
    return {
        "country": cell.get("country_iso_code", ""),
        "region": cell.get("region", ""),
        "provider": cell.get("cloud_provider", "").lower(),
        "provider_region": cell.get("cloud_region", ""),
        "facility": "cloud" if cell.get("on_cloud") == "Y" else "",
    }


def _measurement(cell: dict[str, str], version: str, parts: tuple[Part, ...]) -> dict[str, Any]:
    mode = cell.get("tracking_mode")
    return {
        "method": "tracker",
        "instrument": "CodeCarbon",
        "version": version[:50],
        "covers": [part.kind for part in parts],
        "pue_included": False,
        "note": f"Tracking mode: {mode[:50]}." if mode else "",
    }


def _no_moment(table: Table, row: Row) -> Finding:
    """Return the warning that a row's timestamp is none, so that the run has no period."""
    return warn(
        codes.LEFT_OUT, "'timestamp' is no moment, and is left out: the run has no period", table.source.name,
        table.at(row, "timestamp"), expected="a date of the calendar, such as 2024-03-11T18:00:00",
        found=table.cell(row, "timestamp"),
        hint="a spreadsheet may have rewritten it: import the file as the tool wrote it",
    )  # fmt: skip


def _water(table: Table, row: Row) -> dict[str, Any]:
    water = table.number(row, "water_consumed", most=1e12)
    return {"water": {"onsite_l": {"value": water, "status": "modelled"}}} if water else {}


def _with_tasks(runs: list[Measured]) -> list[Measured]:
    """Put totals before their tasks, and give them the tasks' hours; a task without a total stands alone."""
    hours: dict[str, float] = {}
    for run in runs:
        if run.part_of:
            hours[run.part_of] = hours.get(run.part_of, 0.0) + (run.hours or 0.0)
    totals = {run.label for run in runs if not run.part_of}
    whole = [
        run._replace(hours=hours[run.label]) if run.label in hours and not run.part_of else run
        for run in runs
    ]
    alone = [run if run.part_of in totals else run._replace(part_of="") for run in whole]
    return sorted(alone, key=lambda run: bool(run.part_of))


def _overlaps(runs: list[Measured]) -> list[Finding]:
    """Warn of runs that measured a whole machine in the same minutes on the same hardware."""
    machines: dict[tuple[Part, ...], list[Measured]] = {}
    for run in runs:
        if run.start and not run.part_of and "machine" in run.measurement.get("note", ""):
            key = tuple(part._replace(energy_kwh=None) for part in run.parts)
            machines.setdefault(key, []).append(run)
    findings = []
    for those in machines.values():
        again = overlapping([(run.start, run.end) for run in those], _ROUNDING)
        if again:
            findings.append(
                warn(
                    codes.TWICE, f"{again + 1} runs overlap in time on hardware that looks the same, and each counts "
                    "the whole machine", those[0].source.name, (those[0].line, 1), found="tracking_mode machine",
                    hint="if it was one machine, keep one of them: the others count the same again",
                )
            )  # fmt: skip
    return findings


def _versions(table: Table, rows: list[Row]) -> str:
    return ", ".join(sorted({v for row in rows if (v := table.cell(row, "codecarbon_version"))}))[
        :50
    ]


def _entries(table: Table) -> list[Entry]:
    more = list(_MISSING)
    if "pue" not in table.number_of:
        more.append(
            ("PUE", "runs[].pue", "not in the file; where one was set, the energies contain it")
        )
    return table.entries(_FATES, more)


FORMAT = Format(
    name="codecarbon",
    title="CodeCarbon emissions.csv, or its emissions data as JSON",
    tried="2.1.3, 2.2.3, 2.4.3rc1, 2.5.0, 2.8.4, 3.2.6, 3.2.9, 3.3.2",
    marks="columns or names emissions, energy_consumed and country_iso_code",
    measures="GPU energy is counter (NVML, AMD SMI); CPU and memory are modelled: the file does not say more",
    lost_reading="powers, utilisation, operating system, coordinates",
    lost_writing="market-based figures, embodied emissions, intervals, sources, functional units",
    recognise=recognise,
    read=read,
    write=write,
)
