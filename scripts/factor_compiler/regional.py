"""Carbon intensity below the country, and countries' official direct values; derived life-cycle estimates.

What official bodies publish for states, provinces and grids is direct (at the stack). It is never passed off
as life-cycle: every such row says ``direct``. Beside them stand ``derived`` life-cycle rows, so that a
life-cycle lookup of California need not fall back to the whole country; each says how it was derived, and its
interval is wide.
"""

from __future__ import annotations

import json
import re

from factor_compiler.carbon import interval, row_of
from factor_compiler.common import CompileError, Row, Upstream, curated, figure

MERGED = "carbon-intensity-merged.csv"
MIX = "codecarbon/2023-canada_energy_mix.json"
#: Where two sources give the same place, year and boundary, the first of these answers; the other is an alternate.
RANK = ("egrid", "eccc", "eia")
#: Median life-cycle emissions in g/kWh by technology: IPCC 2014, annex III, table A.III.2. It has no figure for
#: oil; 730 g/kWh is the maintainers' (between gas and coal). "other" and tidal are taken as wind.
MEDIAN = {
    "coal": 820.0, "naturalGas": 490.0, "petroleum": 730.0, "biomass": 230.0, "hydro": 24.0, "nuclear": 12.0,
    "wind": 11.0, "solar": 45.0, "tidal": 17.0, "other": 11.0,
}  # fmt: skip


def regional(upstream: Upstream, national: list[Row]) -> list[Row]:
    """Return the direct rows of regions and countries, Google's regions, and derived life-cycle rows.

    Args:
        upstream: The upstream files.
        national: The life-cycle rows of countries.
    """
    direct = merged(upstream)
    ember = {(row["location"], int(row["year"])): float(row["value"]) for row in national}
    return direct + google(upstream) + derived_by_addition(direct, ember) + derived_by_mix(upstream)


def merged(upstream: Upstream) -> list[Row]:
    """Return the rows of the merged file that do not come from Ember."""
    sources = {row["upstream"]: row for row in curated("regional_sources")}
    places = {row["id"]: row["name"] for row in curated("subdivisions") + curated("countries")}
    alpha3 = {row["alpha2"]: row["id"] for row in curated("countries")}
    renamed = {"US-usa": "USA", "US-PR": "PRI", **alpha3}
    best: dict[tuple[str, str, str, str], int] = {}
    found: list[tuple[int, Row]] = []
    for line, cells in enumerate(upstream.csv(MERGED), start=2):
        if cells["source_id"].startswith("ember"):
            continue
        if cells["source_id"] not in sources:
            raise CompileError(f"{MERGED}:{line}: source '{cells['source_id']}' has no entry")
        source = sources[cells["source_id"]]
        place = renamed.get(cells["location_id"], cells["location_id"].replace(":", "-"))
        if place not in places:
            raise CompileError(f"{MERGED}:{line}: '{place}' is not a place")
        rank = next((n for n, start in enumerate(RANK) if source["source"].startswith(start)), 9)
        key = (place, cells["boundary"], cells["basis"], cells["year"])
        best[key] = min(rank, best.get(key, 99))
        value, share = float(cells["value_g_per_kwh"]), float(source["share"])
        note = "; ".join(part for part in (source["note"], _own_note(cells["note"])) if part)
        lower, upper = (
            figure(value * (1 - share)),
            figure(value * (1 + share) + float(source["rounding"])),
        )
        found.append((rank, row_of(
            place, places[place], int(cells["year"]), value, lower, upper, source=source["source"], note=note,
            status=source["status"], locator=f"line {line}", boundary=cells["boundary"], basis=cells["basis"],
            licence=source["licence"], gases=cells["gases"],
        )))  # fmt: skip
    rows = []
    for rank, row in found:
        if rank > best[row["location"], row["boundary"], row["basis"], row["year"]]:
            row["status"], row["id"] = "alternate", f"{row['id']}:{row['source']}"
        rows.append(row)
    return rows


def _own_note(text: str) -> str:
    return (
        ""
        if text.startswith(("via ", "EIA ", "rounded by"))
        else text.replace("second-hand copy, confirm", "").strip("; ")
    )


