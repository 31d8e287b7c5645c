"""From a structurally valid document to records."""

from __future__ import annotations

from typing import Any

from greenalgo.findings import escape
from greenalgo.glance.bounds import NOT_FIGURES
from greenalgo.statement.quantity import Absent, Quantity, read_quantity
from greenalgo.statement.records import (
    CarbonIntensity,
    Component,
    EmbodiedItem,
    Figures,
    FunctionalUnit,
    Location,
    Reported,
    Run,
    Statement,
    UnitFigures,
    Water,
    Work,
)


def from_document(data: dict[str, Any]) -> Statement:
    """Read a document that the schema accepts.

    Args:
        data: The document as plain JSON values.

    Returns:
        The statement as records.
    """
    period = data.get("period", {})
    year = _year(period.get("end", "")) or _year(period.get("start", ""))
    years = (year, year or _year(data.get("issued", "")))
    return Statement(
        data["title"],
        tuple(_run(node, f"/runs/{i}", *years) for i, node in enumerate(data["runs"])),
        tuple(
            FunctionalUnit(
                node["unit"],
                read_quantity(node["quantity"], f"/functional_units/{i}/quantity"),
                node.get("run", ""),
                f"/functional_units/{i}",
            )
            for i, node in enumerate(data.get("functional_units", ()))
        ),
        _reported(data.get("reported")),
        data,
    )


def _year(moment: str) -> int:
    return int(moment[:4]) if moment[:4].isdigit() else 0


def _quantities(node: dict[str, Any], at: str, *names: str) -> dict[str, Any]:
    """Read the named quantities of a node as keyword arguments."""
    return {name: read_quantity(node.get(name), f"{at}/{name}") for name in names}


def _run(node: dict[str, Any], at: str, year: int, factor_year: int) -> Run:
    period = node.get("period", {})
    start, end = period.get("start", ""), period.get("end", "")
    water = node.get("water")
    embodied = node.get("embodied", [])
    return Run(
        node["id"],
        node["phase"],
        at,
        name=node.get("name", ""),
        outcome=node.get("outcome", "reported"),
        hardware=tuple(
            _component(part, f"{at}/hardware/{i}")
            for i, part in enumerate(node.get("hardware", ()))
        ),
        location=_location(node.get("location"), f"{at}/location"),
        carbon_intensity=_intensity(node, "carbon_intensity_g_per_kwh", at, "location"),
        carbon_intensity_market=_intensity(node, "carbon_intensity_market_g_per_kwh", at, "market"),
        carbon_intensity_net=_intensity(node, "carbon_intensity_net_g_per_kwh", at, "net"),
        repetitions=int(node.get("repetitions", 1)),
        water=_water(water, f"{at}/water"),
        embodied=Absent(embodied["reason"], f"{at}/embodied")
        if isinstance(embodied, dict)
        else tuple(_embodied(item, f"{at}/embodied/{i}") for i, item in enumerate(embodied)),
        work=_work(node.get("work"), f"{at}/work"),
        part_of=node.get("part_of", ""),
        host=node.get("host", ""),
        start=start,
        end=end,
        year=_year(end) or _year(start) or year,
        factor_year=_year(end) or _year(start) or factor_year,
        **_quantities(
            node,
            at,
            "hours",
            "device_hours",
            "pue",
            "energy_it_kwh",
            "energy_facility_kwh",
            "multiplier",
        ),
    )


def devices_of(node: dict[str, Any]) -> int:
    """Return how many devices a line of hardware has, as the document has it; 0 where it does not say."""
    return _component(node, "").devices or 0


def _component(node: dict[str, Any], at: str) -> Component:
    count = node.get("count")
    return Component(
        node["kind"],
        at,
        model=node.get("model", ""),
        number=None if count is None else int(count),
        devices_per_node=node.get("devices_per_node"),
        power_scope=node.get("power_scope", "device"),
        source=node.get("source", ""),
        **_quantities(
            node, at, "memory_gb", "power_w", "utilisation", "hours", "device_hours", "share",
            "energy_it_kwh", "peak_flops_per_s",
        ),
    )  # fmt: skip


def _location(node: dict[str, Any] | None, at: str) -> Location:
    if node is None:
        return Location()
    return Location(
        node.get("country", ""),
        node.get("region", ""),
        node.get("grid_zone", ""),
        node.get("provider", ""),
        node.get("provider_region", ""),
        node.get("facility", ""),
        at,
    )


def _intensity(node: dict[str, Any], key: str, at: str, basis: str) -> CarbonIntensity | None:
    inner = node.get(key)
    quantity = read_quantity(inner, f"{at}/{key}")
    if quantity is None:
        return None
    inner = inner if isinstance(inner, dict) else {}
    return CarbonIntensity(
        quantity, inner.get("basis", basis), int(inner.get("year", 0)), inner.get("boundary", "")
    )


def _water(node: dict[str, Any] | None, at: str) -> Water | Absent | None:
    if node is None:
        return None
    if node.get("status") == "not_assessed":
        return Absent(node["reason"], at)
    return Water(
        at, **_quantities(node, at, "wue_l_per_kwh", "ewif_l_per_kwh", "onsite_l", "offsite_l")
    )


def _embodied(node: dict[str, Any], at: str) -> EmbodiedItem:
    return EmbodiedItem(
        node["item"],
        at,
        number=int(node.get("count", 1)),
        **_quantities(
            node, at, "co2e_kg", "lifetime_hours", "time_share", "hours", "resource_share"
        ),
    )


def _work(node: dict[str, Any] | None, at: str) -> Work | None:
    if node is None:
        return None
    return Work(
        at,
        precision=node.get("precision", ""),
        **_quantities(node, at, "flops", "model_flops_utilisation"),
    )


def _figures(node: dict[str, Any], at: str) -> dict[str, Quantity]:
    read = {
        key: read_quantity(value, f"{at}/{key}")
        for key, value in node.items()
        if key not in NOT_FIGURES
    }
    return {key: value for key, value in read.items() if isinstance(value, Quantity)}


def _as_printed(node: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        key: (value,) if isinstance(value, str) else tuple(value)
        for key, value in node.get("as_printed", {}).items()
    }


def _block(node: dict[str, Any], at: str, boundary: str) -> Figures:
    return Figures(
        at,
        node.get("boundary", boundary),
        _figures(node, at),
        _as_printed(node),
        node.get("device_count"),
    )


def _reported(node: dict[str, Any] | None) -> Reported:
    if node is None:
        return Reported()
    whole = _block(node, "/reported", "")
    return Reported(
        whole if whole.figures or whole.as_printed or whole.device_count else None,
        {
            run_id: _block(block, f"/reported/runs/{escape(run_id)}", whole.boundary)
            for run_id, block in node.get("runs", {}).items()
        },
        tuple(
            UnitFigures(
                at := f"/reported/per_functional_unit/{i}",
                block["unit"],
                read_quantity(block.get("quantity"), f"{at}/quantity"),
                block.get("run", ""),
                block.get("boundary", whole.boundary),
                block.get("co2e_basis", ""),
                _figures(block, at),
                _as_printed(block),
            )
            for i, block in enumerate(node.get("per_functional_unit", ()))
        ),
        tuple(node.get("claims", ())),
    )
