"""Words of the vocabulary as people read them on a page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from greenalgo.factors import open_set
from greenalgo.render.context import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenalgo.errors import RegistryError

#: What a level means, in a line.
LEVELS: Mapping[str, tuple[str, str]] = {
    "L0": ("parsed", "The document is read, and what it says is consistent."),
    "L1": ("recomputable", "Energy and CO₂e follow from hardware, hours, place, PUE and carbon intensity."),
    "L2": ("transparent", "Failed and exploratory runs, intervals, sources and a unit of work are declared."),
    "L3": ("measured", "At least 95 % of the IT energy was metered or counted."),
    "L4": ("verified", "A third party has held it against its logs and signed that (greenalgo verify)."),
    "none": ("figures do not follow", "Figures as printed do not follow from the inputs that are given."),
}  # fmt: skip
#: What a figure covers.
BOUNDARIES: Mapping[str, str] = {
    "": "not stated", "it": "IT equipment, without PUE", "facility": "the facility, with PUE",
    "device": "the devices alone", "unknown": "not known",
}  # fmt: skip


def subscript(text: str) -> str:
    """Return a text of the tool as a page prints it: what a terminal writes as CO2e is CO₂e here."""
    return text.replace("CO2e", "CO₂e")


def covers(boundary: str, basis: str) -> str:
    """Return what a printed figure covers: its boundary, and how electricity is accounted for."""
    return ", ".join(word for word in (BOUNDARIES.get(boundary, boundary), based(basis)) if word)


def based(basis: str) -> str:
    """Return a carbon basis in words: ``location-based``."""
    return f"{basis}-based" if basis in ("location", "market") else basis


def level(name: str) -> str:
    """Return a level in a word or two."""
    return LEVELS[name or "none"][0]


def phase(text: str) -> str:
    """Return phases as people write them: ``fine_tuning + search``."""
    return " + ".join(words(word) for word in text.split(" + ")) if text else ""


def refusal(error: RegistryError) -> str:
    """Return what a registry refuses in a line: why, and what to do."""
    return f"{error} ({error.hint})" if error.hint else str(error)


def places(codes: str) -> list[str]:
    """Return the names of countries by their codes: ``FRA + USA``."""
    return [countries().get(code, code) for code in codes.split(" + ") if code]


@cache
def countries() -> Mapping[str, str]:
    """Return the names of places by code, in the newest factor set."""
    return {row["id"]: row["name"] for row in open_set().rows("locations")}
