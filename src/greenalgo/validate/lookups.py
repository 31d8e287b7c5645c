"""The factor sets of a process, and what a glance asks of them about places inside a country.

No rule is imported here: loading them takes longer than checking many statements.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from greenalgo.errors import FactorError
from greenalgo.factors import open_set
from greenalgo.glance.bounds import OF_COUNTRY
from greenalgo.validate.whereabouts import clash_of, home_of, region_error

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet
    from greenalgo.glance.known import Intensity


@cache
def factors_called(name: str | None) -> FactorSet:
    """Open a set once a process: sets never change, and a directory of statements shares one.

    Args:
        name: Its name; the newest answers for None, and for one that is not known here.
    """
    try:
        return open_set(name)
    except FactorError:
        return open_set()


def intensity_of(place: dict[str, str], year: int) -> Intensity | None:
    """Look up the carbon intensity of a place inside a country, for a glance."""
    try:
        found = factors_called(None).carbon_intensity(
            country=place.get("country"),
            region=place.get("region"),
            grid_zone=place.get("grid_zone"),
            provider=place.get("provider"),
            provider_region=place.get("provider_region"),
            year=year or None,
        )
    except FactorError:
        return None
    return (found.value, found.lower, found.upper), OF_COUNTRY in found.how


def agrees(place: dict[str, str]) -> bool:
    """Say of a place whether all its names are clear and lie together, for a glance."""
    factors = factors_called(None)
    try:
        home = home_of(factors, place)
    except FactorError:
        return False
    return clash_of(factors, place, home) is None and region_error(factors, place) is None
