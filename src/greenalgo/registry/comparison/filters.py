"""Filters of a comparison: which rows fit, and what is said to who asks for what nobody has."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from greenalgo.errors import RegistryError
from greenalgo.factors.names import place_key
from greenalgo.registry.comparison.reported import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from greenalgo.factors import FactorSet
    from greenalgo.registry.comparison.rows import Row

#: Fields by which rows can be chosen.
FILTERS = (
    "phase", "subject", "kind", "field", "task", "hardware", "country", "provider", "year", "level",
    "status", "outcome", "arxiv", "doi", "citation", "unit", "run",
)  # fmt: skip
#: Filters that bound a year.
RANGES = ("year>=", "year<=")
STATUSES = ("published", "disputed", "superseded", "withdrawn", "retracted", "quarantined")
#: Fields whose values are joined where a row has several.
_JOINED = frozenset({"phase", "hardware", "country", "provider", "outcome"})
#: Values that are named to who asked for none of them.
_MOST_NAMED = 12
_CODE = 3


def settled(where: Mapping[str, str], factors: FactorSet) -> dict[str, str]:
    """Return filters as rows are compared with them.

    A country may be given by its name or its code of two letters; a unit in any spelling.

    Args:
        where: Field -> text.
        factors: What knows the names of countries.

    Raises:
        RegistryError: There is no such field to choose by, nothing to look for, or a year is no number.
    """
    found = {}
    for name, text in where.items():
        if name not in (*FILTERS, *RANGES):
            near = get_close_matches(name, FILTERS, 1)
            also = f"did you mean {near[0]}? " if near else ""
            raise RegistryError(
                f"there is no field '{name}'", hint=f"{also}there are {', '.join(FILTERS)}"
            )
        if not text.strip():
            raise RegistryError(f"{name} says no text to look for", hint=f"as in {name}=TEXT")
        if name in ("year", *RANGES) and not (text.isascii() and text.isdigit()):
            raise RegistryError(f"{_said(name, text)}: a year is a number")
        for status in text.split(",") if name == "status" else ():
            if status not in (*STATUSES, "all"):
                raise RegistryError(
                    f"there is no status '{status}'",
                    hint=f"there are {', '.join(STATUSES)}, and all",
                )
        found[name] = settled_text(name, text, factors)
    return found


def settled_text(name: str, text: str, factors: FactorSet) -> str:
    """Return the text of one filter as rows are compared with it; see :func:`settled`."""
    if name == "unit":
        return unit_of(text)[0]
    if name == "country":
        ids = factors.names().find("country", place_key(text))
        return ids[0] if len(ids) == 1 else text
    return text


def is_vague(name: str, text: str) -> bool:
    """Say whether a text would be found in the codes of countries that nobody means: "US" is in AUS as well."""
    return name == "country" and len(text) != _CODE


def fits(row: Row, where: Mapping[str, str]) -> bool:
    """Say whether a row fits filters that :func:`settled` returned."""
    return all(fits_one(row, name, text) for name, text in where.items())


def fits_one(row: Row, name: str, text: str) -> bool:
    """Say whether a row fits one filter: a year and a status are equal, the rest contains the text."""
    year = row.work_year
    if name == "year":
        return year == int(text)
    if name == "year>=":
        return year >= int(text)
    if name == "year<=":
        return 1 <= year <= int(text)
    if name == "status":
        return text == "all" or row.status in text.split(",")
    if is_vague(name, text):
        return False
    return text.lower() in str(getattr(row, name)).lower()


def check_values(rows: Sequence[Row], where: Mapping[str, str]) -> None:
    """Refuse a filter that no row fits, with what there is. A status is one of a few words, and never a slip.

    Raises:
        RegistryError: There are rows, and one of the filters chooses none of them.
    """
    for name, text in where.items():
        if name != "status" and rows and not any(fits_one(row, name, text) for row in rows):
            raise nobody_has(name, text, values_of(rows, name))


def values_of(rows: Iterable[Row], name: str) -> list[str]:
    """Return the values that rows have of a field."""
    field = "work_year" if name in ("year", *RANGES) else name
    texts = {str(getattr(row, field) or "") for row in rows}
    words = {word for text in texts for word in (text.split(" + ") if name in _JOINED else (text,))}
    return sorted(words - {""})


def nobody_has(name: str, text: str, known: Sequence[str]) -> RegistryError:
    """Return the error for a value that nobody has, with those that are near, else with those there are."""
    said = _said(name, text)
    if not known:
        return RegistryError(f"no row fits {said}", hint=f"none of them has a {name.rstrip('<>=')}")
    words = {word: one for one in known for word in (*re.findall(r"\w+", one.lower()), one.lower())}
    near = dict.fromkeys(words[one] for one in get_close_matches(text.lower(), words, 5, 0.6))
    shown = known[:_MOST_NAMED]
    rest = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    hint = f"near it: {', '.join(near)}" if near else f"there are {', '.join(shown)}{rest}"
    return RegistryError(f"no row fits {said}", hint=hint)


def _said(name: str, text: str) -> str:
    return f"{name}{text}" if name in RANGES else f"{name}={text}"
