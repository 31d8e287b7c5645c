"""Carbon intensity of electricity: from a place to one row.

Places are tried from the narrowest to the widest (grid zone, region, the provider's region, country); the
first that has a row for the boundary asked for answers. Life-cycle and direct rows are never mixed in
silence: where only the other boundary exists, ``how`` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import FactorError, MissingFactorError, UnknownNameError
from greenalgo.factors.names import place_key
from greenalgo.factors.records import Factor
from greenalgo.factors.table import row_hash, said
from greenalgo.glance.names import without_zone
from greenalgo.glance.years import carried, pick_year

if TYPE_CHECKING:
    from greenalgo.factors.names import Names
    from greenalgo.factors.table import Table

#: Rows of these states answer a lookup; ``alternate`` rows only show the spread between sources.
_BOUNDARIES = {"lifecycle": "life-cycle", "direct": "direct"}
_BASES = ("production", "consumption")
_HIDDEN = frozenset({"alternate"})


class Place(NamedTuple):
    """A location to try, and how it was reached.

    Attributes:
        id: Id of the location, such as ``FRA``, ``US-CA`` or ``US-EGRID-CAMX``.
        how: How it was reached, in words.
    """

    id: str
    how: str


def places(
    names: Names,
    regions: Table,
    locations: Table,
    *,
    country: str | None,
    region: str | None,
    grid_zone: str | None,
    provider: str | None,
    provider_region: str | None,
) -> list[Place]:
    """Return the locations that a place names, narrowest first.

    A region, zone or provider's region that is not in the tables is passed over where the country is given too (its
    country answers, and ``how`` says so); alone it is an error.

    Raises:
        UnknownNameError: A name is not known; carries suggestions.
        AmbiguousNameError: A name fits several places.
        MissingFactorError: No place is given at all.
    """
    home = names.one("country", country, place_key(country), "country") if country else ""
    found: list[Place] = []
    for kind, name in (("zone", grid_zone), ("region", region)):
        if not name:
            continue
        place = _inside(names, locations, kind, name, home)
        if place:
            found.append(Place(place, _exact(name, place)))
            found += _parents(locations, place, home)
        elif not (home or provider_region):
            raise names.failure((kind,), name, place_key(name), kind.replace("zone", "grid zone"))
    if provider_region:
        try:
            row = regions.row(cloud_region(names, provider, provider_region))
        except UnknownNameError:
            if not (home or found):
                raise
            row = None
        if row:
            found += [Place(row["id"].replace("region:", "cloud:"), "exact")]
            found += [Place(row[key], f"{word} of the region") for key, word in _LADDER if row[key]]
    if home and country:
        narrower = bool(region or grid_zone or provider_region)
        found.append(Place(home, "country of the region" if narrower else _exact(country, home)))
    if not found:
        raise MissingFactorError(
            "no place is given: declare a country, a region, a grid zone or a provider's region"
        )
    return list({place.id: place for place in reversed(found)}.values())[::-1]


_LADDER = (("zone", "grid zone"), ("region", "state or province"), ("country", "country"))


def cloud_region(names: Names, provider: str | None, provider_region: str) -> str:
    """Return the id of a provider's region, such as ``region:aws:us-east-1``.

    Raises:
        UnknownNameError: There is no such provider or region.
        AmbiguousNameError: Several providers have a region of this name and none is given.
    """
    key = place_key(provider_region)
    if not provider:
        key = key if names.find("cloud-region", key) else without_zone(key)
        return names.one("cloud-region", provider_region, key, "provider's region")
    owner = names.one("provider", provider, place_key(provider), "provider")
    space = f"cloud-region-{owner}"
    for written in (key, key.replace(" ", ""), without_zone(key)):
        if names.find(space, written):
            key = written
            break
    return names.one(space, provider_region, key, f"region of {owner}")


def _exact(name: str, place: str) -> str:
    return "exact" if name == place else "alias"


def _inside(names: Names, locations: Table, kind: str, name: str, home: str) -> str:
    """Return the one id that a region's or zone's name has, inside the country where that is known."""
    ids = names.find(kind, place_key(name))
    if home:
        ids = tuple(i for i in ids if _country(locations, i) == home)
        if not ids:
            alpha2 = (locations.row(home) or {}).get("alpha2", "")
            ids = names.find(kind, place_key(f"{alpha2} {name}"))
    if len(ids) > 1:
        raise names.failure((kind,), name, place_key(name), kind, ids)
    return ids[0] if ids else ""


def _country(locations: Table, place: str) -> str:
    row = locations.row(place)
    while row and row["parent"]:
        row = locations.row(row["parent"])
    return row["id"] if row else ""


def _parents(locations: Table, place: str, home: str) -> list[Place]:
    """Return the places around a place, except the country that is given anyway."""
    found = []
    row = locations.row(place)
    while row and row["parent"]:
        row = locations.row(row["parent"])
        if row and row["id"] != home:
            word = "country" if row["level"] == "country" else row["level"]
            found.append(Place(row["id"], f"{word} of the region"))
    return found


def choose(
    table: Table, candidates: list[Place], *, year: int | None, boundary: str, basis: str | None
) -> Factor:
    """Return the row for the narrowest place that has one.

    Args:
        table: The table ``carbon-intensity``.
        candidates: Places, narrowest first.
        year: The year of the run; None takes the latest complete year.
        boundary: ``lifecycle`` or ``direct``.
        basis: ``production`` or ``consumption``; None prefers production.

    Raises:
        FactorError: There is no such boundary or basis.
        MissingFactorError: No place has any row.
    """
    if boundary not in _BOUNDARIES or basis not in (None, *_BASES):
        raise FactorError("boundary is lifecycle or direct, basis is production or consumption")
    other = "direct" if boundary == "lifecycle" else "lifecycle"
    for side in (boundary, other):
        for place in candidates:
            for kind in (basis,) if basis else _BASES:
                rows = [
                    row
                    for row in table.prefixed(f"ci:{place.id}:{side}:{kind}:")
                    if row["status"] not in _HIDDEN
                ]
                if rows:
                    row, how = pick_year(rows, year)
                    return _factor(row, year, [place.how, _proxy(row), how, _side(side, boundary)])
    wanted = ", ".join(place.id for place in candidates)
    raise MissingFactorError(
        f"the set has no carbon intensity for {wanted}",
        candidates=[place.id for place in candidates],
    )


def _proxy(row: dict[str, str]) -> str:
    """Return the first sentence of the note of a row that stands in for a missing one."""
    return row["note"].partition(". ")[0] if row["note"].startswith(("Proxy", "Derived")) else ""


def _side(side: str, asked: str) -> str:
    return (
        ""
        if side == asked
        else f"{_BOUNDARIES[side]}, because there is no {_BOUNDARIES[asked]} row"
    )


def _factor(row: dict[str, str], year: int | None, how: list[str]) -> Factor:
    value, lower, upper = (float(row[key]) for key in ("value", "lower", "upper"))
    gap = abs(int(row["year"]) - year) if year else 0
    if gap and value > 0:
        lower, upper = carried(value, lower, upper, gap)
    words = [word for word in how if word]
    if len(words) > 1 and words[0] == "exact":
        words = words[1:]
    return Factor(
        id=row["id"], table="carbon-intensity", name=row["name"], value=value, lower=lower, upper=upper,
        unit=row["unit"], year=int(row["year"]), source=row["source"], licence=row["licence"],
        how=said(row, "; ".join(words)), note=row["note"], sha256=row_hash(row), status=row["status"],
        boundary=row["boundary"], basis=row["basis"],
    )  # fmt: skip
