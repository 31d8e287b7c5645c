"""What ``nvidia-smi --query-gpu=timestamp,index,name,power.draw --format=csv -l 1`` writes: power over time.

The power is that of the whole board, whoever uses it. Without ``index`` or ``uuid`` the rows of several GPUs cannot be
told apart. Times are local, without a zone.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from greenalgo.formats import codes
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.rows import whole_rows
from greenalgo.formats.samples import integrate, moment_of
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.table import EMPTY, peek_header, read_table, to_number
from greenalgo.formats.times import ended
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source
    from greenalgo.formats.table import Row, Table

_POWER = re.compile(r"power\.draw(?:\.(?:instant|average))?(?: \[W\])?")
_IDS = ("uuid", "index", "pci.bus_id", "gpu_uuid", "gpu_bus_id")
_MISSING = (
    (
        "energy of CPU, memory and the rest of the node",
        "runs[].hardware",
        "nvidia-smi sees GPUs alone",
    ),
    ("place", "runs[].location", ""),
    ("zone of the times", "runs[].period", ""),
)


def recognise(source: Source) -> str:
    """Say by which columns a file is nvidia-smi's."""
    names = peek_header(source)
    power = next((name for name in names if _POWER.fullmatch(name)), "")
    return f"its columns are timestamp and {power}" if power and "timestamp" in names else ""


def read(sources: list[Source]) -> Reading:
    """Read tables that nvidia-smi wrote: a file is a run.

    Raises:
        FormatError: A file is not what nvidia-smi writes, or its GPUs cannot be told apart; with line and column.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    for source in sources:
        table = read_table(source, needed=("timestamp",))
        rows = whole_rows(table, "nvidia-smi", findings)
        power = next((name for name in table.header if _POWER.fullmatch(name)), "")
        named = next((name for name in _IDS if name in table.header), "")
        if not power:
            raise refusal(
                codes.HEADER, "there is no column of power", source.name, (table.line, 1), expected="power.draw [W]",
                found=", ".join(table.header)[:200], hint="query power.draw, with a header",
            )  # fmt: skip
        runs.append(_run(table, rows, power, named, findings))
        entries += _entries(table, power, named)
    return Reading(runs, entries, findings, {source.name: ("nvidia-smi", "") for source in sources})


def _run(
    table: Table, rows: list[Row], power: str, named: str, findings: list[Finding]
) -> Measured:
    series: dict[str, list[tuple[float, float]]] = {}
    models: dict[str, str] = {}
    last = ""
    for row in rows:
        moment, watts = moment_of(table.cell(row, "timestamp")), _watts(table, row, power)
        if moment is None:
            raise refusal(
                codes.VALUE, "'timestamp' is no moment", table.source.name, table.at(row, "timestamp"),
                expected="2025/01/31 12:00:00.000", found=table.cell(row, "timestamp"),
                hint="correct it, or delete the row",
            )  # fmt: skip
        gpu = table.cell(row, named) if named else "0"
        last = table.cell(row, "timestamp")
        models.setdefault(gpu, table.cell(row, "name"))
        if watts is not None:
            series.setdefault(gpu, []).append((moment, watts))
    if not named:
        _refuse_several(table, series)
    found = {gpu: integrate(points) for gpu, points in series.items()}
    seconds = max((one.seconds for one in found.values()), default=0.0)
    if not seconds:
        raise refusal(
            codes.NOTHING, "there are no two samples with a power", table.source.name, (table.line, 1),
            expected="samples of power over time", found=f"{len(rows)} rows", hint="this GPU may not report its power",
        )  # fmt: skip
    holes = max(one.holes for one in found.values())
    if holes > 0.01 * seconds:
        findings.append(
            warn(
                codes.LEFT_OUT, f"samples are missing for {holes:.0f} of {seconds:.0f} s: the energy of the holes is "
                "left out", table.source.name, hint="say so in a note, or measure again",
            )
        )  # fmt: skip
    start, end = ended(last.replace("/", "-"), seconds)
    samples = sum(one.samples for one in found.values())
    return Measured(
        name="measurement", source=table.source, start=start, end=end, hours=seconds / SECONDS_PER_HOUR,
        parts=tuple(
            Part("gpu", name, len(those), energy_kwh=sum(found[gpu].energy_kwh for gpu in those), status="counter")
            for name, those in _by_model(models, list(found)).items()
        ),
        measurement={
            "method": "nvml", "instrument": "nvidia-smi", "covers": ["gpu"], "pue_included": False,
            "sampling_hz": float(f"{samples / len(found) / seconds:.3g}"),
        },
    )  # fmt: skip


def _watts(table: Table, row: Row, power: str) -> float | None:
    text = table.cell(row, power).removesuffix("W").strip()
    if not text or text.lower() in EMPTY or text.startswith("["):
        return None
    watts = to_number(text)
    if watts is None or not 0 <= watts < 1e5:
        raise refusal(
            codes.VALUE, f"'{power}' is no power", table.source.name, table.at(row, power), expected="W, 0 or more",
            found=text, hint="correct it, or delete the row",
        )  # fmt: skip
    return watts


def _refuse_several(table: Table, series: dict[str, list[tuple[float, float]]]) -> None:
    """Refuse rows of several GPUs that nothing tells apart: they follow each other within one tick."""
    moments = [moment for points in series.values() for moment, _ in points]
    steps = sorted(b - a for a, b in pairwise(moments))
    if steps and steps[0] < 0.2 * steps[-1] and steps[len(steps) // 2] < 0.2 * steps[-1]:
        raise refusal(
            codes.HEADER, "the rows seem to be of several GPUs, and nothing tells which", table.source.name,
            (table.line, 1), expected="a column index or uuid", found=", ".join(table.header)[:200],
            hint="query timestamp,index,name,power.draw",
        )  # fmt: skip


def _by_model(models: dict[str, str], gpus: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for gpu in gpus:
        found.setdefault(models[gpu], []).append(gpu)
    return found


def _entries(table: Table, power: str, named: str) -> list[Entry]:
    fates = {
        "timestamp": (
            Fate.CONVERTED,
            "runs[].period, runs[].hours",
            "from the first to the last; local time",
        ),
        power: (
            Fate.CONVERTED,
            "runs[].hardware[].energy_it_kwh",
            "W, integrated over time -> kWh",
        ),
        "name": (Fate.KEPT, "runs[].hardware[].model", ""),
        named: (Fate.CONVERTED, "runs[].hardware[].count", "counted"),
    }
    more = (
        _MISSING
        if "name" in table.header
        else (*_MISSING, ("model", "runs[].hardware[].model", ""))
    )
    return table.entries(fates, more, others=(Fate.DROPPED, "", "the energy says it"))


FORMAT = Format(
    name="nvidia-smi",
    title="nvidia-smi --query-gpu=timestamp,index,name,power.draw --format=csv",
    tried="the documented columns; no file of a real GPU was at hand",
    marks="columns timestamp and power.draw [W]",
    measures="counter: power that the board reports, integrated; holes of ten usual steps are left out",
    lost_reading="utilisation, memory, temperatures, power over time",
    recognise=recognise,
    read=read,
)
