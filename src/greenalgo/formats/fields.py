"""Values of a JSON or YAML file by their path, with errors that name it and a record of what was asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.records import NO_PLACE, Entry, Fate, placed
from greenalgo.formats.source import refusal
from greenalgo.formats.table import to_number
from greenalgo.sources.text import position

if TYPE_CHECKING:
    from greenalgo.formats.records import Source

#: A report names no more fields than these.
_MOST_FIELDS = 400


class Fields:
    """A mapping of a file, and where in the file it is.

    Args:
        source: The file.
        value: The mapping; anything else is read as an empty one where it is inside the file.
        path: The keys that lead to it.

    Raises:
        FormatError: The file itself is no mapping.
    """

    def __init__(self, source: Source, value: Any, path: tuple[str, ...] = ()) -> None:
        if not isinstance(value, dict):
            if not path:
                raise refusal(
                    codes.HEADER, "the file is no mapping of names to values", source.name, (1, 1),
                    expected="a mapping", found=type(value).__name__, hint="import the file as the tool wrote it",
                )  # fmt: skip
            value = {}
        self.source = source
        self.value: dict[str, Any] = value
        self._path = path

    def get(self, *keys: str) -> Any:
        """Return the value at the end of some keys; None where there is none."""
        value: Any = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str:
        """Return a text, on one line; empty where there is none."""
        value = self.get(*keys)
        return (
            " ".join(str(value).split())
            if isinstance(value, (str, int, float)) and value != ""
            else ""
        )

    def number(self, *keys: str, most: float = 1e15) -> float | None:
        """Return a number, 0 or more; None where there is none.

        Raises:
            FormatError: There is something else, or a number that cannot be.
        """
        value = self.get(*keys)
        if value is None or value == "":
            return None
        number = (
            to_number(str(value))
            if isinstance(value, (int, float, str)) and value is not True
            else None
        )
        if number is None or not 0 <= number <= most:
            words = (
                "is no number"
                if number is None
                else "is negative"
                if number < 0
                else "is larger than it can be"
            )
            raise refusal(
                codes.VALUE, f"'{'.'.join((*self._path, *keys))}' {words}", self.source.name, self._at(keys[-1], value),
                expected="a number, 0 or more", found=str(value)[:60], hint="correct it from the tool's log",
            )  # fmt: skip
        return number

    def items(self, *keys: str) -> list[Fields]:
        """Return the mappings of a list; none where there is no list."""
        value = self.get(*keys)
        return (
            [Fields(self.source, item, (*self._path, *keys)) for item in value]
            if isinstance(value, list)
            else []
        )

    def entries(
        self, places: dict[str, tuple[str, str]], missing: tuple[tuple[str, str, str], ...] = ()
    ) -> list[Entry]:
        """Return what became of each field of the file.

        Args:
            places: Path of a field, lists without their numbers, to where it stands now, and a note; a field that is
                not here was dropped.
            missing: What the file does not say: what, where it would stand, why.
        """
        found = []
        for path, value in list(_leaves(self.value).items())[:_MOST_FIELDS]:
            to, note = places.get(path, ("", NO_PLACE))
            at = self._at(path.rsplit(".", 1)[-1], value)
            found.append(Entry(path, *placed(to, note), self.source.name, *at))
        return found + [
            Entry(what, Fate.MISSING, to, note, self.source.name) for what, to, note in missing
        ]

    def _at(self, key: str, value: Any) -> tuple[int, int]:
        """Return where a value stands: behind the key, the first time that both stand together."""
        name = rf"[\"']?{re.escape(key)}[\"']?\s*:"
        exact = rf"{name}\s*[\"']?(?={re.escape(str(value)[:40])})"
        found = re.search(exact, self.source.text) or re.search(name, self.source.text)
        return position(self.source.text, found.end()) if found else (0, 0)


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return the first value of each path; a list has the path of its items."""
    found: dict[str, Any] = {}
    inside = value.items() if isinstance(value, dict) else (("", item) for item in value)
    for key, item in inside:
        at = f"{path}.{key}".strip(".") if key else path
        if isinstance(item, (dict, list)):
            for inner, leaf in _leaves(item, at).items():
                found.setdefault(inner, leaf)
        elif item is not None:
            found.setdefault(at, item)
    return found
