"""What documents leave out: for each field the share of statements without it, by phase, hardware, place.

A value counts as given where the document gives it: one that somebody else inferred (``imputed``), that
stands for nothing better (``default``), or that is explicitly absent (``not_assessed``) does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from greenalgo.registry.comparison.key import FAILED
from greenalgo.registry.comparison.parts import PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from greenalgo.registry.comparison.rows import Source

#: Statuses of a value that the document does not give.
_NOT_GIVEN = frozenset({"imputed", "default", "not_assessed"})
_ENERGY = ("energy_kwh", "energy_it_kwh", "energy_facility_kwh", "energy_wh", "energy_j")
_CO2E = (
    "co2e_operational_kg",
    "co2e_market_kg",
    "co2e_net_kg",
    "co2e_total_kg",
    "co2e_kg",
    "co2e_g",
)
_WATER = ("water_l", "water_onsite_l", "water_offsite_l", "water_ml")
#: By what the shares can be split.
SPLITS = ("phase", "hardware", "country")


def given(node: Any) -> bool:
    """Say whether a quantity (or a plain value) is given by the document."""
    if isinstance(node, dict):
        return (
            node.get("status", "declared") not in _NOT_GIVEN and node.get("value", "") is not None
        )
    return node is not None and node != ""


def facts_of(source: Source) -> dict[str, Any]:
    """Return what a statement is (phase, hardware, country) and which fields it gives."""
    data = source.data
    runs: list[dict[str, Any]] = data["runs"]
    parts = [part for run in runs for part in run.get("hardware", ())]
    devices = [p for p in parts if p["kind"] in ("gpu", "accelerator", "cpu", "node")] or parts
    blocks = [data.get("reported", {}), *data.get("reported", {}).get("runs", {}).values()]
    blocks += data.get("reported", {}).get("per_functional_unit", [])
    boundary = data.get("boundary", {})

    def every(of: list[dict[str, Any]], test: Callable[[dict[str, Any]], bool]) -> bool:
        return bool(of) and all(test(one) for one in of)

    def hours(run: dict[str, Any]) -> bool:
        own = any(given(p.get(name)) for p in run.get("hardware", ()) for name in _HOURS)
        return own or any(given(run.get(name)) for name in _HOURS)

    def energy(run: dict[str, Any]) -> bool:
        own = any(given(run.get(name)) for name in _ENERGY)
        return own or every(run.get("hardware", []), lambda part: given(part.get("energy_it_kwh")))

    def figure(names: tuple[str, ...]) -> bool:
        return any(given(block.get(name)) for block in blocks for name in names)

    return {
        "name": source.name,
        "phase": _joined(sorted((run["phase"] for run in runs), key=PHASES.index)),
        "hardware": _kind(devices),
        "country": _joined(run.get("location", {}).get("country", "") for run in runs) or "not said",
        "hardware model": every(devices, lambda part: bool(part.get("model"))),
        "number of devices": every(devices, lambda part: "count" in part),
        "hours": every(runs, hours),
        "power": every(devices, lambda part: given(part.get("power_w")))
        or every(runs, energy),
        "country of the computers": every(runs, lambda run: bool(run.get("location", {}).get("country"))),
        "PUE": every(runs, lambda run: given(run.get("pue"))),
        "carbon intensity": every(runs, lambda run: given(run.get("carbon_intensity_g_per_kwh"))),
        "energy": figure(_ENERGY) or every(runs, energy),
        "CO2e": figure(_CO2E),
        "what the figures cover": boundary_given(blocks),
        "failed runs": "failed_runs" in boundary or any(r.get("outcome") in FAILED for r in runs),
        "exploratory runs": "exploratory_runs" in boundary
        or any(run.get("outcome") == "exploratory" for run in runs),
        "embodied emissions": figure(("co2e_embodied_kg", "co2e_total_kg"))
        or any(isinstance(run.get("embodied"), list) for run in runs),
        "water": figure(_WATER) or any(given(run.get("water")) for run in runs),
        "an interval": _has_interval(data),
        "a functional unit": bool(
            data.get("functional_units") or data.get("reported", {}).get("per_functional_unit")
        ),
    }  # fmt: skip


_HOURS = ("hours", "device_hours")


def omissions(given: pd.DataFrame) -> pd.DataFrame:
    """Turn a frame of fields that are given into one of fields that are left out.

    Args:
        given: A row for each statement, as :func:`facts_of` makes it.
    """
    frame = given.copy()
    for field in fields_of(frame):
        frame[field] = ~frame[field].astype(bool)
    return frame


def fields_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a frame of omissions that are fields."""
    return [str(name) for name in frame.columns if name not in ("name", *SPLITS)]


def shares(frame: pd.DataFrame, by: str = "") -> pd.DataFrame:
    """Return the share of statements that leave each field out.

    Args:
        frame: As :func:`omissions` returns it.
        by: ``phase``, ``hardware`` or ``country``; empty for all together.

    Returns:
        A row for each group, the largest first, with ``statements`` (a count) and a share (0 to 1) for
        each field.
    """
    fields = fields_of(frame)
    groups = frame[by] if by else pd.Series("all", index=frame.index)
    result = frame[fields].astype(float).groupby(groups).mean()
    result.insert(0, "statements", groups.value_counts().reindex(result.index))
    return result.sort_values("statements", ascending=False, kind="stable")


def boundary_given(blocks: list[dict[str, Any]]) -> bool:
    """Say whether the printed figures come with what they cover."""
    stated = [block["boundary"] for block in blocks if "boundary" in block]
    return bool(stated) and "unknown" not in stated


def _has_interval(node: Any) -> bool:
    if isinstance(node, dict):
        own = ("lower" in node or "upper" in node) and node.get("status") not in _NOT_GIVEN
        return own or any(_has_interval(value) for key, value in node.items() if key != "results")
    return isinstance(node, list) and any(_has_interval(value) for value in node)


def _kind(devices: list[dict[str, Any]]) -> str:
    kinds = {part["kind"] for part in devices}
    for kind in ("gpu", "accelerator", "cpu", "node"):
        if kind in kinds:
            return kind
    return "other" if kinds else "not said"


def _joined(words: Iterable[str]) -> str:
    return " + ".join(dict.fromkeys(word for word in words if word))
