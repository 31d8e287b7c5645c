"""Weights & Biases: the system metrics of a run (``run.history(stream="events")``, or the events of an offline run).

``gpu.N.powerWatts`` is the power of a board; ``gpu.process.N.powerWatts`` repeats it. There is no power of the CPU.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.lines_of_json import peek_record, records
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.samples import integrate, moment_of
from greenalgo.formats.source import looks_like_json, refusal
from greenalgo.formats.table import peek_header, read_table, to_number
from greenalgo.formats.times import since_1970
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.formats.records import Source

_POWER = re.compile(r"(?:system\.)?gpu\.(\d+)\.powerWatts")
_TIMES = ("ts", "_timestamp", "timestamp", "_wandb.timestamp")
_MARK = re.compile(
    r"(?:system[./])?(?:gpu\.\d+\.\w+|proc\.memory\.\w+|disk\..+|network\.\w+|memory_percent|cpu\b.*)"
)
_ENTRIES = (
    (
        "gpu.N.powerWatts",
        Fate.CONVERTED,
        "runs[].hardware[].energy_it_kwh",
        "W, integrated over time -> kWh",
    ),
    (
        "time of each record",
        Fate.CONVERTED,
        "runs[].period, runs[].hours",
        "from the first to the last",
    ),
    ("utilisation, memory, disk, network, temperature", Fate.DROPPED, "", "no place"),
    ("model of the GPUs", Fate.MISSING, "runs[].hardware[].model", "wandb-metadata.json has it"),
    ("energy of CPU and memory", Fate.MISSING, "runs[].hardware", "W&B records no power of them"),
    ("place", Fate.MISSING, "runs[].location", ""),
)


def recognise(source: Source) -> str:
    """Say by which names a file holds system metrics of W&B."""
    first = peek_record(source) if looks_like_json(source) else dict.fromkeys(peek_header(source))
    if not isinstance(first, dict) or not any(time in first for time in _TIMES):
        return ""
    found = [name for name in first if _MARK.fullmatch(name)]
    return (
        f"it has a time and {', '.join(found[:3])}"
        if len(found) > 1 and any("." in name for name in found)
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read system metrics: a file is a run.

    Raises:
        FormatError: There are no two samples of a GPU's power.
    """
    runs = [_run(source) for source in sources]
    entries = [Entry(*entry, file=source.name) for source in sources for entry in _ENTRIES]
    return Reading(runs, entries, [], {source.name: ("Weights & Biases", "") for source in sources})


def _run(source: Source) -> Measured:
    series: dict[str, list[tuple[float, float]]] = {}
    for record in _records(source):
        moment = next(
            (
                found
                for time in _TIMES
                if (found := moment_of(str(record.get(time, "")))) is not None
            ),
            None,
        )
        for name, value in record.items():
            gpu = _POWER.fullmatch(name)
            watts = to_number(str(value)) if gpu else None
            if gpu and watts is not None and watts >= 0 and moment is not None:
                series.setdefault(gpu[1], []).append((moment, watts))
    integrals = [integrate(points) for points in series.values()]
    seconds = max((one.seconds for one in integrals), default=0.0)
    if not seconds:
        raise refusal(
            codes.NOTHING, "there are no two samples of a GPU's power", source.name, expected="gpu.0.powerWatts",
            found="none", hint="W&B records power of GPUs only: on a CPU, declare hardware and hours",
        )  # fmt: skip
    moments = [moment for points in series.values() for moment, _ in points]
    start, end = since_1970(min(moments), max(moments)) if min(moments) > 1e9 else ("", "")
    energy = sum(one.energy_kwh for one in integrals)
    return Measured(
        name="run", source=source, start=start, end=end, hours=seconds / SECONDS_PER_HOUR,
        parts=(Part("gpu", number=len(integrals), energy_kwh=energy, status="counter"),),
        measurement={"method": "nvml", "instrument": "Weights & Biases", "covers": ["gpu"], "pue_included": False},
    )  # fmt: skip


def _records(source: Source) -> list[dict[str, Any]]:
    if looks_like_json(source):
        return [record for _, record in records(source) if isinstance(record, dict)]
    table = read_table(source)
    return [dict(zip(table.header, row.cells, strict=False)) for row in table.rows()]


FORMAT = Format(
    name="wandb",
    title="Weights & Biases system metrics (JSON, JSON lines, CSV)",
    tried="0.31.0 (a run without a GPU is refused); with GPUs, the documented names",
    marks="a time and names such as gpu.0.powerWatts or proc.memory.percent",
    measures="counter: power that the board reports, integrated",
    lost_reading="everything but the power of GPUs",
    recognise=recognise,
    read=read,
)
