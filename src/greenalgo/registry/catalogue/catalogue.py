"""The catalogue: what a registry's statements say, at hand without judging them again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import select

from greenalgo import __version__
from greenalgo.factors import open_set
from greenalgo.registry.catalogue import kin, read
from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.query import Query
from greenalgo.registry.catalogue.rebuild import Difference, contents, difference
from greenalgo.registry.catalogue.rows import Judge
from greenalgo.registry.catalogue.sync import empty, sync
from greenalgo.registry.catalogue.transactions import reading
from greenalgo.registry.comparison.compare import Comparison, compare_rows
from greenalgo.registry.comparison.filters import nobody_has, settled_text, values_of
from greenalgo.registry.comparison.rows import select as choose
from greenalgo.registry.statistics import Statistics, statistics_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from sqlalchemy import Connection, Engine

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.registry.catalogue.read import Entry, Page, Whole
    from greenalgo.registry.comparison.family import Family
    from greenalgo.registry.comparison.rows import Row
    from greenalgo.registry.record import State
    from greenalgo.registry.store import Store

#: All that is published, for comparisons and counts.
ALL = Query()


class Catalogue:
    """A catalogue in a database.

    Reads never judge a statement. They see the registry as it was at the last :meth:`sync`.

    Args:
        engine: SQLite or PostgreSQL; the tables have names that begin with ``catalogue_``.
        factors: What statements are harmonised with; the newest set if not given.
        policy: The policy; the factor set's own if not given.
    """

    def __init__(
        self, engine: Engine, factors: FactorSet | None = None, policy: Policy | None = None
    ) -> None:
        self.engine = engine
        self.factors = factors or open_set()
        self.policy = policy or self.factors.policy()
        # With anything else it is built anew.
        self._built_with = json.dumps(
            [t.LAYOUT, __version__, self.factors.name, self.factors.sha256, self.policy.id]
        )
        empty(engine, self._built_with)

    def sync(self, store: Store, told: Callable[[int, int], None] = lambda _done, _of: None) -> int:
        """Take in what the store has and the catalogue lacks.

        Cheap where there is little; two processes may do it at once.

        Args:
            store: The registry.
            told: Is told now and then how much is done, of how much; what it raises ends the work there.

        Returns:
            How many statements were judged.
        """
        judge = Judge(self.factors, self.policy)
        return sync(self.engine, store, judge, self._built_with, told)

    def rebuild(self, store: Store) -> Difference:
        """Build everything anew, and say whether it differs from what was there after a :meth:`sync`."""
        self.sync(store)
        before = contents(self.engine)
        empty(self.engine, self._built_with, anyway=True)
        self.sync(store)
        return difference(before, contents(self.engine))

    def page(self, query: Query = ALL) -> Page:
        """Return a page of statements.

        Raises:
            RegistryError: The query cannot be answered; says why.
        """
        with reading(self.engine) as connection:
            return read.page(connection, self._settled(query))

    def count(self, query: Query = ALL) -> int:
        """Count the statements that a query finds, on all its pages."""
        with reading(self.engine) as connection:
            return read.count(connection, self._settled(query))

    def events(self) -> int:
        """Return how many events of the log it has followed."""
        with reading(self.engine) as connection:
            return read.moment(connection, None)

    def state(self) -> Hashable:
        """Return what stands for all that it has taken in: where it is the same, so is every answer."""
        with reading(self.engine) as connection:
            followed = connection.execute(select(t.stamp.c.generation, t.stamp.c.head)).one()
            files = connection.execute(select(t.file.c.path, t.file.c.digest))
            return *followed, frozenset(map(tuple, files))

    def get(self, digest: str, as_of: int | None = None) -> Whole | None:
        """Return what is known of a statement; None where the catalogue has no facts of it."""
        with reading(self.engine) as connection:
            return read.get(connection, digest, as_of)

    def kept_back(self) -> frozenset[str]:
        """Return the digests of the statements whose words nobody reads now."""
        with reading(self.engine) as connection:
            return read.kept_back(connection)

    def published_by(self, actor: str, most: int, before: int | None = None) -> list[Entry]:
        """Return what an actor published, the newest first, whatever became of it.

        Args:
            actor: The actor of the publication.
            most: How many statements at most.
            before: Only those whose publication comes before this event of the log; None for all.
        """
        with reading(self.engine) as connection:
            return read.published_by(connection, actor, most, before)

    def series(self, digest: str, as_of: int | None = None) -> tuple[State, ...]:
        """Return the versions of a statement, the first first, each with its state."""
        with reading(self.engine) as connection:
            return kin.series(connection, digest, as_of)

    def entries(self, digests: Sequence[str]) -> list[Entry]:
        """Return those of some statements that the catalogue has facts of, in the order in which they are named."""
        with reading(self.engine) as connection:
            return read.entries_of(connection, digests, None)

    def family(self, digest: str, query: Query = ALL) -> tuple[Family, ...]:
        """Return the families that a statement is in: the statements about the same artefact."""
        with reading(self.engine) as connection:
            return kin.family(connection, digest, self._settled(query))

    def rows(
        self, query: Query = ALL, *, by_run: bool = False, most: int | None = None
    ) -> list[Row]:
        """Return the rows of a comparison, by name: those of :func:`.comparison.rows.rows_of`.

        Args:
            query: Its filters choose rows; order, cursor and limit do not count.
            by_run: A row for each run instead of one for each statement.
            most: How many rows at most.

        Raises:
            RegistryError: There are more.
        """
        with reading(self.engine) as connection:
            return read.rows(connection, self._settled(query), by_run=by_run, most=most)

    def compare(
        self,
        query: Query = ALL,
        *,
        metric: str = "co2e",
        per: str = "total",
        by_run: bool = False,
        most: int | None = None,
    ) -> Comparison:
        """Compare what a query finds, as :func:`.comparison.compare.compare` does.

        Raises:
            RegistryError: There are more rows than ``most``, no row fits one of the filters, or the query
                cannot be answered.
        """
        with reading(self.engine) as connection:
            query = self._settled(query)
            rows = read.rows(connection, query, by_run=by_run, most=most)
            if not rows:
                _check_values(connection, query, by_run=by_run)
            relations = kin.relations(connection, {row.digest for row in rows})
        return compare_rows(
            rows,
            relations,
            metric=metric,
            per=per,
            factor_set=self.factors.name,
            policy=self.policy.id,
        )

    def _settled(self, query: Query) -> Query:
        """Return a query with the texts of its filters as rows are compared with them."""
        where = tuple((name, settled_text(name, text, self.factors)) for name, text in query.where)
        return query._replace(where=where)

    def facets(self, query: Query = ALL) -> dict[str, dict[str, int]]:
        """Count the values of fields among what a query finds, the most frequent first."""
        with reading(self.engine) as connection:
            return read.facets(connection, self._settled(query))

    def statistics(self, as_of: int | None = None) -> Statistics:
        """Count levels, omissions and families, as :func:`greenalgo.registry.statistics.statistics` does.

        Args:
            as_of: Of the registry as it stood after so many events; None for now.

        Raises:
            RegistryError: There have not been so many.
        """
        query = ALL._replace(as_of=as_of, withheld=False)
        with reading(self.engine) as connection:
            rows = read.rows(connection, query)
            digests = {row.digest for row in rows}
            relations = kin.relations(connection, digests)
            d = t.detail.c
            wanted = select(d.digest, d.name, d.omissions, d.problem).order_by(d.name, d.digest)
            details = connection.execute(wanted).all()
            shown = set(connection.execute(read.digests_shown(query)).scalars())
        given = [
            {**json.loads(one.omissions), "name": one.name}
            for one in details
            if one.digest in digests
        ]
        unusable = [one.name for one in details if one.problem and one.digest in shown]
        return statistics_of(choose(rows, "total"), pd.DataFrame(given), relations, unusable)


def _check_values(connection: Connection, query: Query, *, by_run: bool) -> None:
    """Refuse a query of which one filter chooses nothing, with what there is.

    Raises:
        RegistryError: It does.
    """
    any_year = query._replace(where=(), year_from=None, year_to=None)
    asked = [(name, text, any_year._replace(where=((name, text),))) for name, text in query.where]
    first, last = query.year_from, query.year_to
    if first is not None and first == last:
        asked.append(("year", str(first), any_year._replace(year_from=first, year_to=last)))
    elif first is not None:
        asked.append(("year>=", str(first), any_year._replace(year_from=first)))
    elif last is not None:
        asked.append(("year<=", str(last), any_year._replace(year_to=last)))
    for name, text, one in asked:
        if not read.any_row(connection, one, by_run=by_run):
            some = read.examples(connection, any_year, name.rstrip("<>="))
            rows = read.rows(connection, any_year, by_run=by_run, only=some)
            if rows:
                raise nobody_has(name, text, values_of(rows, name))
