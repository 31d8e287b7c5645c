"""What the registry holds, as API and pages ask for it: the catalogue of a store, kept up to date."""

from __future__ import annotations

import math
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from greenalgo.errors import BusyError, GreenalgoError
from greenalgo.registry.catalogue import Catalogue, Query, open_catalogue
from greenalgo.registry.comparison.compare import Comparison, compare_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from greenalgo.registry.catalogue import Entry, Page
    from greenalgo.registry.comparison.family import Family
    from greenalgo.registry.statistics import Statistics
    from greenalgo.registry.store import Store

K = TypeVar("K")
V = TypeVar("V")

#: Seconds for which a directory is taken not to have changed, and for which counts may lag behind.
_FRESH = 2.0
#: How many lists whose values are counted are remembered.
_MOST_COUNTED = 256
#: Seconds that a request waits while another one brings the catalogue up to date.
_PATIENCE = 2.0
#: How much may be lacking in a catalogue that is filled for the first time, while requests wait for it.
_SOON = 1000
#: With more statements than these, statistics take long enough to be counted before anybody asks.
_MANY = 1000


class Listing(NamedTuple):
    """A page of a list.

    Attributes:
        page: The statements on it.
        total: How many fit in all.
        facets: Field -> value -> how many fit, given the other filters; counted anew every two seconds, if there is
            news.
    """

    page: Page
    total: int
    facets: Mapping[str, Mapping[str, int]]


class _Synced(NamedTuple):
    """When the catalogue was brought up to date, and to what: of a database the log right before."""

    at: float
    state: Hashable


class _Progress(NamedTuple):
    """How far the catalogue has come while it is brought up to date."""

    done: int
    of: int


class _Counted(NamedTuple, Generic[V]):
    """What was counted, of which state of the registry, and when."""

    of: object
    at: float
    found: V


