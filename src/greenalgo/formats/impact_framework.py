"""A manifest of the Green Software Foundation's Impact Framework, with its outputs.

By the framework's conventions ``energy`` is in kWh, ``duration`` in s, ``grid/carbon-intensity`` in g/kWh and carbon in
g; a manifest may say otherwise only in prose. Each component (a child of the tree with observations) is a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.fields import Fields
from greenalgo.formats.impact_framework_out import write
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.sums import sum_of_all
from greenalgo.formats.times import started
from greenalgo.formats.words import short
from greenalgo.formats.yaml_text import read_yaml
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_GRID = "grid/carbon-intensity"
#: Trees that are deeper than this are no manifest.
_DEEPEST = 12
_PARTS = (("cpu/energy", "cpu"), ("cpu-energy-kwh", "cpu"), ("memory/energy", "memory"), ("network/energy", "network"),
          ("storage/energy", "storage"))  # fmt: skip
_ENTRIES = (
    ("name", Fate.KEPT, "title", ""),
    ("tree.children.*", Fate.KEPT, "runs[].name", "a run each"),
    (
        "timestamp, duration",
        Fate.CONVERTED,
        "runs[].period, runs[].hours",
        "durations added up, s -> h",
    ),
    (
        "energy",
        Fate.KEPT,
        "runs[].energy_it_kwh",
        "kWh, added up; of the facility where there is energy-it",
    ),
    (
        "energy-it",
        Fate.KEPT,
        "runs[].energy_it_kwh",
        "kWh, added up; energy / energy-it is the PUE",
    ),
    (
        "cpu/energy, memory/energy, network/energy",
        Fate.KEPT,
        "runs[].hardware[].energy_it_kwh",
        "where they add up",
    ),
    (
        _GRID,
        Fate.KEPT,
        "runs[].carbon_intensity_g_per_kwh",
        "g/kWh, weighted by energy",
    ),
    (
        "carbon-operational",
        Fate.CONVERTED,
        "reported.runs[].co2e_operational_kg",
        "g -> kg, added up",
    ),
    ("embodied-carbon", Fate.CONVERTED, "reported.runs[].co2e_embodied_kg", "g -> kg, added up"),
    ("cloud/region", Fate.KEPT, "runs[].location.provider_region", ""),
    (
        "initialize, pipeline, execution",
        Fate.DROPPED,
        "",
        "how the manifest was computed: keep it as the source",
    ),
    ("sci, other parameters", Fate.DROPPED, "", "no place"),
    (
        "how energy came about",
        Fate.MISSING,
        "runs[].energy_it_kwh.status",
        "taken as modelled",
    ),
    ("whether a PUE is inside", Fate.MISSING, "runs[].pue", ""),
)


def recognise(source: Source) -> str:
    """Say by which keys a file is a manifest."""
    lines = {line.split(":", 1)[0] for line in source.text.split("\n") if line[:1].isalpha()}
    found = [key for key in ("name", "initialize", "tree") if key in lines]
    return f"it has {', '.join(found)}" if {"initialize", "tree"} <= set(found) else ""


def read(sources: list[Source]) -> Reading:
    """Read manifests that ``if-run`` has computed.

    Raises:
        FormatError: A file is no YAML, or has no outputs with an energy or a carbon.
    """
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    tools: dict[str, tuple[str, str]] = {}
    title = ""
    for source in sources:
        manifest = Fields(source, read_yaml(source, "a manifest of if-run"))
        title = title or manifest.text("name")
        version = manifest.text("execution", "environment", "if-version")
        tools[source.name] = ("Impact Framework", version)
        found: list[Measured] = []
        for name, component in _components(manifest):
            rows = component.items("outputs") or component.items("inputs")
            run = _run(source, name or "component", rows, findings)
            if run:
                found.append(run)
            else:
                findings.append(
                    warn(
                        codes.LEFT_OUT, f"the component '{name}' has neither energy nor carbon, and is left out",
                        source.name, hint="run the manifest with if-run -o: its outputs have them",
                    )
                )  # fmt: skip
        if not found:
            raise refusal(
                codes.NOTHING, "no component of the manifest has an energy or a carbon", source.name,
                expected="outputs with energy", found="none", hint="run it first: if-run -m FILE -o OUT",
            )  # fmt: skip
        runs += found
        entries += [Entry(*entry, source.name) for entry in _ENTRIES]
    return Reading(runs, entries, findings, tools, title=title)


def _components(manifest: Fields) -> list[tuple[str, Fields]]:
    """Return the children of the tree that have observations, with their names."""
    found: list[tuple[str, Fields]] = []
    waiting = [("", Fields(manifest.source, manifest.get("tree") or {}, ("tree",)), 0)]
    while waiting:
        name, node, depth = waiting.pop()
        children = node.get("children")
        if isinstance(children, dict) and children:
            # What stands beside children is their aggregate.
            inner = [
                (str(key), Fields(manifest.source, child, ("tree", str(key))))
                for key, child in children.items()
            ]
            waiting += [
                (key, child, depth + 1) for key, child in reversed(inner) if depth < _DEEPEST
            ]
        elif node.get("outputs") or node.get("inputs"):
            found.append((name, node))
    return found


def _run(source: Source, name: str, rows: list[Fields], findings: list[Finding]) -> Measured | None:
    def total(key: str) -> float | None:
        values = [row.number(key, most=1e12) for row in rows]
        lacking = f"observations of '{name}' have no {key}"
        return sum_of_all(values, lacking, findings, source.name, expected=key)

    energy = total("energy")
    carbon, embodied = total("carbon-operational"), total("embodied-carbon")
    if not energy and carbon is None:
        return None
    seconds = total("duration")
    intensity = _intensity(rows, name, findings)
    parts = [Part(kind, energy_kwh=kwh) for key, kind in _PARTS if (kwh := total(key)) is not None]
    it_energy = total("energy-it")
    pue = short(energy / it_energy) if energy and it_energy and energy >= it_energy else None
    whole = energy is not None and (
        pue is not None
        or abs(sum(part.energy_kwh or 0.0 for part in parts) - energy) > 1e-6 * energy
    )
    if whole:
        parts = [part._replace(energy_kwh=None) for part in parts]
    printed: dict[str, Any] = {"boundary": "facility" if pue else "it"}
    for field, value in (("co2e_operational_kg", carbon), ("co2e_embodied_kg", embodied)):
        if value is not None:
            printed[field] = value / G_PER_KG
    if energy:
        printed["energy_facility_kwh" if pue else "energy_it_kwh"] = energy
    if intensity is not None:
        printed["carbon_intensity_g_per_kwh"] = intensity
    first = rows[0]
    start, end = started(first.text("timestamp"), seconds)
    place = {
        "provider_region": first.text("cloud/region"),
        "provider": first.text("cloud/vendor").lower(),
    }
    return Measured(
        name=name, source=source, label=name, start=start, end=end,
        hours=seconds / SECONDS_PER_HOUR if seconds else None, parts=tuple(parts),
        energy_it_kwh=it_energy if pue else energy if whole else None,
        pue=(pue, "the manifest: energy / energy-it") if pue else None,
        place=place, intensity=intensity,
        intensity_source=f"the manifest: {_GRID}", printed=printed,
        measurement={"method": "other", "instrument": "Impact Framework", "pue_included": False},
    )  # fmt: skip


def _intensity(rows: list[Fields], name: str, findings: list[Finding]) -> float | None:
    """Return the mean carbon intensity (g/kWh), weighted by energy; None where it is not known."""
    values = [row.number(_GRID, most=5000) for row in rows]
    if len(set(values)) == 1:
        return values[0]
    energies = [row.number("energy", most=1e12) for row in rows]
    counted = [(value, energy) for value, energy in zip(values, energies, strict=True) if energy]
    emitted = sum_of_all(
        [None if value is None else value * energy for value, energy in counted],
        f"observations of '{name}' have no {_GRID}", findings, rows[0].source.name, expected=_GRID,
        gone="their mean is left out",
    )  # fmt: skip
    if emitted is None or None in energies:
        return None
    return emitted / sum(energy for _, energy in counted)


FORMAT = Format(
    name="impact-framework",
    title="Impact Framework manifest (YAML)",
    tried="0.5.0, 0.6.0 and 1.0.2, outputs of the project's own manifests",
    marks="keys initialize and tree",
    measures="modelled: what the pipeline computed",
    lost_reading="the pipeline, each observation, SCI scores",
    lost_writing="sources, intervals, market-based figures, water, hardware: a run is one observation with its energy",
    recognise=recognise,
    read=read,
    write=write,
)
