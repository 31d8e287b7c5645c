"""Carbon intensity of electricity, by country and year: Ember through Our World in Data."""

from __future__ import annotations

from factor_compiler.common import CompileError, Row, Upstream, check_range, curated, figure

COLUMNS = (
    "id", "location", "name", "year", "value", "lower", "upper", "unit", "boundary", "basis", "method", "gases",
    "losses", "status", "source", "locator", "licence", "note",
)  # fmt: skip
EMBER = "owid-ember-carbon-intensity-2026-04-29.csv"
VALUE = "Carbon intensity of electricity per kWh"
#: The vintage before: a value that moved further than JUMP since must be explained in curated/jumps.csv.
BEFORE = "owid-ember-carbon-intensity-2025-12-09.csv"
VALUE_BEFORE = "Carbon intensity of electricity - gCO2/kWh"
JUMP = 0.2
#: The newest year is incomplete upstream and is revised most.
PROVISIONAL = 2025
#: Below this a life-cycle value is small change of the fossil rest, and sources differ most (notes on agreement).
LOW = 60.0
#: Median life-cycle emissions of hydropower, IPCC 2014, annex III, table A.III.2: the upper bound of a printed 0.
HYDRO = 24.0


def interval(value: float, share: float) -> tuple[str, str]:
    """Return bounds of a share around a value; a value near 0 is bounded above by hydropower's median."""
    return figure(value * (1 - share)), figure(
        max(value * (1 + share), HYDRO if value < HYDRO else 0.0)
    )


def share_of(value: float, *, provisional: bool) -> float:
    """Return the half-width for a country's life-cycle value: 12 %, 25 % where low, 5 points more where provisional.

    The shares are the spread between independent life-cycle sources for 184 countries in 2024.
    """
    return (0.25 if value < LOW else 0.12) + (0.05 if provisional else 0.0)


def countries(upstream: Upstream) -> list[Row]:
    """Return the rows of countries, aggregates and the proxies of countries that the source lacks."""
    places = {
        row["ember_name"]: row
        for row in curated("countries") + curated("aggregates")
        if row["ember_name"]
    }
    rows: list[Row] = []
    skipped = {row["name"] for row in curated("drops") if row["source"] == "ember2026"}
    for line, cells in enumerate(upstream.csv(EMBER), start=2):
        if cells["Entity"] in skipped:
            continue
        if cells["Entity"] not in places:
            raise CompileError(
                f"{EMBER}:{line}: '{cells['Entity']}' is in no curated table of places"
            )
        place, value, year = places[cells["Entity"]], float(cells[VALUE]), int(cells["Year"])
        provisional = year >= PROVISIONAL
        lower, upper = interval(value, share_of(value, provisional=provisional))
        note = "The source prints 0: the fossil rest rounds away" if value == 0 else ""
        rows.append(
            row_of(place["id"], place["name"], year, value, lower, upper, source="ember2026", locator=f"line {line}",
                   status="provisional" if provisional else "final", note=note, gases="CO2e (AR5 GWP100)")
        )  # fmt: skip
    older = {
        (cells["Entity"], cells["Year"]): float(cells[VALUE_BEFORE])
        for cells in upstream.csv(BEFORE)
    }
    names = {place["id"]: name for name, place in places.items()}
    explain_jumps({(names[row["location"]], row["year"]): row for row in rows}, older)
    return rows + proxies(rows)


def explain_jumps(
    by_entity: dict[tuple[str, str], Row], older: dict[tuple[str, str], float]
) -> None:
    """Refuse a value that moved by more than a fifth since the vintage before and is not explained; note the others.

    Raises:
        CompileError: Says which value moved, or which explanation is no longer needed.
    """
    known = {(row["location"], row["year"]): row["note"] for row in curated("jumps")}
    for key, row in by_entity.items():
        before = older.get(key, 0.0)
        moved = abs(float(row["value"]) / before - 1) if before else 0.0
        if moved <= JUMP:
            continue
        place = (row["location"], row["year"])
        if place not in known:
            raise CompileError(
                f"{row['id']} moved by {moved:.0%} since {BEFORE}: explain it in curated/jumps.csv"
            )
        row["note"] = f"{known.pop(place)}: {figure(before, 4)} g/kWh before"
        row["lower"] = figure(min(float(row["lower"]), before))
        row["upper"] = figure(max(float(row["upper"]), before))
    if known:
        raise CompileError(
            f"curated/jumps.csv explains what did not move: {', '.join(map(str, known))}"
        )


def row_of(
    place: str, name: str, year: int, value: float, lower: str, upper: str, *, source: str, status: str,
    locator: str = "", boundary: str = "lifecycle", basis: str = "production", licence: str = "CC-BY-4.0",
    gases: str = "CO2e", note: str = "", losses: str = "excluded", suffix: str = "",
) -> Row:  # fmt: skip
    """Return one row of the table, checked for range."""
    row = {
        "id": f"ci:{place}:{boundary}:{basis}:{year}{suffix}", "location": place, "name": f"{name} {year}",
        "year": str(year), "value": figure(value), "lower": lower, "upper": upper, "unit": "g/kWh",
        "boundary": boundary, "basis": basis, "method": "location", "gases": gases, "losses": losses,
        "status": status, "source": source, "locator": locator, "licence": licence, "note": note,
    }  # fmt: skip
    check_range(row, 0, 2500)
    return row


def proxies(rows: list[Row]) -> list[Row]:
    """Return rows for countries that the source lacks, each copied from a named neighbour with a wide interval."""
    by_place: dict[str, list[Row]] = {}
    for row in rows:
        by_place.setdefault(row["location"], []).append(row)
    found = []
    for country in curated("countries"):
        for row in by_place.get(country["proxy_of"], []):
            value = float(row["value"])
            lower, upper = interval(value, 0.35)
            found.append(
                row_of(country["id"], country["name"], int(row["year"]), value, lower, upper, source=row["source"],
                       status="proxy", locator=row["locator"], gases=row["gases"],
                       note=f"Proxy: the value of {country['proxy_of']}. The source has no row for this place")
            )  # fmt: skip
    return found