def google(upstream: Upstream) -> list[Row]:
    """Return the grid intensity that Google publishes for its regions: direct since 2021, life-cycle before.

    The life-cycle columns of 2019 and 2020 are alternates: Google stopped them, and a value of 2020 must not
    answer for a later year.
    """
    known = {row["region"] for row in curated("cloud_regions") if row["provider"] == "gcp"}
    rows = []
    for year in range(2019, 2025):
        name = f"google-region-carbon-{year}.csv"
        for line, cells in enumerate(upstream.csv(name), start=2):
            column = next(key for key in cells if "intensity" in key)
            lifecycle = column.startswith("Lifecycle")
            region = cells["Google Cloud Region"].strip()
            if not cells[column]:
                continue
            if region not in known:
                raise CompileError(f"{name}:{line}: region '{region}' is not in cloud_regions.csv")
            value = float(cells[column])
            lower, upper = interval(value, 0.15)
            rows.append(row_of(
                f"cloud:gcp:{region}", f"Google {region}", year, value, lower, upper, source="googleregions2025",
                status="alternate" if lifecycle else "final", locator=f"{name} line {line}",
                boundary="lifecycle" if lifecycle else "direct", basis="consumption", licence="Apache-2.0",
                note="Grid average of the region, not Google's own supply",
            ))  # fmt: skip
    return rows


def derived_by_addition(direct: list[Row], ember: dict[tuple[str, int], float]) -> list[Row]:
    """Return life-cycle estimates for regions: the direct value plus the country's gap between the two boundaries.

    The gap of a year is Ember's life-cycle value less the official direct value of the country; years without an
    official value take the mean gap. Australia's is the regulator's own scope 3 figure. It is a poor estimate for
    hydropower, which is why Canada's provinces are derived from their mix.
    """
    gaps: dict[str, dict[int, float]] = {}
    for row in direct:
        year = int(row["year"])
        if row["location"] in ("USA", "CHN") and (row["location"], year) in ember:
            gaps.setdefault(row["location"][:2], {})[year] = ember[row["location"], year] - float(
                row["value"]
            )
    gaps["CN"] = {2023: ember["CHN", 2023] - CHINA_DIRECT_2023}
    rows = []
    for row in direct:
        country = row["location"][:2]
        year = int(row["year"])
        scope3 = re.search(r"scope 3 \+(\d+) g", row["note"])
        if (
            row["status"] == "alternate"
            or "-" not in row["location"]
            or country not in ("US", "CN", "AU")
        ):
            continue
        if year < FIRST_DERIVED:
            continue
        by_year = gaps.get(country, {})
        gap = (
            float(scope3.group(1))
            if scope3
            else by_year.get(year, sum(by_year.values()) / max(1, len(by_year)))
        )
        value = float(row["value"]) + gap
        half = max(0.2 * value, gap)
        origin = (
            "the regulator's scope 3 figure"
            if scope3
            else "the country's gap between the two boundaries"
        )
        rows.append(row_of(
            row["location"], row["name"].removesuffix(f" {year}"), year, value,
            figure(max(value - half, min(value, float(row["lower"])))), figure(value + half), source=row["source"],
            status="derived", locator=row["id"], basis=row["basis"], licence=row["licence"], gases="CO2e",
            note=f"Derived life-cycle estimate: direct value plus {figure(gap, 3)} g/kWh. The addition is {origin}",
        ))  # fmt: skip
    return rows


#: National average of the Ministry of Ecology and Environment for 2023 in g/kWh (announcement 2025 no. 47), the same
#: announcement as the provinces.
CHINA_DIRECT_2023 = 530.6
#: Before this no country has a life-cycle value to take the gap from.
FIRST_DERIVED = 2000


def derived_by_mix(upstream: Upstream) -> list[Row]:
    """Return life-cycle estimates for Canada's provinces: generation shares times median emissions by technology."""
    codes = {
        row["name"].casefold(): row for row in curated("subdivisions") if row["parent"] == "CAN"
    }
    rows = []
    for province, mix in json.loads(upstream.path(MIX).read_text(encoding="utf-8")).items():
        place = codes[province]
        shares = {name: share for name, share in mix.items() if name != "total"}
        value = sum(share * MEDIAN[name] for name, share in shares.items()) / sum(shares.values())
        rows.append(row_of(
            place["id"], place["name"], 2023, value, figure(value * 0.65), figure(value * 1.5), source="ipcc2014annex3",
            status="derived", locator=f"{MIX} {province}", licence="MIT", gases="CO2e",
            note="Derived life-cycle estimate: generation by technology times median emissions. The shares of 2023 are "
            "CodeCarbon's, the medians the IPCC's",
        ))  # fmt: skip
    return rows
