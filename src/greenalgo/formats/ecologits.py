"""EcoLogits' ``impacts`` of requests to a model behind an API: one, a list, or a JSON line each.

Figures are intervals of a model, with the PUE inside the energy. Records of a file are added up: a run with as many
requests. ``gwp`` is usage and embodied together, so the two are taken apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.fields import Fields
from greenalgo.formats.lines_of_json import peek_record, records
from greenalgo.formats.records import Entry, Fate, Format, Measured, Reading
from greenalgo.formats.source import refusal, warn
from greenalgo.units import G_PER_KG

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_PATHS = {
    "energy": ("usage", "energy"), "co2e": ("usage", "gwp"), "embodied": ("embodied", "gwp"), "water": ("wcf",),
}  # fmt: skip
_ENTRIES = (
    (
        "usage.energy",
        Fate.CONVERTED,
        "runs[].energy_facility_kwh",
        "kWh, added up; the value is the middle",
    ),
    ("usage.gwp", Fate.CONVERTED, "reported.runs[].co2e_operational_kg", "kg, added up; as above"),
    ("embodied.gwp", Fate.CONVERTED, "reported.runs[].co2e_embodied_kg", "kg, added up; as above"),
    ("wcf", Fate.CONVERTED, "reported.runs[].water_l", "L, added up; as above"),
    ("energy, gwp", Fate.DROPPED, "", "usage and embodied say it"),
    ("adpe, pe", Fate.DROPPED, "", "no place"),
    ("model and provider", Fate.MISSING, "subject.name", "not in the impacts"),
    (
        "place, and its carbon intensity",
        Fate.MISSING,
        "runs[].location",
        "gwp / energy gives the intensity",
    ),
    ("PUE", Fate.MISSING, "runs[].pue", "inside the energy"),
    ("version of EcoLogits", Fate.MISSING, "provenance.files[].tool_version", ""),
)


def recognise(source: Source) -> str:
    """Say by which keys a file is EcoLogits'."""
    first = _impacts(peek_record(source))
    keys = [
        key for key in ("energy", "gwp", "usage", "embodied") if isinstance(first.get(key), dict)
    ]
    return f"its records have {', '.join(keys)}" if {"gwp", "usage"} <= set(keys) else ""


def read(sources: list[Source]) -> Reading:
    """Read impacts of requests: a file is a run.

    Raises:
        FormatError: A record is no JSON, or no impacts.
    """
    findings: list[Finding] = []
    runs = [_run(source, findings) for source in sources]
    entries = [Entry(*entry, file=source.name) for source in sources for entry in _ENTRIES]
    return Reading(runs, entries, findings, {source.name: ("EcoLogits", "") for source in sources})


def _run(source: Source, findings: list[Finding]) -> Measured:
    totals: dict[str, tuple[float, float]] = {}
    lacking: dict[str, int] = {}
    found = records(source)
    for line, record in found:
        fields = Fields(source, _impacts(record) or {"": record})
        for name, path in _PATHS.items():
            interval = _interval(fields, path)
            if interval is None and name == "energy":
                raise refusal(
                    codes.HEADER, "the record has no usage.energy", source.name, (line, 1), expected="usage.energy",
                    found=str(record)[:60], hint="export response.impacts.model_dump()",
                )  # fmt: skip
            low, high = totals.get(name, (0.0, 0.0))
            if interval:
                totals[name] = (low + interval[0], high + interval[1])
            else:
                lacking.setdefault(name, line)
    if not sum(totals.get("energy", (0.0, 0.0))):
        raise refusal(
            codes.NOTHING, "there is no request with an energy in the file", source.name, expected="usage.energy",
            found=f"{len(found)} records", hint="export response.impacts.model_dump()",
        )  # fmt: skip
    for name in [name for name in lacking if name in totals]:
        # A sum of some requests is none of all of them.
        del totals[name]
        findings.append(
            warn(
                codes.LEFT_OUT, f"some records have no {'.'.join(_PATHS[name])}: its sum is left out", source.name,
                (lacking[name], 1), hint="import records of one version of EcoLogits together",
            )
        )  # fmt: skip
    energy = _quantity(totals["energy"]) | {"status": "modelled", "source": "EcoLogits"}
    fields_ = (
        ("co2e", "co2e_operational_kg"),
        ("embodied", "co2e_embodied_kg"),
        ("water", "water_l"),
    )
    printed: dict[str, Any] = {
        "boundary": "facility",
        "energy_facility_kwh": _quantity(totals["energy"]),
    }
    printed |= {field: _quantity(totals[name]) for name, field in fields_ if name in totals}
    middle = sum(totals["energy"])
    intensity = G_PER_KG * sum(totals["co2e"]) / middle if "co2e" in totals else None
    return Measured(
        name="requests", source=source, phase="inference", intensity=intensity,
        intensity_source="EcoLogits: gwp / energy of the usage", printed=printed,
        measurement={"method": "tracker", "instrument": "EcoLogits", "pue_included": True},
        more={"energy_facility_kwh": energy, "work": {"requests": len(found)}},
    )  # fmt: skip


def _impacts(record: Any) -> dict[str, Any]:
    """Return the impacts of a record, which may lie under that key."""
    if not isinstance(record, dict):
        return {}
    inner = record.get("impacts")
    return inner if isinstance(inner, dict) else record


def _interval(fields: Fields, path: tuple[str, ...]) -> tuple[float, float] | None:
    value = fields.get(*path, "value")
    if isinstance(value, dict):
        low, high = fields.number(*path, "value", "min"), fields.number(*path, "value", "max")
        return (low, high) if low is not None and high is not None else None
    single = fields.number(*path, "value")
    return (single, single) if single is not None else None


def _quantity(interval: tuple[float, float]) -> dict[str, Any]:
    low, high = (float(f"{end:.12g}") for end in interval)
    return {"value": float(f"{(low + high) / 2:.12g}"), "lower": low, "upper": high}


FORMAT = Format(
    name="ecologits",
    title="EcoLogits impacts (JSON, JSON lines)",
    tried="0.11.3",
    marks="records with gwp and usage",
    measures="modelled: a regression over benchmarks; its interval is kept",
    lost_reading="minerals (ADPe), primary energy, each request of its own",
    recognise=recognise,
    read=read,
)