class _Counts(Generic[K, V]):
    """What takes long to count: counted anew every two seconds, if there is news. One thread counts at a time."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._counted: dict[K, _Counted[V]] = {}

    def get(self, asked: K, of: object, count: Callable[[], V]) -> V:
        """Return what is counted.

        Args:
            asked: What is counted.
            of: The state of the registry: where it is another one, there is news.
            count: Counts it.
        """
        counted = self._counted.get(asked)
        if counted and (counted.of == of or time.monotonic() - counted.at < _FRESH):
            return counted.found
        if not self._counting.acquire(blocking=counted is None) and counted:
            return counted.found  # another request counts
        try:
            meanwhile = self._counted.get(asked)
            if meanwhile and meanwhile.of == of:
                return meanwhile.found
            found = count()
            self._counted.pop(asked, None)
            self._counted[asked] = _Counted(of, time.monotonic(), found)
            if len(self._counted) > _MOST_COUNTED:
                del self._counted[next(iter(self._counted))]
        finally:
            self._counting.release()
        return found


class Library:
    """Lists, families and statistics of a store, for several threads at once.

    What is in a database is in its lists at once, whoever wrote it: each request asks for the last event first.
    The log of a directory is read whole, so that others' writes show after two seconds.

    Args:
        store: The registry.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asks = getattr(store, "engine", None) is not None
        self._stack = ExitStack()
        self._opening, self._syncing = threading.Lock(), threading.Lock()
        self._looking_back = threading.Lock()
        self._opened: Catalogue | None = None
        self._synced: _Synced | None = None
        self._progress = _Progress(0, 0)
        self._filling: threading.Thread | None = None
        self._closing = False
        self._facets: _Counts[Query, Mapping[str, Mapping[str, int]]] = _Counts()
        self._statistics: _Counts[None, Statistics] = _Counts()

    def begin(self) -> None:
        """Bring the catalogue up to date beside whatever else is done, so that the first request finds it so."""
        self._filling = threading.Thread(target=self._fill, name="catalogue", daemon=True)
        self._filling.start()

    def browse(self, query: Query) -> Listing:
        """Return a page of a list with its counts.

        Raises:
            RegistryError: The query cannot be answered; says why.
        """
        catalogue = self._fresh()
        query = _shown(query)
        asked = query.whole()
        facets = self._facets.get(asked, self._state(), lambda: _facets(catalogue, asked))
        return Listing(catalogue.page(query), catalogue.count(query), facets)

    def page(self, query: Query) -> Page:
        """Return a page of a list.

        Raises:
            RegistryError: The query cannot be answered; says why.
        """
        return self._fresh().page(_shown(query))

    def compare_all(
        self, query: Query, *, metric: str, per: str, by_run: bool, most: int
    ) -> Comparison:
        """Compare what a query finds.

        Raises:
            RegistryError: There are more rows than ``most``, or the query cannot be answered.
        """
        query = query._replace(withheld=False)
        return self._fresh().compare(query, metric=metric, per=per, by_run=by_run, most=most)

    def of_actor(self, actor: str, most: int, before: int | None = None) -> list[Entry]:
        """Return what an actor published, the newest first; see :meth:`.Catalogue.published_by`."""
        return self._fresh().published_by(actor, most, before)

    def compare(
        self, digests: Sequence[str], *, metric: str, per: str, by_run: bool, as_of: int | None
    ) -> tuple[Comparison, list[Entry]]:
        """Compare statements; those that are not here, or withheld, are left out.

        Raises:
            RegistryError: The log has no such event.
        """
        catalogue = self._fresh()
        known = [whole for digest in digests if (whole := catalogue.get(digest, as_of))]
        found = [whole for whole in known if not whole.entry.withheld]
        rows = [
            row
            for whole in found
            for row in (*(whole.runs if by_run else (whole.entry.row,)), *whole.rates)
        ]
        relations = {whole.entry.digest: whole.relations for whole in found}
        comparison = compare_rows(
            rows, relations, metric=metric, per=per,
            factor_set=catalogue.factors.name, policy=catalogue.policy.id,
        )  # fmt: skip
        return comparison, [whole.entry for whole in found]

    def family(self, digest: str) -> tuple[Family, ...]:
        """Return the families of a statement."""
        return self._fresh().family(digest)

    def kept_back(self) -> frozenset[str]:
        """Return the digests of the statements whose words nobody reads now."""
        return self._fresh().kept_back()

    def entries(self, digests: Sequence[str]) -> list[Entry]:
        """Return those of some statements that can be compared; see :meth:`.Catalogue.entries`."""
        return self._fresh().entries(digests)

    def statistics(self, as_of: int | None = None) -> Statistics:
        """Return what the statements have in common; of now, counted anew every two seconds, if there is news.

        Raises:
            RegistryError: The log has fewer events than ``as_of``.
            BusyError: Another request counts the past, which takes seconds where there are ten thousand statements.
        """
        catalogue = self._fresh()
        if as_of is not None:
            if not self._looking_back.acquire(blocking=False):
                raise BusyError("another request counts the statements of the past")
            try:
                return catalogue.statistics(as_of)
            finally:
                self._looking_back.release()
        return self._statistics.get(None, self._state(), catalogue.statistics)

    def events(self) -> int:
        """Return how many events the log has."""
        return self._fresh().events()

    def behind(self) -> int:
        """Return how many events of the store are not in the lists yet, after an attempt to bring them there."""
        size = self._store.checkpoint().size
        if size > self.events() and self._synced:
            # Of a directory, what was read last may be two seconds old.
            self._synced = self._synced._replace(at=-math.inf)
        return max(size - self.events(), 0)

    def refresh(self) -> None:
        """Take in what was just submitted; where another thread is at it for long, that does so."""
        if self._syncing.acquire(timeout=_PATIENCE):
            try:
                self._sync(self._open())
            finally:
                self._syncing.release()

    def close(self) -> None:
        """Let go of files."""
        self._closing = True
        if self._filling is not None:
            self._filling.join()
        with self._opening:
            self._stack.close()
            self._opened = None

    def _fresh(self) -> Catalogue:
        """Return the catalogue, up to date: one thread syncs, the others wait for it, but not for long.

        Raises:
            BusyError: It is filled for the first time, and that takes longer.
        """
        catalogue = self._open()
        if self._is_fresh():
            return catalogue
        while not self._syncing.acquire(timeout=0 if self._takes_long() else _PATIENCE):
            if self._synced:
                return catalogue
            # Nothing is answered from a catalogue that was never filled.
            if self._takes_long():
                done, of = self._progress
                raise BusyError(
                    f"the lists are being built: {done:,} of {of:,} entries are in them"
                )
        try:
            if not self._is_fresh():
                self._sync(catalogue)
        finally:
            self._syncing.release()
        return catalogue

    def _takes_long(self) -> bool:
        return self._synced is None and self._progress.of - self._progress.done > _SOON

    def _is_fresh(self) -> bool:
        if self._synced is None:
            return False
        if self._asks:
            return self._store.checkpoint() == self._synced.state
        return time.monotonic() - self._synced.at < _FRESH

    def _open(self) -> Catalogue:
        with self._opening:
            if self._opened is None:
                self._opened = self._stack.enter_context(open_catalogue(self._store))
            return self._opened

    def _fill(self) -> None:
        """Fill the catalogue at the start; where that fails, the next request finds the same and says so."""
        with suppress(GreenalgoError):
            catalogue = self._open()
            with self._syncing:
                # What is in a directory may change from the first request on.
                self._sync(catalogue, at=-math.inf)
                self._sync(catalogue, at=-math.inf)  # what came meanwhile
            if catalogue.count() > _MANY:
                # The first who asks need not wait for them.
                self._statistics.get(None, self._state(), catalogue.statistics)

    def _sync(self, catalogue: Catalogue, at: float | None = None) -> None:
        log = self._store.checkpoint() if self._asks else None
        catalogue.sync(self._store, self._told)
        now = time.monotonic() if at is None else at
        self._synced = _Synced(now, log or catalogue.state())

    def _state(self) -> object:
        return self._synced and self._synced.state

    def _told(self, done: int, of: int) -> None:
        if self._closing:
            raise BusyError("the registry is going down")
        self._progress = _Progress(done, of)


def _shown(query: Query) -> Query:
    """Return a query that finds nothing by words that moderators keep back."""
    by_words = query.q or query.where or query.year_from is not None or query.year_to is not None
    return query._replace(withheld=False) if by_words else query


def _facets(catalogue: Catalogue, query: Query) -> Mapping[str, Mapping[str, int]]:
    query = query._replace(withheld=False)
    facets = dict(catalogue.facets(query))
    # Not every field that can be asked for is counted, such as the unit.
    for name in facets.keys() & dict(query.where).keys():
        # A filter offers what could be chosen in place of what is.
        rest = tuple(pair for pair in query.where if pair[0] != name)
        facets[name] = catalogue.facets(query._replace(where=rest))[name]
    if query.year_from is not None:
        others = query._replace(year_from=None, year_to=None)
        facets["year"] = catalogue.facets(others)["year"]
    return facets
