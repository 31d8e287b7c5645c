"""What each column of a table of rows is: its type, and what it means, with its unit."""

from __future__ import annotations

from typing import NamedTuple

from greenalgo.registry.comparison.key import Key


class Column(NamedTuple):
    """A column.

    Attributes:
        name: Its name.
        type: ``string``, ``integer``, ``number`` or ``datetime``, as Frictionless names them.
        meaning: What is in it, with its unit.
    """

    name: str
    type: str
    meaning: str


_TEXTS = {
    "name": "what the statement is called: its file, or its subject and digest",
    "run": "the run; empty for the whole statement",
    "unit": "the functional unit of a rate; empty for totals",
    "digest": "SHA-256 of the statement's canonical JSON",
    "status": "status in the registry's log; empty where the log does not name it",
    "title": "title of the statement",
    "subject": "what was computed",
    "kind": "kind of the subject",
    "field": "field of research",
    "task": "task of the subject",
    "arxiv": "arXiv identifier of the document",
    "doi": "DOI of the document",
    "citation": "citation key of the document that was compiled",
    "level": "level L0 to L4; none where printed figures do not follow from the inputs",
    "phase": "phases of the runs, joined by ' + '",
    "outcome": "outcomes of the runs, joined by ' + '",
    "failed_runs": "whether failed runs are included",
    "exploratory_runs": "whether exploratory runs are included",
    "includes": "what is counted, in the words of the statement",
    "counted": "kinds of hardware whose energy was added up; empty where the energy is declared as a whole",
    "energy_from": "status of the IT energy: metered, counter, modelled and so on",
    "hours_of": "what device_hours are hours of: accelerator, CPU, core, node",
    "hardware": "models of the computing devices, joined by ' + '",
    "country": "countries of the computers, ISO 3166-1 alpha-3, joined by ' + '",
    "provider": "who runs the computers",
    "reported_boundary": "what the printed energy covers: device, it, facility, unknown",
    "reported_basis": "carbon basis of the printed CO2e",
    "why": "why nothing could be recomputed",
    **{f"key_{name}": f"comparison key: {name.replace('_', ' ')}" for name in Key._fields},
    "superseded_by": "digest of the statement that took its place",
    "reason": "why it has its status",
    "document": "the statement as canonical JSON",
}
_WHOLES = {
    "year": "year of the runs; 0 where it is not declared",
    "work_year": "year of the runs, else of the arXiv identifier, else of the statement; 0 for none",
    "devices": "devices of the first component",
    "runs": "runs, repetitions counted",
    "rank": "rank inside the comparison key, from 1",
    "position": "the event that published it, from 1; 0 where the log does not name it",
}
_NUMBERS = {
    "power_w": "declared power of a device in W, where all have the same",
    "device_hours": "device-hours in h",
    "pue": "declared PUE, where all runs have the same",
    "carbon_intensity": "declared carbon intensity in g/kWh, where all runs have the same",
    "reported_energy_kwh": "energy as printed, in kWh",
    "reported_co2e_kg": "CO2e as printed, in kg",
    "reported_water_l": "water as printed, in L",
    "reported": "the metric as printed, normalised, in kg, kWh or L",
    "harmonised": "the metric recomputed, normalised, in kg, kWh or L",
    "lower": "lower end of the harmonised value",
    "upper": "upper end of the harmonised value",
    "value": "harmonised, else reported: what ranks",
    "per_run": "the metric per run, in kg, kWh or L",
    "per_accelerator_hour": "the metric per device-hour, in kg, kWh or L",
}
_SPANS = (
    ("energy", "kwh", "facility energy", "kWh"), ("co2e", "kg", "operational CO2e, location-based", "kg"),
    ("water", "l", "water", "L"), ("embodied", "kg", "embodied CO2e", "kg"),
)  # fmt: skip
_ENDS = {"value": "recomputed", "lower": "lower end", "upper": "upper end"}


def columns(names: list[str]) -> list[Column]:
    """Describe the columns of a table, in their order."""
    spans = {
        f"{what}_{end}_{unit}": f"{meaning} in {shown}, {words}"
        for what, unit, meaning, shown in _SPANS
        for end, words in _ENDS.items()
    }
    known = {name: Column(name, "string", text) for name, text in _TEXTS.items()}
    known |= {name: Column(name, "integer", text) for name, text in _WHOLES.items()}
    known |= {name: Column(name, "number", text) for name, text in (_NUMBERS | spans).items()}
    known["published"] = Column("published", "datetime", "when it was published, UTC")
    return [known[name] for name in names]
