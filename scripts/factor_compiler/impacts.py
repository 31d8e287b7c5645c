"""Water of electricity, embodied emissions and equivalents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factor_compiler.common import CompileError, Row, Upstream, check_range, curated, figure

if TYPE_CHECKING:
    from pathlib import Path

WATER = (
    "id", "location", "name", "value", "lower", "upper", "unit", "year", "status", "source", "licence", "note",
)  # fmt: skip
EMBODIED = (
    "id", "name", "value", "lower", "upper", "unit", "lifetime_years", "method", "year", "status", "source",
    "licence", "note",
)  # fmt: skip
EQUIVALENTS = (
    "id", "name", "value", "lower", "upper", "unit", "year", "status", "source", "licence", "note",
)  # fmt: skip
#: Water per kWh for the world and countries that no cloud region stands in, as printed by the same guidance.
PRINTED = {"WORLD": ("World", 3.908), "USA": ("United States", 3.13)}


def water(upstream: Upstream) -> list[Row]:
    """Return water consumption per kWh by country, and by eGRID subregion in the United States.

    The carrier lists cloud regions; each is mapped back to the country or subregion whose factor it carries. Two
    factors for one place stop the compiler.
    """
    regions = {(row["provider"], row["region"]): row for row in curated("cloud_regions")}
    names = {row["id"]: row["name"] for row in curated("countries") + curated("subdivisions")}
    values: dict[str, float] = {place: value for place, (_, value) in PRINTED.items()}
    names["WORLD"] = PRINTED["WORLD"][0]
    for cells in commented(upstream.path("spruce/wcf.csv"), ("provider", "region", "wcf")):
        region = regions.get((cells["provider"], cells["region"]))
        if region is None or region["country"] == "HKG":
            continue  # Hong Kong carries China's value there
        place = region["zone"] if region["country"] == "USA" else region["country"]
        value = float(cells["wcf"])
        if abs(values.get(place, value) - value) > 0.01 and place not in MIXED:
            raise CompileError(
                f"spruce/wcf.csv: {cells['region']}: {place} has {values[place]} and {value}"
            )
        values.setdefault(place, value)
    rows = []
    for place, value in values.items():
        row = {
            "id": f"water:{place}", "location": place, "name": f"Water of electricity, {names[place]}",
            "value": figure(value), "lower": figure(value * 0.5), "upper": figure(value * 1.5), "unit": "L/kWh",
            "year": "2020", "status": "second-hand", "source": "wri2020", "licence": "CC-BY-4.0",
            "note": "Consumption with evaporation from reservoirs; data of the 2010s",
        }  # fmt: skip
        check_range(row, 0.1, 60)
        rows.append(row)
    return rows


#: Subregions where the carrier's regions and ours differ in the grid that they stand in; the first value is kept.
MIXED = frozenset(
    {
        "US-EGRID-SRVC",
        "US-EGRID-SRSO",
        "US-EGRID-RFCW",
        "US-EGRID-NWPP",
        "US-EGRID-MROW",
        "US-EGRID-RMPA",
    }
)


def commented(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """Read a CSV file with comment lines and an optional header."""
    lines = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    rows = [dict(zip(columns, line.split(","), strict=True)) for line in lines]
    return [row for row in rows if row[columns[0]] != columns[0]]


def stress(upstream: Upstream) -> dict[str, str]:
    """Return the category of baseline water stress by cloud region (0 low to 4 extremely high)."""
    cells = commented(upstream.path("spruce/water-stress.csv"), ("provider", "region", "category"))
    return {f"region:{row['provider']}:{row['region']}": row["category"] for row in cells}


def embodied(processors: list[Row]) -> list[Row]:
    """Return embodied emissions: coefficients, servers, and boards of accelerators by formula.

    Board = die area x 1.97 kg/cm2 + 26.97 kg + memory x 2.2 / 1.8762 kg/GB (Green Algorithms 3.1, after Groeger et
    al. 2021 and Loubet et al. 2023). Bounds are half and double.
    """
    rows = [bounded({**row, "id": f"embodied:{row['id']}"}) for row in curated("embodied")]
    for device in processors:
        if device["kind"] == "cpu" or not (device["die_mm2"] and device["memory_gb"]):
            continue
        die, memory = float(device["die_mm2"]), float(device["memory_gb"])
        value = die / 100 * 1.97 + 26.97 + memory * 2.2 / 1.8762
        rows.append(bounded({
            "id": f"embodied:{device['id']}", "name": f"{device['name']} board", "value": figure(value, 4),
            "unit": "kg", "lifetime_years": "4", "method": "formula", "year": "2023", "status": "derived",
            "source": "groger2021", "licence": "CC-BY-4.0",
            "note": f"Die {figure(die)} mm2 and {figure(memory)} GB in the formula of Green Algorithms 3.1",
        }))  # fmt: skip
    return rows


def bounded(row: Row) -> Row:
    """Return a row of embodied emissions with bounds of half and double."""
    value = float(row["value"])
    bounds = {"lower": figure(value / 2), "upper": figure(value * 2)}
    full = {**row, **bounds}
    check_range(full, 0.1, 10000)
    return full


def equivalents() -> list[Row]:
    """Return equivalents, for people who ask; bounds of 30 %."""
    rows = []
    for row in curated("equivalents"):
        value = float(row["value"])
        rows.append({**row, "lower": figure(value * 0.7), "upper": figure(value * 1.3)})
    return rows
