"""What is asked of a catalogue: text, filters, an order, a place to go on from.

Every name is on a list, every value is bound, and what is special in LIKE is escaped: a query cannot say
anything but what is written here.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import RegistryError
from greenalgo.registry.catalogue.facts import plain, small
from greenalgo.registry.catalogue.tables import TEXTS
from greenalgo.registry.comparison.filters import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Fields that have to contain a text, in any case.
FIELDS = (*TEXTS, "unit")
#: What can be sorted by. ``published`` is the order of the log.
SORTS = ("published", "title", "co2e", "energy", "year")
#: Statuses that are shown unless others are asked for. The empty one is that of a file in a directory
#: that no log speaks of.
SHOWN = ("published", "disputed", "")
#: The most statements of a page, words of a search, and characters of a text.
MOST, MOST_WORDS, MOST_TEXT = 100, 8, 200
#: More events than a log will ever have: all whole numbers up to it are exact in JSON.
MOST_EVENTS = 2**53
#: The most characters of a cursor: it holds a title, escaped and in base 64.
MOST_CURSOR = 4000


class Query(NamedTuple):
    """A query. Made by hand, or from the parameters of a URL with :func:`read_query`.

    Attributes:
        q: Words that title, subject, hardware, authors, citation, arXiv or DOI have to contain, all of them.
        where: Pairs of a field of :data:`FIELDS` and a text that it has to contain, in any case.
        year_from: The first year; None for all.
        year_to: The last.
        status: Statuses to show; empty for all.
        sort: One of :data:`SORTS`.
        descending: The largest or latest first. Statements without a value come last either way.
        cursor: Where to go on, from :attr:`.Page.next`; empty for the first page.
        limit: How many statements, at most :data:`MOST`.
        as_of: The registry as it stood after so many events; None for now.
        withheld: Find what moderators keep back now, too, if the rest allows it.
    """

    q: str = ""
    where: tuple[tuple[str, str], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    status: tuple[str, ...] = SHOWN
    sort: str = "published"
    descending: bool = True
    cursor: str = ""
    limit: int = 50
    as_of: int | None = None
    withheld: bool = True

    def whole(self) -> Query:
        """Return the query of the whole list, which is the same for all its pages and orders."""
        every = Query()
        return self._replace(cursor="", limit=1, sort=every.sort, descending=every.descending)

    def params(self) -> dict[str, str]:
        """Return the parameters that :func:`read_query` makes this query of, without defaults."""
        found = {"q": self.q, **dict(self.where)}
        if self.status != SHOWN:
            found["status"] = ",".join(self.status) or "all"
        if (self.sort, self.descending) != ("published", True):
            found["sort"] = "-" * self.descending + self.sort
        numbers = {"year_from": self.year_from, "year_to": self.year_to, "as_of": self.as_of}
        found |= {name: str(value) for name, value in numbers.items() if value is not None}
        found["limit"] = "" if self.limit == Query().limit else str(self.limit)
        found["cursor"] = self.cursor
        return {name: value for name, value in found.items() if value}


class Cursor(NamedTuple):
    """The last statement of a page.

    Attributes:
        value: Its value of the sort.
        digest: Its digest.
        number: Its place in the list: how many there were up to it, itself included.
    """

    value: str | float | None
    digest: str
    number: int = 0


def read_query(params: Iterable[tuple[str, str]]) -> Query:
    """Make a query of the parameters of a URL; empty ones are as if they were not there.

    Args:
        params: Name and value: ``q``, a field of :data:`FIELDS`, ``year``, ``year_from``, ``year_to``,
            ``status`` (one of :data:`STATUSES`, several with commas, or ``all``), ``sort`` (one of
            :data:`SORTS`, with ``-`` before it for descending), ``cursor``, ``limit``, ``as_of``.

    Raises:
        RegistryError: A name is not among them, comes twice, or a value is not of its kind.
    """
    given: dict[str, str] = {}
    for name, value in params:
        if name not in NAMES:
            raise RegistryError(
                f"there is no parameter '{name[:MOST_TEXT]}'", hint=f"there are {', '.join(NAMES)}"
            )
        if name in given:
            raise RegistryError(f"the parameter '{name}' is given twice")
        most = MOST_CURSOR if name == "cursor" else MOST_TEXT
        if len(value) > most:
            raise RegistryError(f"'{name}' is longer than {most} characters")
        if value.strip():
            given[name] = value.strip()
    year = _number(given, "year")
    query = Query(
        q=given.get("q", ""),
        where=tuple((name, given[name]) for name in FIELDS if name in given),
        year_from=_number(given, "year_from") if year is None else year,
        year_to=_number(given, "year_to") if year is None else year,
        status=_status(given.get("status", "")),
        cursor=given.get("cursor", ""),
        limit=_number(given, "limit", 1, MOST) or Query().limit,
        as_of=_number(given, "as_of"),
    )
    sort = given.get("sort", "")
    if not sort:
        return query
    return query._replace(sort=sort.removeprefix("-"), descending=sort.startswith("-"))


#: Parameters that :func:`read_query` takes.
NAMES = (
    "q", *FIELDS, "year", "year_from", "year_to", "status", "sort", "cursor", "limit", "as_of",
)  # fmt: skip


def check(query: Query) -> Query:
    """Return a query that was made by hand, if it can be answered.

    Raises:
        RegistryError: It cannot; says why.
    """
    if query.sort not in SORTS:
        raise RegistryError(
            f"statements cannot be sorted by '{query.sort[:MOST_TEXT]}'",
            hint=f"by {', '.join(SORTS)}",
        )
    for name, _ in query.where:
        if name not in FIELDS:
            raise RegistryError(
                f"there is no field '{name}'", hint=f"there are {', '.join(FIELDS)}"
            )
    for name in query.status:
        if name not in (*STATUSES, ""):
            raise RegistryError(
                f"there is no status '{name}'", hint=f"there are {', '.join(STATUSES)}"
            )
    if not 1 <= query.limit <= MOST:
        raise RegistryError(f"a page has 1 to {MOST} statements, not {query.limit}")
    if len(query.q.split()) > MOST_WORDS:
        raise RegistryError(f"a search has {MOST_WORDS} words at most")
    return query


def pattern(text: str) -> str:
    r"""Return the pattern of LIKE that finds a text inside another; ``\`` escapes."""
    found = small(text)
    for sign in ("\\", "%", "_"):
        found = found.replace(sign, f"\\{sign}")
    return f"%{found}%"


def write_cursor(query: Query, cursor: Cursor) -> str:
    """Write where a page ends, for the next one; readers need not understand it."""
    text = json.dumps([query.sort, query.descending, *cursor], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read_cursor(query: Query) -> Cursor | None:
    """Read where to go on; None for the first page.

    Raises:
        RegistryError: It is no cursor, or of a query with another order.
    """
    if not query.cursor:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode()))
        sort, descending, value, digest, number = parts
    except (ValueError, TypeError, binascii.Error) as error:
        raise RegistryError(
            "the cursor is not one of this registry", hint="begin at the first page"
        ) from error
    kind = str if query.sort == "title" else (int, float, type(None))
    if (sort, descending) != (query.sort, query.descending) or not isinstance(value, kind):
        raise RegistryError("the cursor is of another order", hint="begin at the first page")
    texts = [text for text in (value, digest) if isinstance(text, str)]
    if (
        not isinstance(digest, str)
        or isinstance(value, bool)
        or (isinstance(value, int) and abs(value) > MOST_EVENTS)
        or type(number) is not int
        or not 0 <= number <= MOST_EVENTS
        or any(text != plain(text) for text in texts)
    ):
        raise RegistryError("the cursor is not one of this registry")
    return Cursor(value, digest, number)


def _status(text: str) -> tuple[str, ...]:
    if not text:
        return SHOWN
    if text == "all":
        return ()
    found = tuple(word.strip() for word in text.split(","))
    for word in found:
        if word not in STATUSES:
            raise RegistryError(
                f"there is no status '{word}'", hint=f"there are {', '.join(STATUSES)}, and all"
            )
    return found


def _number(given: dict[str, str], name: str, low: int = 0, high: int = MOST_EVENTS) -> int | None:
    if name not in given:
        return None
    text = given[name]
    if not (text.isascii() and text.isdigit() and len(text) < 17 and low <= int(text) <= high):
        raise RegistryError(
            f"'{name}' is '{text}', and has to be a whole number from {low} to {high}"
        )
    return int(text)
