"""Where the names in a run's location lie, as far as the factor set knows.

A place is the names in it by their fields, as the document has them; what is not there, or empty, is not named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import AmbiguousNameError, FactorError
from greenalgo.factors.intensity import cloud_region
from greenalgo.factors.names import place_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenalgo.factors import FactorSet
    from greenalgo.factors.names import Names
    from greenalgo.factors.table import Table

    Place = Mapping[str, str]

#: Names of regions that another country has as well (Limburg in Belgium, Florida in Uruguay, ...).
_COMMON = frozenset(
    (
        "distrito federal", "flanders", "florida", "galicia", "georgia", "limburg", "madrid", "montana",
        "murcia", "pomerania", "silesia", "tirol", "tyrol", "victoria",
    )
)  # fmt: skip
#: Countries with codes of their own that ISO 3166-2 lists under another one too, or that lie in its grid.
_WITHIN = {
    "CHE": ("LIE",),
    "CHN": ("HKG", "MAC", "TWN"),
    "FIN": ("ALA",),
    "FRA": (
        "ATF", "BLM", "GLP", "GUF", "MAF", "MCO", "MTQ", "MYT", "NCL", "PYF", "REU", "SPM", "WLF",
    ),
    "ITA": ("SMR", "VAT"),
    "NLD": ("ABW", "BES", "CUW", "SXM"),
    "NOR": ("SJM",),
    "USA": ("ASM", "GUM", "MNP", "PRI", "UMI", "VIR"),
}  # fmt: skip


class Spot(NamedTuple):
    """Where a name lies.

    Attributes:
        countries: The countries that it may lie in: one, or those of a zone over a border.
        area: Its state, province or region; empty where not known.
        zone: Its grid zone; empty where not known.
        sure: It is a code, which can lie nowhere else; else a name, which another country may have too.
    """

    countries: tuple[str, ...]
    area: str = ""
    zone: str = ""
    sure: bool = True


class Clash(NamedTuple):
    """Two names in a location that do not lie together.

    Attributes:
        key: The field of the narrower one.
        spot: Where that lies.
        other: The field that it is held against, perhaps ``country``.
        said: Where that one lies.
        parts: The ids of the states or zones of one country that ``said`` and ``spot`` lie in; empty where
            the countries differ.
    """

    key: str
    spot: Spot
    other: str
    said: Spot
    parts: tuple[str, ...] = ()


def home_of(factors: FactorSet, place: Place) -> str:
    """Return the id of the declared country; empty where none is declared.

    Raises:
        FactorError: There is no such country; carries suggestions.
    """
    written = place.get("country", "")
    return factors.names().one("country", written, place_key(written), "country") if written else ""


def clash_of(factors: FactorSet, place: Place, home: str) -> Clash | None:
    """Hold the country, the provider's region, the grid zone and the region against each other.

    Args:
        factors: The factor set.
        place: The location.
        home: The id of the declared country; empty where none is.

    Returns:
        The first two that do not lie together, or None.
    """
    said = [("country", Spot((home,)))] if home else []
    for key in ("provider_region", "grid_zone", "region"):
        spot = spot_of(factors, place, key, home) if place.get(key) else None
        if spot is None or not spot.countries:
            continue
        for other, before in said:
            if not meet(before.countries, spot.countries):
                return Clash(key, spot, other, before)
        for other, before in said:
            if parts := _apart(before, spot):
                return Clash(key, spot, other, before, parts)
        said.append((key, spot))
    return None


def _apart(one: Spot, other: Spot) -> tuple[str, ...]:
    """Return the ids of two places of one kind that differ."""
    for here, there in ((one.area, other.area), (one.zone, other.zone)):
        if here and there and here != there:
            return here, there
    return ()


def region_error(factors: FactorSet, place: Place) -> FactorError | None:
    """Return why a provider's region is not known, though all regions of its provider are; else None."""
    written, provider = place.get("provider_region"), place.get("provider", "")
    if not written or not has_regions(factors, provider):
        return None
    try:
        cloud_region(factors.names(), provider or None, written)
    except AmbiguousNameError:
        return None
    except FactorError as error:
        return error
    return None


def spot_of(factors: FactorSet, place: Place, key: str, home: str) -> Spot | None:
    """Return where a provider's region, a grid zone or a region lies; None where that is not clear.

    Args:
        factors: The factor set.
        place: The location.
        key: ``provider_region``, ``grid_zone`` or ``region``.
        home: The id of the declared country; empty where none is.
    """
    names, written = factors.names(), place[key]
    if key == "provider_region":
        try:
            row = factors.table("cloud-regions").row(
                cloud_region(names, place.get("provider") or None, written)
            )
        except FactorError:
            return None
        return Spot((row["country"],), row["region"], row["zone"]) if row else None
    found = _named(factors, written, "zone" if key == "grid_zone" else "region", home)
    return found or _coded(names, written, is_zone=key == "grid_zone")


def _named(factors: FactorSet, written: str, kind: str, home: str) -> Spot | None:
    """Find a name in the tables: in the declared country, else where it is the only one."""
    names, locations = factors.names(), factors.table("locations")
    name = place_key(written)
    spots = [_climb(locations, one) for one in names.find(kind, name)]
    own = [spot for spot in spots if home in spot.countries]
    if home and not own:
        alpha2 = (locations.row(home) or {}).get("alpha2", "")
        own = [_climb(locations, one) for one in names.find(kind, place_key(f"{alpha2} {name}"))]
    if own:
        return own[0] if len(own) == 1 else None
    is_code = "-" in written and written.partition("-")[0].isupper()
    # The region CA may be California's, or Canada.
    if len(spots) != 1 or not (is_code or (len(name) > 2 and name not in _COMMON)):
        return None
    return spots[0]._replace(sure=is_code)


def _climb(locations: Table, place: str) -> Spot:
    """Go from a place up to its country."""
    area = zone = ""
    row = locations.row(place)
    while row and row["parent"]:
        if row["level"] == "zone":
            zone = row["id"]
        else:
            area = row["id"]
        row = locations.row(row["parent"])
    return Spot((row["id"],) if row else (), area, zone)


def _coded(names: Names, written: str, *, is_zone: bool) -> Spot | None:
    """Read the country off a code: it stands before the first hyphen (FR-IDF, US-CAL-CISO).

    A zone over a border names several: DE-LU; the whole island of Ireland is one: IE-SEM.
    """
    codes = written.split("-")
    if len(codes) == 1 and not is_zone:
        return None
    if is_zone and codes[-1] == "SEM":
        return Spot(("IRL", "GBR"))
    found: list[str] = []
    for code in codes if is_zone else codes[:1]:
        ids = names.find("country", place_key(code)) if len(code) == 2 and code.isupper() else ()
        if len(ids) != 1:
            break
        found.append(ids[0])
    return Spot(tuple(found)) if found else None


def meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether two sets of countries have one in common, or one within the other."""
    return any(
        a == b or a in _WITHIN.get(b, ()) or b in _WITHIN.get(a, ()) for a in one for b in other
    )


def has_regions(factors: FactorSet, provider: str) -> bool:
    """Say whether the factor set lists the regions of a provider; without one, of any."""
    names = factors.names()
    owner = names.find("provider", place_key(provider)) if provider else ("",)
    return any(f"\ncloud-region{'-' if one else ''}{one}:".encode() in names.data for one in owner)
