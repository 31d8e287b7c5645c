"""Places: countries, aggregates, states and provinces, grid zones, cloud regions; and their names."""

from __future__ import annotations

from factor_compiler.common import CompileError, Row, curated

COLUMNS = (
    "id",
    "name",
    "aliases",
    "level",
    "parent",
    "alpha2",
    "proxy_of",
    "source",
    "licence",
    "note",
)


def locations() -> list[Row]:
    """Return the table of places."""
    rows = [
        place(
            row["id"],
            row["name"],
            row["aliases"],
            "country",
            alpha2=row["alpha2"],
            proxy_of=row["proxy_of"],
        )
        for row in curated("countries")
    ]
    rows += [
        place(row["id"], row["name"], row["aliases"], "aggregate") for row in curated("aggregates")
    ]
    rows += [
        place(row["id"], row["name"], row["aliases"], row["level"], parent=row["parent"])
        for row in curated("subdivisions")
    ]
    known = {row["id"] for row in rows}
    for row in rows:
        for key in ("parent", "proxy_of"):
            if row[key] and row[key] not in known:
                raise CompileError(f"{row['id']}: {key} '{row[key]}' is not a place")
    return rows


def place(
    place_id: str,
    name: str,
    aliases: str,
    level: str,
    *,
    parent: str = "",
    alpha2: str = "",
    proxy_of: str = "",
) -> Row:
    """Return one row of the table."""
    return {
        "id": place_id, "name": name, "aliases": aliases, "level": level, "parent": parent, "alpha2": alpha2,
        "proxy_of": proxy_of, "source": "iso3166", "licence": "CC-BY-4.0", "note": "",
    }  # fmt: skip
