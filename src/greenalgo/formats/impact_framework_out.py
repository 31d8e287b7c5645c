"""A statement as a manifest of the Impact Framework: a component a run, whose carbon the framework computes again."""

from __future__ import annotations

from typing import Any

from greenalgo.formats.leaving import Leaving, lacking, leaving, report
from greenalgo.formats.records import Written
from greenalgo.sources.dump import to_yaml
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR

#: The plugins that a component needs: built into the framework, nothing is fetched.
_OPERATIONAL = {
    "path": "builtin",
    "method": "Multiply",
    "config": {"input-parameters": ["energy", "grid/carbon-intensity"], "output-parameter": "carbon-operational"},
    "parameter-metadata": {
        "inputs": {
            "energy": {"unit": "kWh", "description": "facility energy: IT energy x PUE"},
            "energy-it": {"unit": "kWh", "description": "IT energy, without the PUE"},
            "grid/carbon-intensity": {"unit": "gCO2e/kWh", "description": "location-based carbon intensity"},
        },
        "outputs": {"carbon-operational": {"unit": "gCO2e", "description": "operational carbon"}},
    },
}  # fmt: skip


def write(filled: dict[str, Any]) -> Written:
    """Write a manifest for ``if-run``.

    Args:
        filled: A statement with results.

    Raises:
        FormatError: A run has no start, no hours, or its energy or carbon intensity does not follow.
    """
    manifest = {
        "name": filled["title"],
        "description": f"From a compute footprint statement by {filled['results']['tool']}.",
        "tags": None,
        "initialize": {"plugins": {"operational-carbon": _OPERATIONAL}},
        "tree": {"children": {one.run["id"]: _component(one) for one in leaving(filled)}},
    }
    places = {
        "runs[].period": ("inputs[].timestamp", "the start"),
        "runs[].hours": ("inputs[].duration", "h -> s"),
        "runs[].device_hours": ("inputs[].duration", "divided by the number of devices, h -> s"),
        "runs[].location": ("inputs[].cloud/region", "a provider's region only"),
        "runs[].pue": ("inputs[].energy", "the energy contains it; energy / energy-it"),
        "runs[].carbon_intensity_g_per_kwh": ("inputs[].grid/carbon-intensity", ""),
        "runs[].embodied": ("inputs[].embodied-carbon", "kg -> g, as it follows"),
        "results.totals.energy_it_kwh": ("inputs[].energy-it", ""),
        "results.totals.energy_facility_kwh": ("inputs[].energy", ""),
        "results.totals.co2e_embodied_kg": ("inputs[].embodied-carbon", "kg -> g"),
        "results.totals.co2e_operational_kg": (
            "outputs[].carbon-operational",
            "if-run computes it",
        ),
    }
    return Written(to_yaml(manifest).encode(), report(filled, places), [])


def _component(one: Leaving) -> dict[str, Any]:
    energy, intensity, hours = one.value("energy_facility_kwh"), one.intensity, one.hours
    start = one.run.get("period", {}).get("start")
    needed = {
        "energy_facility_kwh": energy, "carbon_intensity_g_per_kwh": intensity, "hours": hours, "period.start": start,
    }  # fmt: skip
    for name, value in needed.items():
        if value is None:
            said = f"a manifest requires {name} of run '{one.run['id']}'"
            raise lacking(said, one.at, name, "declare it, or what it follows from")
    observation: dict[str, Any] = {
        "timestamp": start, "duration": (hours or 0.0) * SECONDS_PER_HOUR, "energy": energy,
        "grid/carbon-intensity": intensity,
    }  # fmt: skip
    if (it_energy := one.value("energy_it_kwh")) is not None:
        observation["energy-it"] = it_energy
    if region := one.run.get("location", {}).get("provider_region"):
        observation["cloud/region"] = region
    if (embodied := one.value("co2e_embodied_kg")) is not None:
        observation["embodied-carbon"] = embodied * G_PER_KG
    return {"pipeline": {"compute": ["operational-carbon"]}, "inputs": [observation]}
