"""Where an unknown key was meant to go: another spelling, another field, another place."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.schemas.walk import resolve
from greenalgo.validate import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Direction(NamedTuple):
    """What to tell the author of an unknown key.

    Attributes:
        near: The fields of the same place that may be meant, best first.
        hint: What to do.
    """

    near: tuple[str, ...]
    hint: str


class Keys:
    """The directions for one document: a slip that is made a thousand times is looked up once.

    Args:
        schema: The statement's schema.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._homes: dict[str, list[str]] = {}
        for place, fields in _places(schema, schema["$defs"], "the top level"):
            for field in fields:
                homes = self._homes.setdefault(field, [])
                if place not in homes:
                    homes.append(place)
        self._directions: dict[tuple[str, tuple[str, ...], bool], Direction] = {}

    def direction(self, key: str, fields: tuple[str, ...], *, empty: bool) -> Direction:
        """Return what to say of an unknown key.

        Args:
            key: The key.
            fields: The fields of the place where it stands.
            empty: Nothing follows it.
        """
        asked = (key, fields, empty)
        if asked not in self._directions:
            self._directions[asked] = self._direct(key, fields, empty=empty)
        return self._directions[asked]

    def _direct(self, key: str, fields: tuple[str, ...], *, empty: bool) -> Direction:
        near = _known(key, fields)
        if near:
            return _meant(key, near)
        if empty and " " in key:
            # {source: node sensors, mean of the run} holds the key "mean of the run".
            text = (
                "if it belongs to the text before it: a comma ends a text in { }; put it in quotes"
            )
            return Direction((), text)
        if advice := words.ADVICE.get(words.normal(key)):
            return Direction((), advice)
        # A field of that very name elsewhere is likelier than a misspelling of one here.
        if key in self._homes:
            return Direction((), self._elsewhere(key))
        if near := difflib.get_close_matches(key.casefold(), fields, n=1, cutoff=0.75):
            return _meant(key, near)
        for field in words.KEYS.get(words.normal(key), ()):
            if field in self._homes:
                return Direction((), self._elsewhere(field))
        listed = f"its fields are: {', '.join(fields)}"
        return Direction((), listed if len(fields) <= 16 else "see `greenalgo schema`")

    def _elsewhere(self, field: str) -> str:
        return f"'{field}' belongs under {' or '.join(self._homes[field][:2])}"


def _known(key: str, fields: Sequence[str]) -> list[str]:
    """Return the fields of a place that a key is known to stand for, best first."""
    wanted, stem = words.normal(key), words.split_unit(key)[0]
    return (
        [field for field in fields if words.normal(field) == wanted]
        or [field for field in fields if words.split_unit(field)[0] == stem]
        or [field for field in words.KEYS.get(wanted, ()) if field in fields]
    )


def _meant(key: str, near: Sequence[str]) -> Direction:
    hint = f"did you mean {' or '.join(repr(field) for field in near)}?"
    given, wanted = words.split_unit(key)[1], words.split_unit(near[0])[1]
    if given and wanted and given != wanted:
        hint += f" Give it in {wanted}, not in {given}"
    return Direction(tuple(near), hint)


def _places(
    schema: dict[str, Any], definitions: dict[str, Any], name: str
) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield each place of the author's part with its fields."""
    schema = resolve(schema, definitions)
    fields = schema.get("properties", {})
    if "value" in fields:
        return  # a quantity: its fields are at home in every number
    if fields:
        yield name, fields
    children = [(f"'{key}'", child) for key, child in fields.items() if key != "results"]
    children += [(name, branch) for branch in schema.get("oneOf", ())]
    if "items" in schema:
        children.append((name, schema["items"]))
    for child_name, child in children:
        yield from _places(child, definitions, child_name)
