"""A statement as a table in the shape of CodeCarbon's ``emissions.csv``, for what reads such tables."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from greenalgo.formats.leaving import country_name, lacking, leaving, report, value_of
from greenalgo.formats.records import Written
from greenalgo.statement import devices_of
from greenalgo.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from greenalgo.formats.leaving import Leaving

#: The columns of CodeCarbon 3.3, in its order.
COLUMNS = (
    "timestamp", "project_name", "run_id", "experiment_id", "duration", "emissions", "emissions_rate", "cpu_power",
    "gpu_power", "ram_power", "cpu_energy", "gpu_energy", "ram_energy", "energy_consumed", "water_consumed",
    "country_name", "country_iso_code", "region", "cloud_provider", "cloud_region", "os", "python_version",
    "codecarbon_version", "cpu_count", "cpu_model", "gpu_count", "gpu_model", "longitude", "latitude",
    "ram_total_size", "tracking_mode", "cpu_utilization_percent", "gpu_utilization_percent",
    "ram_utilization_percent", "ram_used_gb", "on_cloud", "pue", "wue",
)  # fmt: skip
_KINDS = (
    ("cpu", "cpu_energy"),
    ("gpu", "gpu_energy"),
    ("accelerator", "gpu_energy"),
    ("memory", "ram_energy"),
)


def write(filled: dict[str, Any]) -> Written:
    """Write a row a run; energies contain the PUE, as CodeCarbon's do.

    Args:
        filled: A statement with results.

    Raises:
        FormatError: The energy or the CO2e of a run does not follow.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    pues = set()
    for one in leaving(filled):
        writer.writerow(_row(one, filled))
        pues.add(one.pue)
    places = {
        "runs[].period": ("timestamp", "the end"),
        "runs[].hours": ("duration", "h -> s"),
        "runs[].device_hours": ("duration", "divided by the number of devices, h -> s"),
        "runs[].hardware": ("cpu_model, gpu_model, ram_total_size", "one line of each kind"),
        "runs[].location": ("country_iso_code, region, cloud_provider, cloud_region", ""),
        "runs[].pue": (
            "pue",
            "1.0 is also what CodeCarbon writes where none is set" if 1.0 in pues else "",
        ),
        "runs[].carbon_intensity_g_per_kwh": (
            "emissions",
            "emissions / energy_consumed gives it back",
        ),
        "runs[].water": ("water_consumed", "on-site water"),
        "results.totals.co2e_operational_kg": ("emissions", ""),
        "results.totals.energy_facility_kwh": ("energy_consumed", ""),
        "results.totals.energy_it_kwh": ("energy_consumed", "times pue"),
    }
    return Written(out.getvalue().encode(), report(filled, places), [])


def _row(one: Leaving, filled: dict[str, Any]) -> dict[str, Any]:
    energy, co2e = one.value("energy_facility_kwh"), one.value("co2e_operational_kg")
    if energy is None or co2e is None:
        raise lacking(
            f"energy and CO2e of run '{one.run['id']}' do not follow", one.at, "energy and CO2e",
            "greenalgo validate names what is missing",
        )  # fmt: skip
    place, seconds = one.run.get("location", {}), (one.hours or 0.0) * SECONDS_PER_HOUR
    code = place.get("country", "")
    row: dict[str, Any] = {
        "timestamp": one.run.get("period", {}).get("end", ""), "project_name": one.name, "run_id": one.run["id"],
        "duration": seconds or "", "emissions": co2e, "emissions_rate": co2e / seconds if seconds else "",
        "energy_consumed": energy, "water_consumed": one.value("water_onsite_l"),
        "country_name": country_name(code), "country_iso_code": code, "region": place.get("region", ""),
        "cloud_provider": place.get("provider", ""), "cloud_region": place.get("provider_region", ""),
        "codecarbon_version": filled["results"]["tool"], "pue": one.pue,
        "on_cloud": "Y" if place.get("facility") == "cloud" or place.get("provider_region") else "N",
    }  # fmt: skip
    return row | _hardware(one)


def _hardware(one: Leaving) -> dict[str, Any]:
    """Return models, numbers and energies; the energies only where each component has one of its own."""
    row: dict[str, Any] = {}
    energies: dict[str, float] = {}
    parts = one.run.get("hardware", [])
    for part, result in zip(parts, one.results.get("components", []), strict=False):
        column = dict(_KINDS).get(part["kind"], "")
        energy = value_of(result.get("energy_it_kwh"))
        if column and energy is not None:
            energies[column] = energies.get(column, 0.0) + energy * (one.pue or 1.0)
        devices = devices_of(part)
        number = f"{devices} x " if devices else ""
        if part["kind"] == "cpu":
            row.setdefault("cpu_model", part.get("model", ""))
        elif part["kind"] in ("gpu", "accelerator"):
            row.setdefault("gpu_model", number + part["model"] if part.get("model") else "")
            row.setdefault("gpu_count", devices or "")
        elif part["kind"] == "memory":
            row["ram_total_size"] = row.get("ram_total_size", 0.0) + (
                value_of(part.get("memory_gb")) or 0.0
            )
    total = one.value("energy_facility_kwh") or 0.0
    return row | (energies if abs(sum(energies.values()) - total) <= 1e-9 * total else {})
