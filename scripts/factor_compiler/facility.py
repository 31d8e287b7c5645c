"""PUE and WUE by provider, region and year; the survey's world average; providers."""

from __future__ import annotations

import re

from factor_compiler.common import CompileError, Row, Upstream, check_range, curated, figure
from factor_compiler.impacts import commented

COLUMNS = (
    "id", "name", "provider", "region", "year", "value", "lower", "upper", "unit", "kind", "status", "source",
    "licence", "note",
)  # fmt: skip
SOURCES = {
    "aws": "aws2025pue",
    "azure": "microsoft2025pue",
    "gcp": "google2025pue",
    "oracle": "oracle2023pue",
    "ovh": "ovh2023pue",
    "meta": "meta2023pue",
}
#: A region's published annual PUE is metered: 2 %. A fleet's hides its regions: 10 % up. An average of a
#: continent that stands in for a region: 15 %.
SHARES = {"measured": (0.02, 0.02), "fleet": (0.05, 0.10), "regional-average": (0.10, 0.15)}


def efficiency(upstream: Upstream, regions: set[str]) -> tuple[list[Row], list[Row]]:
    """Return the rows of the tables ``pue`` and ``wue``."""
    pue, wue = world(), list[Row]()
    listed = upstream.csv("pue-2025.csv")
    for cells in (
        listed + earlier(upstream, regions) + azure(upstream, regions) + curated("facilities")
    ):
        provider, region = cells["provider"], cells["region"]
        period = re.search(r"20\d\d", cells["period"])
        if not period:
            raise CompileError(f"pue-2025.csv: {cells} has no year")
        kind = (
            "regional-average"
            if "average" in cells["note"] or region.startswith("macro:")
            else "measured"
        )
        kind = "fleet" if region == "*" else kind
        place = "fleet" if region == "*" else region.replace("macro:", "macro-")
        if kind == "measured" and f"region:{provider}:{region}" not in regions:
            raise CompileError(
                f"pue-2025.csv: {provider} {region} is not in the table of cloud regions"
            )
        for name, column, found in (("pue", "pue", pue), ("wue", "wue_l_per_kwh", wue)):
            if cells[column]:
                found.append(
                    row_of(name, provider, place, period.group(), float(cells[column]), kind, cells["period"],
                           cells["note"], cells.get("status") or "final")
                )  # fmt: skip
    return pue, wue


def earlier(upstream: Upstream, regions: set[str]) -> list[Row]:
    """Return AWS's regional figures of 2024 from the carrier; its averages of continents are left out."""
    columns = ("name", "region", "pue", "wue_l_per_kwh")
    found = commented(upstream.path("spruce/aws-pue-wue.csv"), columns)
    return [
        {**row, "provider": "aws", "period": "CY2024", "note": "by way of DigitalPebble/spruce"}
        for row in found if f"region:aws:{row['region']}" in regions
    ]  # fmt: skip


def azure(upstream: Upstream, regions: set[str]) -> list[Row]:
    """Return, for each Azure region, the average of its macro-region: Microsoft publishes no more since 2022."""
    columns = ("name", "region", "pue", "wue_l_per_kwh")
    found = commented(upstream.path("spruce/azure-pue-wue.csv"), columns)
    return [
        {**row, "provider": "azure", "period": "FY2025", "note": "average of the macro-region"}
        for row in found if f"region:azure:{row['region']}" in regions
    ]  # fmt: skip


def row_of(
    table: str,
    provider: str,
    place: str,
    year: str,
    value: float,
    kind: str,
    period: str,
    note: str,
    status: str = "final",
) -> Row:
    """Return one row, checked for range: a PUE is at least 1."""
    down, up = SHARES[kind]
    floor = 1.0 if table == "pue" else 0.0
    over = value - floor if table == "wue" else value
    lower, upper = max(floor, value - over * down), value + over * up
    if table == "wue":
        lower, upper = value * 0.8, value * 1.2
    words = {"pue": "PUE", "wue": "WUE"}
    row = {
        "id": f"{table}:{provider}:{place}:{year}", "name": f"{words[table]} of {provider} {place} {year}",
        "provider": provider, "region": place, "year": year, "value": figure(value), "lower": figure(lower),
        "upper": figure(upper), "unit": "1" if table == "pue" else "L/kWh", "kind": kind, "status": status,
        "source": SOURCES[provider], "licence": "CC-BY-4.0",
        "note": "; ".join(part for part in (period if not period.startswith("CY") else "", note) if part),
    }  # fmt: skip
    check_range(row, floor, 3.0 if table == "pue" else 10.0)
    return row


def world() -> list[Row]:
    """Return the survey's world averages by year."""
    rows = []
    for cells in curated("pue_world"):
        row = {
            "id": f"pue:world-average:{cells['year']}", "name": f"World average PUE {cells['year']}",
            "provider": "world-average", "region": "", "year": cells["year"], "value": cells["value"],
            "lower": "1.1", "upper": cells["upper"], "unit": "1", "kind": "survey", "status": "second-hand",
            "source": "uptime2025", "licence": "CC-BY-4.0", "note": cells["note"],
        }  # fmt: skip
        check_range(row, 1, 3)
        rows.append(row)
    return rows
