"""perun's results as JSON: an application, its executions, and their rounds; a round is a run.

The energy of a round contains perun's PUE and its ``power_overhead``; ``cpu_energy``, ``gpu_energy`` and
``dram_energy`` contain neither (``processing.py`` of perun 1.0). CO2 is in g: energy times an emissions
factor, Germany's by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.fields import Fields
from greenalgo.formats.records import NO_PLACE, Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.source import looks_like_json, peek_json, read_json, refusal, warn
from greenalgo.formats.times import started
from greenalgo.units import G_PER_KG, J_PER_KWH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

#: Kinds of node in the tree: an execution, and a round of it.
_EXECUTION, _ROUND = 2, 3
#: gCO2e/kWh that releases of perun take where nobody sets a factor.
_DEFAULTS = (230.0, 274.8, 417.8)
#: How perun's other files begin, and what they are.
_OTHERS = {
    "PERUN REPORT": "perun's report for people",
    ",run id,hostname,device_group,sensor": "perun's table of samples",
}
_HINT = "import the JSON that perun export, or --format json, writes"
_PARTS = (
    ("cpu_energy", "cpu"),
    ("gpu_energy", "gpu"),
    ("dram_energy", "memory"),
    ("other_energy", "other"),
)
_ENTRIES = (
    ("id", Fate.KEPT, "runs[].name", "the application"),
    (
        "metadata.execution_dt",
        Fate.KEPT,
        "runs[].period.start",
        "local time; the zone is not in the file",
    ),
    ("runtime", Fate.CONVERTED, "runs[].hours", "s -> h"),
    ("energy", Fate.CONVERTED, "reported.runs[]", "J -> kWh; with PUE and overhead"),
    (
        "cpu_energy, gpu_energy, dram_energy",
        Fate.CONVERTED,
        "runs[].hardware[].energy_it_kwh",
        "J -> kWh",
    ),
    ("co2", Fate.CONVERTED, "reported.runs[].co2e_operational_kg", "g -> kg"),
    (
        "post-processing.pue",
        Fate.KEPT,
        "runs[].pue",
        "1.0 is perun's default: no PUE is declared then",
    ),
    (
        "post-processing.emissions_factor",
        Fate.KEPT,
        "runs[].carbon_intensity_g_per_kwh",
        "where it is no default",
    ),
    ("metadata.perun_version", Fate.KEPT, "runs[].measurement.version", ""),
    ("power, utilisation, memory, disk, network, money, regions", Fate.DROPPED, "", NO_PLACE),
    (
        "model and number of the processors",
        Fate.MISSING,
        "runs[].hardware",
        "in the metadata of the hosts",
    ),
    ("place", Fate.MISSING, "runs[].location", ""),
)


def recognise(source: Source) -> str:
    """Say by which keys a file is perun's."""
    if other := _other(source):
        return f"it is {other}"
    value = peek_json(source.text) if looks_like_json(source) else None
    keys = ("id", "type", "metadata", "metrics", "nodes", "processed")
    return (
        f"it has {', '.join(keys)}" if isinstance(value, dict) and set(keys) <= set(value) else ""
    )


def read(sources: list[Source]) -> Reading:
    """Read results: each round of each execution is a run.

    Raises:
        FormatError: A file is no result of perun, or has no round with a runtime.
    """
    runs: list[Measured] = []
    findings: list[Finding] = []
    tools: dict[str, tuple[str, str]] = {}
    for source in sources:
        if other := _other(source):
            raise refusal(
                codes.HEADER, f"this is {other}, which does not give the energy of each round", source.name, (1, 1),
                expected="JSON", found=source.text.split("\n", 1)[0][:60], hint=_HINT,
            )  # fmt: skip
        application = Fields(source, read_json(source))
        found: list[Measured] = []
        without = 0
        for execution in _nodes(application, _EXECUTION):
            settings = execution.get("metadata")
            told = Fields(source, settings if isinstance(settings, dict) else {}, ("metadata",))
            tools[source.name] = ("perun", told.text("perun_version")[:50])
            for number, one in enumerate(_nodes(execution, _ROUND)):
                if run := _run(source, application.text("id"), told, one, number):
                    found.append(run)
                else:
                    without += 1
        if not found:
            raise refusal(
                codes.NOTHING, "there is no round with a runtime", source.name, expected="nodes of type 3",
                found="none", hint=_HINT,
            )  # fmt: skip
        if without:
            findings.append(
                warn(
                    codes.LEFT_OUT, f"rounds without a runtime are left out: {without}", source.name,
                    expected="metrics.runtime", hint="nothing, if they were stopped before they were measured",
                )
            )  # fmt: skip
        if taken := [run.intensity for run in found if run.intensity and not run.intensity_source]:
            findings.append(
                warn(
                    codes.FALLBACK, f"nobody set a factor, and perun took {taken[0]:g} g/kWh, Germany's", source.name,
                    hint="declare the country: fill looks its factor up",
                )
            )  # fmt: skip
        runs += found
    entries = [Entry(*entry, source.name) for source in sources for entry in _ENTRIES]
    return Reading(runs, entries, findings, tools)


