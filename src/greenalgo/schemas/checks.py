"""What a value has to be: the parts that :mod:`greenalgo.schemas.compile` puts a schema together from.

Each class is one kind of value. A check of a kind that is *open* says nothing of values of other kinds, as a
keyword of JSON Schema does that stands without ``type``. Native classes where they are compiled: a check calls
the next one directly.
"""

from __future__ import annotations

import re
from math import inf, isnan, nextafter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Final

#: So many texts that fitted a pattern are remembered, and none that is longer: files name the same days and
#: places again and again.
_MOST: Final = 512
_LONGEST: Final = 100
#: Beyond it not every whole number has a float of its own; no bound of a schema lies there.
EXACT: Final = 2**53


class Check:
    """What every value is."""

    __slots__ = ()

    def holds(self, value: object) -> bool:  # noqa: ARG002
        """Say whether a value is such a one."""
        return True


class Text(Check):
    """A text of so many characters."""

    __slots__ = ("least", "most", "open")

    def __init__(self, least: int = 0, most: int = EXACT, *, open: bool = False) -> None:  # noqa: A002
        self.least, self.most, self.open = least, most, open

    def holds(self, value: object) -> bool:  # noqa: D102
        if isinstance(value, str):
            return self.least <= len(value) <= self.most
        return self.open


class Pattern(Check):
    """A text that holds a pattern (see :func:`greenalgo.schemas.patterns.python_pattern`)."""

    __slots__ = ("known", "open", "pattern", "text")

    def __init__(self, text: str, *, open: bool = False) -> None:  # noqa: A002
        self.text, self.open = text, open
        self.pattern: re.Pattern[str] | None = None
        self.known: set[str] = set()

    def holds(self, value: object) -> bool:  # noqa: D102
        if not isinstance(value, str):
            return self.open
        return value in self.known or self._fits(value)

    def _fits(self, value: str) -> bool:
        if self.pattern is None:
            self.pattern = re.compile(self.text)
        if self.pattern.search(value) is None:
            return False
        if len(value) <= _LONGEST:
            if len(self.known) >= _MOST:
                self.known.clear()
            self.known.add(value)
        return True


class Word(Check):
    """One of some words."""

    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)

    def holds(self, value: object) -> bool:  # noqa: D102
        return isinstance(value, str) and value in self.words


class Flag(Check):
    """True or false."""

    __slots__ = ()

    def holds(self, value: object) -> bool:  # noqa: D102
        return value is True or value is False


class Number(Check):
    """A number, perhaps from one bound to another, or between them (*above*, *below*)."""

    __slots__ = ("bounded", "least", "most", "open", "whole")

    def __init__(
        self,
        *,
        least: float = -inf,
        most: float = inf,
        above: float = -inf,
        below: float = inf,
        whole: bool = False,
        open: bool = False,  # noqa: A002
    ) -> None:
        # What is more than a number is the next one at least.
        self.least = least if above == -inf else max(least, nextafter(above, inf))
        self.most = most if below == inf else min(most, nextafter(below, -inf))
        self.bounded = self.least > -inf or self.most < inf
        self.whole, self.open = whole, open

    def holds(self, value: object) -> bool:  # noqa: D102
        if isinstance(value, float):
            if not self.least <= value <= self.most and (self.bounded or not isnan(value)):
                return False  # not-a-number is within no bounds
            return not self.whole or value % 1 == 0
        if isinstance(value, bool) or not isinstance(value, int):
            return self.open
        if not -EXACT <= value <= EXACT:
            value = EXACT if value > 0 else -EXACT
        return self.least <= value <= self.most


class Items(Check):
    """A list of so many items, each of which is such a one."""

    __slots__ = ("item", "least", "most", "open", "unique")

    def __init__(
        self,
        item: Check,
        least: int = 0,
        most: int = EXACT,
        *,
        unique: bool = False,
        open: bool = False,  # noqa: A002
    ) -> None:
        self.item, self.least, self.most = item, least, most
        self.unique, self.open = unique, open

    def holds(self, value: object) -> bool:  # noqa: D102
        if not isinstance(value, list):
            return self.open
        if not self.least <= len(value) <= self.most:
            return False
        item = self.item
        for one in value:
            if not item.holds(one):
                return False
        return not self.unique or len(set(value)) == len(value)


class Members(Check):
    """An object: which members it has, and what each of them is.

    Args:
        members: What the members of these names are.
        others: What all other members are; None where there may be none.
        required: The names of members that it has to have.
        least: So many members at least.
        names: What every name is.
        some: Only these members are looked at; there may be others.
        open: Other values than objects are not looked at.
    """

    __slots__ = ("least", "members", "names", "open", "others", "required", "some")

    def __init__(
        self,
        members: Mapping[str, Check],
        others: Check | None = None,
        *,
        required: Collection[str] = (),
        least: int = 0,
        names: Check | None = None,
        some: bool = False,
        open: bool = False,  # noqa: A002
    ) -> None:
        # One by one: compiled, a dict that is made at once compares its keys as any objects.
        self.members = {name: check for name, check in members.items()}  # noqa: C416
        self.others, self.names = others, names
        self.required = list(required)
        self.least, self.some, self.open = least, some, open

    def holds(self, value: object) -> bool:  # noqa: D102
        if not isinstance(value, dict):
            return self.open
        if len(value) < self.least:
            return False
        for name in self.required:
            if name not in value:
                return False
        if self.names is not None:
            for name in value:
                if not self.names.holds(name):
                    return False
        members = self.members
        if self.some:
            for name, check in members.items():  # noqa: SIM110 - as it is compiled best
                if name in value and not check.holds(value[name]):
                    return False
            return True
        others = self.others
        for name, one in value.items():
            found = members.get(name, others)
            if found is None or not found.holds(one):
                return False
        return True


class Both(Check):
    """What two checks say."""

    __slots__ = ("one", "other")

    def __init__(self, one: Check, other: Check) -> None:
        self.one, self.other = one, other

    def holds(self, value: object) -> bool:  # noqa: D102
        return self.one.holds(value) and self.other.holds(value)


class Either(Both):
    """What one of two checks says at least."""

    __slots__ = ()

    def holds(self, value: object) -> bool:  # noqa: D102
        return self.one.holds(value) or self.other.holds(value)


class Fork(Both):
    """What one check says of objects, and the other of all other values."""

    __slots__ = ()

    def holds(self, value: object) -> bool:  # noqa: D102
        return self.one.holds(value) if isinstance(value, dict) else self.other.holds(value)


class OnlyOne(Check):
    """What exactly one of some checks says."""

    __slots__ = ("checks",)

    def __init__(self, *checks: Check) -> None:
        self.checks = list(checks)

    def holds(self, value: object) -> bool:  # noqa: D102
        found = 0
        for check in self.checks:
            if check.holds(value):
                found += 1
        return found == 1
