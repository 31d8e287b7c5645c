"""What the registry holds, as the pages list it: rows of facts that are kept until the log moves on."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.factors import open_set
from greenalgo.registry.comparison.family import Family, families_of
from greenalgo.registry.comparison.gather import HIDDEN, from_store, relations_of
from greenalgo.registry.comparison.rows import Row, rows_of, select
from greenalgo.registry.record import State, states_of
from greenalgo.registry.statistics import Statistics, statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenalgo.registry.comparison.rows import Source
    from greenalgo.registry.store import Store

#: Fields by which statements are chosen, in the order of the page.
FILTERS = ("phase", "kind", "hardware", "country", "year", "level", "status")
#: Statements on one page.
PAGE = 25


class Entry(NamedTuple):
    """A statement in a list.

    Attributes:
        row: Its totals, recomputed, beside what it prints.
        state: Its state.
        position: Its place in the order in which statements came.
    """

    row: Row
    state: State
    position: int


class Query(NamedTuple):
    """What is asked of a list.

    Attributes:
        text: Words that have to be in it.
        chosen: Field of :data:`FILTERS` -> value.
        sort: Key of :data:`SORTS`.
        after: The cursor of a page; empty for the first.
        as_of: The number of events of the log to look at; None for all.
        size: Statements on a page.
    """

    text: str = ""
    chosen: Mapping[str, str] = {}
    sort: str = "newest"
    after: str = ""
    as_of: int | None = None
    size: int = PAGE


class Page(NamedTuple):
    """A page of a list.

    Attributes:
        entries: The statements on it.
        total: How many fit in all.
        following: The cursor of the next page; empty on the last.
        facets: Field -> values with how many fit, given the other filters.
        events: How many events of the log it rests on.
    """

    entries: tuple[Entry, ...]
    total: int
    following: str
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    events: int


class _Shelf(NamedTuple):
    head: str
    events: int
    entries: tuple[Entry, ...]
    by_digest: Mapping[str, Entry]
    sources: Mapping[str, Source]
    families: tuple[Family, ...]
    statistics: Statistics


def _number(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0.0


#: Name -> what is sorted by; the digest breaks ties.
SORTS: Mapping[str, tuple[str, Callable[[Entry], Any]]] = {
    "newest": ("newest first", lambda entry: -entry.position),
    "title": ("title", lambda entry: entry.row.title.lower()),
    "co2e": ("CO2e, least first", lambda entry: _number(entry.row.co2e.value)),
    "co2e-desc": ("CO2e, most first", lambda entry: _number(-(entry.row.co2e.value or 0) or None)),
    "energy": ("energy, least first", lambda entry: _number(entry.row.energy.value)),
    "year": ("year, latest first", lambda entry: -entry.row.year),
}


class Library:
    """Lists, families and statistics of a store; judged once, and again when the log moves on.

    Args:
        store: The registry.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._shelf: _Shelf | None = None

    def page(self, query: Query) -> Page:
        """Return a page of a list.

        Raises:
            ValueError: The cursor is none of ours.
        """
        shelf = self._read()
        entries, events = shelf.entries, shelf.events
        if query.as_of is not None and query.as_of < shelf.events:
            events = query.as_of
            past = states_of(self._store.log().events[:events])
            entries = tuple(
                entry._replace(state=past[entry.row.digest])
                for entry in entries
                if entry.row.digest in past
            )
        words = query.text.lower().split()
        found = [entry for entry in entries if all(word in _text(entry) for word in words)]
        facets = {
            name: tuple(_counted(e for e in found if _fits(e, query.chosen, without=name))(name))
            for name in FILTERS
        }
        found = [entry for entry in found if _fits(entry, query.chosen)]
        key = SORTS[query.sort][1]
        found.sort(key=lambda entry: (key(entry), entry.row.digest))
        total = len(found)
        if query.after:
            last = _read_cursor(query.after)
            found = [entry for entry in found if [_plain(key(entry)), entry.row.digest] > last]
        shown = found[: query.size]
        more = len(found) > len(shown)
        following = _cursor([_plain(key(shown[-1])), shown[-1].row.digest]) if more else ""
        return Page(tuple(shown), total, following, facets, events)

    def entry(self, digest: str) -> Entry | None:
        """Return a statement; None where there is none that can be compared."""
        return self._read().by_digest.get(digest)

    def sources(self, digests: Sequence[str]) -> list[Source]:
        """Return statements to compare; one that is not here is left out."""
        known = self._read().sources
        return [known[digest] for digest in digests if digest in known]

    def families(self, digest: str = "") -> tuple[Family, ...]:
        """Return families, the widest spread first; of one statement where a digest is given."""
        return tuple(
            family
            for family in self._read().families
            if not digest or any(row.digest == digest for row in family.rows)
        )

    def statistics(self) -> Statistics:
        """Return what the statements have in common."""
        return self._read().statistics

    def events(self) -> int:
        """Return how many events the log has."""
        return self._read().events

    def warm(self) -> None:
        """Read the store now, so that no visitor waits for it."""
        self._read()

    def _read(self) -> _Shelf:
        with self._lock:
            checkpoint = self._store.log().checkpoint
            if self._shelf is None or self._shelf.head != checkpoint.head:
                self._shelf = _shelve(self._store, checkpoint.head, checkpoint.size)
            return self._shelf


def _shelve(store: Store, head: str, events: int) -> _Shelf:
    sources = from_store(store, every=True)
    states = store.states()
    order = {digest: number for number, digest in enumerate(states)}
    factors = open_set()
    rows = [row for row in rows_of(sources, factors, factors.policy()) if isinstance(row, Row)]
    entries = tuple(
        Entry(row, states.get(row.digest, State(row.digest)), order.get(row.digest, number))
        for number, row in enumerate(rows)
        if not row.unit
    )
    current = [row for row in rows if row.status not in HIDDEN]
    families = families_of(select(current, "total"), relations_of(sources))
    return _Shelf(
        head, events, entries, {entry.row.digest: entry for entry in entries},
        {source.digest: source for source in sources}, tuple(families), statistics(store),
    )  # fmt: skip


def _text(entry: Entry) -> str:
    row = entry.row
    parts = (
        row.title, row.subject, row.name, row.kind, row.field, row.task, row.phase, row.hardware,
        row.provider, row.country, row.arxiv, row.doi, row.citation, row.digest,
    )  # fmt: skip
    return " ".join(parts).lower()


def values(entry: Entry, name: str) -> list[str]:
    """Return the values of a field by which a statement can be chosen."""
    if name == "status":
        return [entry.state.status]
    if name == "year":
        return [str(entry.row.year)] if entry.row.year else []
    return [word for word in str(getattr(entry.row, name)).split(" + ") if word]


def _fits(entry: Entry, chosen: Mapping[str, str], without: str = "") -> bool:
    if not chosen.get("status") and entry.state.status in HIDDEN and without != "status":
        return False
    return all(
        value in values(entry, name) for name, value in chosen.items() if value and name != without
    )


def _counted(entries: Any) -> Callable[[str], list[tuple[str, int]]]:
    kept = list(entries)

    def count(name: str) -> list[tuple[str, int]]:
        counted = Counter(value for entry in kept for value in values(entry, name))
        if name == "year":
            return sorted(counted.items(), reverse=True)
        if name == "level":
            return sorted(counted.items())
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    return count


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _cursor(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> list[Any]:
    raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    place = json.loads(raw)
    if not isinstance(place, list) or len(place) != 2:
        raise ValueError("no cursor")
    return place
