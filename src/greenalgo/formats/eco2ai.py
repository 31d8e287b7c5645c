"""eco2AI's ``emission.csv``: a row a run, or a row an epoch.

``power_consumption(kWh)`` is an energy. It contains the PUE that eco2AI was given (1 by default), which the file
does not have. CO2e is in kg.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import Once, added_up, whole_rows
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.table import peek_header, read_table
from greenalgo.formats.times import started
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR, WH_PER_KWH

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Row, Table

_ENERGY = "power_consumption"
_MARKS = ("CO2_emissions(kg)", "region/country")
#: "AMD EPYC/1 device(s), TDP:500.0", " NVIDIA A100-SXM4-40GB 2 device(s)"
_DEVICES = re.compile(
    r"\s*(?P<name>.*?)[\s/]*(?P<number>\d{1,6}) device\(s\)(?:, TDP:(?P<tdp>\d{1,9}(?:\.\d*)?))?"
)
#: Less than this (W) is no computer: eco2AI has not seen its parts.
_LEAST_W = 1.0
_FATES: dict[str, tuple[Fate, str, str]] = {
    "id": (Fate.KEPT, "reported.runs[].source", "rows of one id are epochs of one run, added up"),
    "project_name": (Fate.KEPT, "runs[].name", ""),
    "experiment_description": (Fate.KEPT, "runs[].note", ""),
    "epoch": (Fate.CONVERTED, "runs[].work.epochs", "counted; losses and other values are dropped"),
    "start_time": (Fate.KEPT, "runs[].period", "local time; the zone is not in the file"),
    "duration(s)": (Fate.CONVERTED, "runs[].hours", "s -> h"),
    "CO2_emissions(kg)": (
        Fate.KEPT,
        "reported.runs[].co2e_operational_kg",
        "kg, eco2AI's own figure",
    ),
    "CPU_name": (Fate.KEPT, "runs[].hardware[].model", "with the number; the TDP is in the note"),
    "GPU_name": (Fate.KEPT, "runs[].hardware[].model", "with the number"),
    "OS": (Fate.DROPPED, "", NO_PLACE),
    "region/country": (Fate.KEPT, "runs[].location", "country, and region behind the slash"),
    "cost": (Fate.DROPPED, "", NO_PLACE),
}
_OF_ENERGY = (Fate.KEPT, "runs[].energy_it_kwh", "kWh, in spite of its name")
_MISSING = (
    ("PUE", "runs[].pue", "not in the file; where one was set, the energy contains it"),
    ("energy of each component", "runs[].hardware[].energy_it_kwh", "one figure for all of them"),
    ("version of eco2AI", "provenance.files[].tool_version", ""),
)


def recognise(source: Source) -> str:
    """Say by which columns a file is eco2AI's."""
    names = peek_header(source)
    energy = next((name for name in names if name.startswith(_ENERGY)), "")
    return (
        f"its columns are {energy}, {', '.join(_MARKS)} and others"
        if energy and set(_MARKS) <= set(names)
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read files that eco2AI wrote.

    Raises:
        FormatError: A file is not what eco2AI writes; with line and column.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    once = Once(("id", "epoch", "start_time", "duration(s)"), findings)
    for source in sources:
        table = read_table(source, needed=("id", "duration(s)", *_MARKS))
        energy = next((name for name in table.header if name.startswith(_ENERGY)), "")
        if not energy:
            raise refusal(
                codes.HEADER, f"the column '{_ENERGY}(kWh)' is missing", source.name, (table.line, 1),
                expected=f"{_ENERGY}(kWh)", found=", ".join(table.header)[:200], hint="import the file as written",
            )  # fmt: skip
        by_id: dict[str, list[Row]] = {}
        for row in once.of(table, whole_rows(table, "eco2AI", findings)):
            by_id.setdefault(table.cell(row, "id") or str(row.line), []).append(row)
        found = [_run(table, label, rows, energy, findings) for label, rows in by_id.items()]
        runs += [run for run in found if run]
        entries += table.entries({**_FATES, energy: _OF_ENERGY}, _MISSING)
    return Reading(runs, entries, findings, {source.name: ("eco2AI", "") for source in sources})


def _run(
    table: Table, label: str, rows: list[Row], energy: str, findings: list[Finding]
) -> Measured | None:
    first = rows[0]
    kwh = added_up(table, rows, [energy], findings, most=1e10)
    if kwh == 0:
        findings.append(
            warn(
                codes.LEFT_OUT, "the row has no energy, and is left out", table.source.name, table.at(first, energy),
                expected="kWh", found="0 or nothing", hint="nothing, if the run was stopped before it was measured",
            )
        )  # fmt: skip
        return None
    seconds = added_up(table, rows, ["duration(s)"], findings, most=1e10)
    hours = (seconds or 0.0) / SECONDS_PER_HOUR
    co2e = added_up(table, rows, ["CO2_emissions(kg)"], findings, most=1e10)
    if kwh and hours and kwh * WH_PER_KWH / hours < _LEAST_W:
        findings.append(
            warn(
                codes.FALLBACK, f"the mean power is {kwh * WH_PER_KWH / hours:.2g} W: the processor was not seen",
                table.source.name, table.at(first, energy), expected=f"more than {_LEAST_W:g} W",
                hint="its training mode loses the CPU: declare hardware and hours, and leave the energy out",
            )
        )  # fmt: skip
    country, _, region = table.cell(first, "region/country").partition("/")
    intensity = G_PER_KG * co2e / kwh if co2e and kwh else None
    printed: dict[str, Any] = {"boundary": "it", "energy_it_kwh": kwh} if kwh else {}
    if intensity:
        printed |= {"co2e_operational_kg": co2e, "carbon_intensity_g_per_kwh": intensity}
    # Rows may stand in any order; the texts sort as the moments do.
    timed = sorted(rows, key=lambda row: table.cell(row, "start_time"))
    start, end = table.cell(timed[0], "start_time"), table.cell(timed[-1], "start_time")
    epochs = [row for row in rows if table.cell(row, "epoch").startswith("epoch")]
    return Measured(
        name=table.cell(first, "project_name"), source=table.source, line=first.line, label=label,
        start=started(start, None)[0], end=started(end, table.number(timed[-1], "duration(s)"))[1],
        phase="training" if epochs else "", hours=hours or None, parts=_parts(table, first), energy_it_kwh=kwh,
        place={"country": country, "region": region},
        intensity=intensity, intensity_source="eco2AI: CO2_emissions / power_consumption", printed=printed,
        measurement={"method": "tracker", "instrument": "eco2AI", "pue_included": False},
        more={"work": {"epochs": len(epochs)}} if epochs else {}, note=table.cell(first, "experiment_description"),
    )  # fmt: skip


def _parts(table: Table, row: Row) -> tuple[Part, ...]:
    parts = []
    for kind in ("cpu", "gpu"):
        found = _DEVICES.match(table.cell(row, f"{kind.upper()}_name"))
        if found and int(found["number"]) and found["name"]:
            note = f"eco2AI takes a TDP of {float(found['tdp']):g} W." if found["tdp"] else ""
            parts.append(Part(kind, found["name"], int(found["number"]), note=note))
    return tuple(parts)


FORMAT = Format(
    name="eco2ai",
    title="eco2AI emission.csv",
    tried="0.3.12",
    marks="columns power_consumption(kWh), CO2_emissions(kg) and region/country",
    measures="modelled: a TDP for the CPU, NVML for GPUs and a model for memory are one figure in the file",
    lost_reading="operating system, cost, values that were logged with epochs",
    recognise=recognise,
    read=read,
)