def _other(source: Source) -> str:
    return next((words for begin, words in _OTHERS.items() if source.text.startswith(begin)), "")


def _nodes(node: Fields, kind: int) -> list[Fields]:
    """Return the children of a kind: perun writes a list of mappings of a name to a node, or one mapping."""
    inside = node.get("nodes")
    groups = inside if isinstance(inside, list) else [inside]
    children = [child for group in groups if isinstance(group, dict) for child in group.values()]
    found = [Fields(node.source, child, ("nodes",)) for child in children]
    return [child for child in found if child.get("type") == kind]


def _run(source: Source, name: str, told: Fields, one: Fields, number: int) -> Measured | None:
    seconds = _metric(one, "runtime")
    if not seconds:
        return None
    pue = max(told.number("post-processing.pue", most=10) or 1.0, 1.0)
    factor = told.number("post-processing.emissions_factor", most=5000)
    joules, grams = _metric(one, "energy"), _metric(one, "co2")
    parts = [
        Part(kind, energy_kwh=energy / J_PER_KWH, status="counter")
        for key, kind in _PARTS
        if (energy := _metric(one, key))
    ]
    energy = joules / J_PER_KWH if joules else 0.0
    whole = abs(sum(part.energy_kwh or 0.0 for part in parts) * pue - energy) > 1e-3 * energy
    printed: dict[str, Any] = {}
    if energy:
        printed["boundary"] = "facility" if pue > 1 else "it"
        printed["energy_facility_kwh" if pue > 1 else "energy_it_kwh"] = energy
        printed |= {"co2e_operational_kg": grams / G_PER_KG} if grams else {}
        printed |= {"carbon_intensity_g_per_kwh": factor} if factor else {}
    if whole:
        parts = [part._replace(energy_kwh=None) for part in parts]
    measurement = {
        "method": "tracker",
        "instrument": "perun",
        "pue_included": False,
        "version": told.text("perun_version")[:50],
        "covers": [part.kind for part in parts],
    }
    start, end = started(told.text("execution_dt"), seconds) if not number else ("", "")
    return Measured(
        name=name or "application", source=source, label=f"round {number}", start=start, end=end,
        hours=seconds / SECONDS_PER_HOUR, parts=tuple(parts),
        energy_it_kwh=energy / pue if whole and energy else None, energy_status="counter",
        pue=(pue, "set in perun") if pue > 1 else None, intensity=factor if energy else None,
        intensity_source="" if factor in _DEFAULTS else "perun: emissions_factor", printed=printed,
        measurement=measurement if energy else {},
    )  # fmt: skip


def _metric(node: Fields, name: str) -> float | None:
    value = node.number("metrics", name, "value", most=1e18)
    magnitude = node.number("metrics", name, "metric_md", "mag", most=1e18)
    return None if value is None else value * (1.0 if magnitude is None else magnitude)


FORMAT = Format(
    name="perun",
    title="perun results (JSON)",
    tried="1.0.0 without an energy counter; with one, the shape that its source code writes",
    marks="keys id, type, metadata, metrics and nodes",
    measures="counter: RAPL, NVML and other counters of the device",
    lost_reading="regions, sensors, power and utilisation, money",
    recognise=recognise,
    read=read,
)
