"""Figures that a statement quotes as printed: for the whole, a run, a functional unit; relative claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.glance.bounds import PER_UNIT
from greenalgo.render.amounts import Amount, declared
from greenalgo.render.numbers import percent
from greenalgo.render.types import Name, Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Figure(NamedTuple):
    """One printed figure.

    Attributes:
        of: What it is the figure of: a run's name, a functional unit; empty for the whole.
        what: The quantity, in words.
        amount: The number.
        printed: The characters that the source prints, where recorded.
    """

    of: Name
    what: str
    amount: Amount
    printed: Name


class Claim(NamedTuple):
    """A relative claim, such as 41 % less energy than the baseline run."""

    text: tuple[str, ...]


class Quoted(NamedTuple):
    """Everything that is quoted."""

    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    boundary: str = ""


#: Field of a quoted figure: what it is in words, kind of quantity.
_FIELDS: Mapping[str, tuple[str, str]] = {
    "energy_kwh": ("Energy", "energy"), "energy_it_kwh": ("IT energy", "energy"),
    "energy_facility_kwh": ("Facility energy", "energy"), "energy_wh": ("Energy", "energy"),
    "energy_j": ("Energy", "energy"), "co2e_operational_kg": ("Operational CO₂e", "co2e"),
    "co2e_market_kg": ("Market-based CO₂e", "co2e"), "co2e_net_kg": ("Net CO₂e", "co2e"),
    "co2e_embodied_kg": ("Embodied CO₂e", "co2e"), "co2e_total_kg": ("Total CO₂e", "co2e"),
    "co2e_g": ("CO₂e", "co2e"), "co2e_kg": ("CO₂e", "co2e"), "water_ml": ("Water", "water"),
    "water_l": ("Water", "water"), "water_onsite_l": ("On-site water", "water"),
    "water_offsite_l": ("Off-site water", "water"), "hours": ("Wall-clock time", "time"),
    "device_hours": ("Device-hours", "time"), "average_power_w": ("Average power", "power"),
    "device_count": ("Devices", "count"), "pue": ("PUE", "ratio"),
    "carbon_intensity_g_per_kwh": ("Carbon intensity", "intensity"),
}  # fmt: skip
#: Carbon basis of a figure for a unit -> what it is in words, where that is not location-based.
_BASES: Mapping[str, str] = {"market": "Market-based CO₂e", "net": "Net CO₂e"}
_METRICS: Mapping[str, str] = {"co2e": "CO₂e", "device_hours": "device-hours"}


def quoted(filled: Mapping[str, Any]) -> Quoted:
    """Read ``reported``."""
    block = filled.get("reported", {})
    names = {run["id"]: run.get("name") or run["id"] for run in filled.get("runs", ())}
    figures = [*_figures(block, Name(""), "/reported")]
    for run, row in block.get("runs", {}).items():
        figures += _figures(
            row, Name(names.get(run, run), pointer=f"/reported/runs/{run}"), f"/reported/runs/{run}"
        )
    for index, row in enumerate(block.get("per_functional_unit", ())):
        at = f"/reported/per_functional_unit/{index}"
        figures += _figures(row, Name(f"per {row.get('unit', 'unit')}", pointer=f"{at}/unit"), at)
    claims = tuple(_claim(row, names) for row in block.get("claims", ()))
    return Quoted(tuple(figures), claims, block.get("boundary", ""))


def _figures(row: Mapping[str, Any], of: Name, at: str) -> Iterator[Figure]:
    for key, (what, quantity) in _FIELDS.items():
        found = declared(row.get(key), quantity)
        if found.value is not None:
            printed = row.get("as_printed", {}).get(key, "")
            shown = ", ".join(printed) if isinstance(printed, list) else str(printed)
            size = PER_UNIT[key][1] if key in PER_UNIT else 1.0
            scaled = found._replace(
                value=found.value * size, lower=found.lower * size, upper=found.upper * size
            )
            if key in ("co2e_g", "co2e_kg"):
                what = _BASES.get(row.get("co2e_basis", ""), what)
            yield Figure(of, what, scaled, Name(shown, pointer=f"{at}/as_printed/{key}"))


def _claim(row: Mapping[str, Any], names: Mapping[str, str]) -> Claim:
    metric = _METRICS.get(row.get("metric", ""), row.get("metric", ""))
    ratio = declared(row.get("ratio"), "ratio").number
    if ratio < 1:
        fewer = "fewer" if metric.endswith("hours") else "less"
        change: tuple[str, ...] = (percent(1 - ratio), f" {fewer} {metric}")
    else:
        change = (Number(f"{declared(ratio, 'ratio').digits()}×"), f" the {metric}")
    against = row.get("against_run") or row.get("against") or "an unnamed baseline"
    run = row.get("run", "")
    subject = (Name(names.get(run, run)), " with ") if run else ()
    return Claim(
        (*subject, *change, " than " if ratio < 1 else " of ", Name(names.get(against, against)))
    )
