"""What a name stands for, in whichever table: for people who ask ``greenalgo factors show NAME``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import AmbiguousNameError, FactorError, MissingFactorError, UnknownNameError
from greenalgo.factors.names import place_key, processor_key

if TYPE_CHECKING:
    from greenalgo.factors.records import Factor, Instance, Processor
    from greenalgo.factors.sets import FactorSet


class Shown(NamedTuple):
    """One fact about a name.

    Attributes:
        table: The table it stands in.
        record: The fact: a record of a lookup, or a row as it stands.
    """

    table: str
    record: Factor | Processor | Instance | dict[str, str]


def resolve(
    factors: FactorSet, name: str, *, year: int | None = None, boundary: str = "lifecycle"
) -> list[Shown]:
    """Return what is known under a name, the main fact first.

    A name is tried as the id of a row, then as a processor, an instance type, a country, a region, a grid zone, a
    provider's region and a provider. A place gives its carbon intensity, and its water; a provider its PUE and WUE.

    Args:
        factors: The set to look in.
        name: The name.
        year: Year of values that have one; None takes the latest complete year.
        boundary: Boundary of carbon intensity.

    Raises:
        UnknownNameError: No table has the name; carries suggestions.
        AmbiguousNameError: The name fits several rows; carries them.
    """
    for table in factors.tables():
        row = factors.table(table).row(name)
        # A place's own row says nothing but its names: its values are what is meant.
        if row is not None and table not in ("locations", "cloud-regions"):
            return [Shown(table, row)]
    found = _devices(factors, name) + _places(factors, name, year, boundary)
    if not found:
        raise _failure(factors, name)
    subjects = {_subject(shown) for shown in found if shown.table in _MAIN}
    if len(subjects) > 1:
        raise AmbiguousNameError(
            f"'{name}' means more than one thing", name=name, candidates=sorted(subjects)
        )
    return found


_MAIN = ("processors", "instances", "carbon-intensity")


def _id(shown: Shown) -> str:
    return shown.record["id"] if isinstance(shown.record, dict) else shown.record.id


def _subject(shown: Shown) -> str:
    """Return what a fact is about: the place of a carbon intensity, else the row itself."""
    return _id(shown).split(":")[1] if shown.table == "carbon-intensity" else _id(shown)


def _devices(factors: FactorSet, name: str) -> list[Shown]:
    names = factors.names()
    found: list[Shown] = []
    if names.find_all(("processor-cpu", "processor-accelerator"), processor_key(name)):
        found.append(Shown("processors", factors.processor(name)))
        with contextlib.suppress(MissingFactorError):  # no die or memory size is known
            found.append(Shown("embodied", factors.embodied(name)))
    if names.find("instance", place_key(name)):
        found.append(Shown("instances", factors.instance(name)))
    return found


def _places(factors: FactorSet, name: str, year: int | None, boundary: str) -> list[Shown]:
    names, key = factors.names(), place_key(name)
    found: list[Shown] = []
    queries: list[dict[str, str]] = []
    seen: set[str] = set()
    for space, argument in (("country", "country"), ("region", "region"), ("zone", "grid_zone")):
        ids = names.find(space, key)
        if ids and not seen.issuperset(ids):  # a state's code is also found as a grid zone
            queries.append({argument: name})
            seen.update(ids)
    if not queries and names.find("cloud-region", key):
        queries.append({"provider_region": name})
        found += _facility(factors, None, name, year)
    for query in queries:
        intensity = factors.carbon_intensity(**query, year=year, boundary=boundary)
        if all(_id(shown) != intensity.id for shown in found):
            found.insert(0, Shown("carbon-intensity", intensity))
        with contextlib.suppress(MissingFactorError):  # the guidance has no value for this place
            found.append(Shown("water", factors.water(**query)))
    if names.find("provider", key):
        found += _facility(factors, name, None, year)
    return found


def _facility(
    factors: FactorSet, provider: str | None, region: str | None, year: int | None
) -> list[Shown]:
    found = []
    for table, lookup in (("pue", factors.pue), ("wue", factors.wue)):
        try:
            found.append(Shown(table, lookup(provider, region, year)))
        except MissingFactorError:
            continue
    return found


def _failure(factors: FactorSet, name: str) -> FactorError:
    """Return the error that explains an unknown name best: several matches of its words, else its neighbours."""
    names = factors.names()
    tries = (
        (("processor-accelerator", "processor-cpu"), processor_key(name), "processor"),
        (("country", "region", "zone"), place_key(name), "place"),
        (("instance",), place_key(name), "instance type"),
    )
    errors = [names.failure(spaces, name, key, what) for spaces, key, what in tries]
    for error in errors:
        if isinstance(error, AmbiguousNameError):
            return error
    spaces = tuple(space for group, _, _ in tries for space in group)
    nearest = names.failure(spaces, name, place_key(name), "entry").candidates
    return UnknownNameError(f"nothing in the set is called '{name}'", name=name, candidates=nearest)
