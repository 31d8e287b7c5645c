"""Read a catalogue: pages, single statements, rows for a comparison, counts for a form."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    select,
    tuple_,
)  # fmt: skip

from greenalgo.errors import RegistryError
from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.facts import RATE, WHOLE, decode
from greenalgo.registry.catalogue.query import (
    MOST_WORDS,
    Cursor,
    Query,
    check,
    pattern,
    read_cursor,
    write_cursor,
)
from greenalgo.registry.catalogue.transactions import Worded, named
from greenalgo.registry.comparison.filters import is_vague
from greenalgo.registry.record import State, is_digest
from greenalgo.registry.record.state import KEPT_BACK, WITHHELD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Dialect

    from greenalgo.registry.comparison.rows import Row

#: Digests that one query names: SQLite takes 32,766 values at most.
_BATCH = 1000
#: Values of a field among which one that is near is looked for.
_MOST_VALUES = 1000
#: How many rows that were shown lately are kept in memory.
_MOST_AT_HAND = 1024
#: How many queries of lists that were asked lately are kept in the driver's words.
_MOST_WORDED = 256
#: Fields that are counted for a form; values joined by " + " count each.
FACETS = (
    "phase", "kind", "field", "task", "hardware", "country", "provider", "level", "outcome", "year",
)  # fmt: skip


class Entry(NamedTuple):
    """A statement in the catalogue.

    Attributes:
        digest: Its digest.
        position: The event that published it; 0 where the log does not know it.
        published: When, UTC with microseconds; empty where the log does not know it.
        name: What it is called in a table: its file without folder and suffix, or a short digest.
        title: Its title.
        authors: Its authors, as text.
        record: Its row as the catalogue keeps it, which is the same for ever: JSON.
        state: Its state at the time that was asked for.
        withheld: Moderators keep its words back now, whatever its state was at that time.
    """

    digest: str
    position: int
    published: str
    name: str
    title: str
    authors: str
    record: str
    state: State
    withheld: bool

    @property
    def row(self) -> Row:
        """Its totals, printed and recomputed, with the facts of its runs."""
        return _row(self.record, self.name, self.state.status)


class Page(NamedTuple):
    """A page of statements.

    Attributes:
        entries: The statements, in order.
        next: The cursor of the page after; empty on the last.
        as_of: How many events the registry had: with it, the same query gives the same page for ever.
        before: How many statements were on the pages before.
    """

    entries: tuple[Entry, ...]
    next: str
    as_of: int
    before: int


class Whole(NamedTuple):
    """Everything that the catalogue has of a statement.

    Attributes:
        entry: What a page shows.
        runs: A row for each run.
        rates: A row for each rate.
        relations: Kind, and what it names.
    """

    entry: Entry
    runs: tuple[Row, ...]
    rates: tuple[Row, ...]
    relations: tuple[tuple[str, str], ...]


def page(connection: Connection, query: Query) -> Page:
    """Return a page; see :meth:`.Catalogue.page`."""
    cursor = read_cursor(check(query))
    as_of = moment(connection, query.as_of)
    asked = query._replace(cursor="")
    found: list[Cursor] = []
    if cursor is None or cursor.value is not None:
        found = _places(connection, asked, cursor, query.limit + 1)
    if len(found) <= query.limit and query.sort in ("co2e", "energy"):
        after = cursor if cursor is not None and cursor.value is None else None
        found += _places(connection, asked, after, query.limit + 1 - len(found), rest=True)
    shown = found[: query.limit]
    entries = entries_of(connection, [one.digest for one in shown], query.as_of)
    before = cursor.number if cursor else 0
    last = shown[-1]._replace(number=before + len(shown)) if len(found) > query.limit else None
    return Page(tuple(entries), write_cursor(query, last) if last else "", as_of, before)


def _places(
    connection: Connection, query: Query, after: Cursor | None, most: int, *, rest: bool = False
) -> list[Cursor]:
    """Return at most so many places of a list, behind one if it is given; the rest have no value to be sorted by."""
    worded = _page(connection.dialect, query, on=after is not None, rest=rest)
    place = {"value": after.value, "digest": after.digest} if after else {}
    return [Cursor(value, digest) for digest, value in worded.rows(connection, most=most, **place)]


@lru_cache(_MOST_WORDED)
def _page(dialect: Dialect, query: Query, *, on: bool, rest: bool) -> Worded:
    """Word the query for places of a list."""
    column, digest = _sorted_by(query.sort), t.statement.c.digest
    wanted = narrowed(select(digest, column), t.statement, query)
    if rest:
        wanted = wanted.where(column.is_(None)).order_by(digest)
        if on:
            wanted = wanted.where(digest > named("digest", digest))
    else:
        ends = (column, digest)
        wanted = wanted.where(column.is_not(None))
        wanted = wanted.order_by(*(end.desc() if query.descending else end.asc() for end in ends))
        if on:
            place, last = (
                tuple_(*ends),
                tuple_(named("value", column), named("digest", digest)),
            )
            wanted = wanted.where(place < last if query.descending else place > last)
    return Worded(wanted.limit(named("most", t.statement.c.position)), dialect)


def count(connection: Connection, query: Query) -> int:
    """Count the statements that a query finds."""
    moment(connection, check(query).as_of)
    return int(_count(connection.dialect, query.whole()).rows(connection)[0][0])


@lru_cache(_MOST_WORDED)
def _count(dialect: Dialect, query: Query) -> Worded:
    wanted = select(func.count()).select_from(t.statement)
    return Worded(narrowed(wanted, t.statement, query), dialect)


def get(connection: Connection, digest: str, as_of: int | None = None) -> Whole | None:
    """Return a statement; see :meth:`.Catalogue.get`."""
    moment(connection, as_of)
    found = entries_of(connection, [digest], as_of) if is_digest(digest) else []
    if not found:
        return None
    entry = found[0]
    c = t.record.c
    rows = connection.execute(
        select(c.form, c.row).where(c.digest == digest, c.form != WHOLE).order_by(c.ordinal)
    ).all()
    read = [(row.form, decode(row.row, entry.name, entry.state.status)) for row in rows]
    named = connection.execute(
        select(t.relation.c.kind, t.relation.c.names)
        .where(t.relation.c.digest == digest)
        .order_by(t.relation.c.ordinal)
    )
    return Whole(
        entry,
        tuple(row for form, row in read if form != RATE),
        tuple(row for form, row in read if form == RATE),
        tuple((row.kind, row.names) for row in named),
    )


def rows(
    connection: Connection,
    query: Query,
    *,
    by_run: bool = False,
    most: int | None = None,
    only: set[str] | None = None,
) -> list[Row]:
    """Return the rows of a comparison, of some statements only if these are given.

    See :meth:`.Catalogue.rows`.
    """
    check(query)
    moment(connection, query.as_of)
    chosen: list[tuple[str, int]] = []
    for one in _chosen(query, by_run=by_run):
        limited = one if most is None else one.limit(most + 1)
        if only is not None:
            limited = limited.where(t.statement.c.digest.in_(only))
        chosen += connection.execute(limited)
    if most is not None and len(chosen) > most:
        raise RegistryError(
            f"more than {most} rows are too many for one comparison", hint="add a filter"
        )
    return _records(connection, chosen, query.as_of)


def _chosen(query: Query, *, by_run: bool) -> list[Select[Any]]:
    """Return the queries for digest and ordinal of the rows of a comparison."""
    c = t.part.c
    parts = select(c.digest, c.ordinal).join(t.statement, t.statement.c.digest == c.digest)
    found = [narrowed(parts if by_run else parts.where(c.form == RATE), t.part, query)]
    if not (by_run or any(name == "unit" for name, _ in query.where)):
        found.append(narrowed(select(t.statement.c.digest, literal(0)), t.statement, query))
    return found


def any_row(connection: Connection, query: Query, *, by_run: bool) -> bool:
    """Say whether a query finds a row to compare."""
    wanted = _chosen(query, by_run=by_run)
    return any(connection.execute(one.limit(1)).first() is not None for one in wanted)


def examples(connection: Connection, query: Query, field: str) -> set[str]:
    """Return statements that between them have the values of a field, of many values the first."""
    found: set[str] = set()
    digest = t.statement.c.digest
    for table in (t.statement, t.part):
        if field in table.c:
            column = table.c[field]
            wanted = select(func.min(digest)).select_from(t.statement)
            if table is t.part:
                wanted = wanted.join(t.part, t.part.c.digest == digest)
            wanted = wanted.group_by(column).order_by(column).limit(_MOST_VALUES)
            found |= set(connection.execute(narrowed(wanted, table, query)).scalars())
    return found


def digests_shown(query: Query) -> Select[Any]:
    """Return the query for the digests whose state is shown, with facts or without."""
    wanted = select(t.state.c.digest).where(at(query.as_of))
    return wanted.where(t.state.c.status.in_(query.status)) if query.status else wanted


def facets(connection: Connection, query: Query) -> dict[str, dict[str, int]]:
    """Count values of fields among what a query finds; see :meth:`.Catalogue.facets`."""
    moment(connection, check(query).as_of)
    found: dict[str, dict[str, int]] = {}
    for field in FACETS:
        column = t.statement.c[field]
        wanted = select(column, func.count(), func.min(t.statement.c.digest)).group_by(column)
        counted = connection.execute(narrowed(wanted, t.statement, query)).all()
        shown = {row.digest: row for row in _records(connection, [(one[2], 0) for one in counted])}
        totals: dict[str, int] = {}
        for _, number, sample in counted:
            of = "work_year" if field == "year" else field
            for word in str(getattr(shown[sample], of)).split(" + "):
                if word and word != "0":
                    totals[word] = totals.get(word, 0) + number
        found[field] = dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
    return found


def moment(connection: Connection, as_of: int | None) -> int:
    """Return how many events a query sees.

    Raises:
        RegistryError: There have not been so many.
    """
    found = _moment(connection.dialect).rows(connection)
    now = found[0][0] if found else 0
    if as_of is None:
        return int(now)
    if not 0 <= as_of <= now:
        raise RegistryError(f"the log has {now} events: there is no state after {as_of}")
    return as_of


@lru_cache(_MOST_WORDED)
def _moment(dialect: Dialect) -> Worded:
    return Worded(select(t.stamp.c.events), dialect)


def narrowed(wanted: Select[Any], table: Any, query: Query) -> Select[Any]:
    """Add what a query asks for: filters on ``table`` (of statements, or of parts), the rest on statements."""
    c = t.statement.c
    tests: list[ColumnElement[bool]] = [
        c.search.like(pattern(word), escape="\\") for word in query.q.split()[:MOST_WORDS]
    ]
    for name, text in query.where:
        if is_vague(name, text):
            tests.append(false())
        elif name in table.c:
            tests.append(table.c[name].like(pattern(text), escape="\\"))
        else:  # a statement has units by its rates
            unit = and_(t.part.c.digest == c.digest, t.part.c.unit.like(pattern(text), escape="\\"))
            tests.append(select(t.part.c.digest).where(unit).correlate(t.statement).exists())
    if query.year_from is not None:
        tests.append(table.c.year >= query.year_from)
    if query.year_to is not None:
        tests.append(and_(table.c.year <= query.year_to, table.c.year > 0))
    if not query.withheld:
        tests.append(c.status != WITHHELD)
    if query.as_of is not None:
        wanted = wanted.join(t.state, t.state.c.digest == c.digest)
        tests += [at(query.as_of), c.position <= query.as_of]  # an index has the position
    if query.status:
        column = c.status if query.as_of is None else t.state.c.status
        tests.append(column.in_(query.status))
    return wanted.where(*tests)


def kept_back(connection: Connection) -> frozenset[str]:
    """Return the digests of statements that nobody reads; see :meth:`.Catalogue.kept_back`."""
    c = t.state.c
    wanted = select(c.digest).where(at(None), c.status.in_(KEPT_BACK))
    return frozenset(connection.execute(wanted).scalars())


def published_by(
    connection: Connection, actor: str, most: int, before: int | None = None
) -> list[Entry]:
    """Return what an actor published, the newest first; see :meth:`.Catalogue.published_by`."""
    c = t.state.c
    published = and_(t.statement.c.digest == c.digest, t.statement.c.position == c.since)
    wanted = select(c.digest).join(t.statement, published).where(c.actor == actor, c.since > 0)
    if before is not None:
        wanted = wanted.where(c.since < before)
    wanted = wanted.order_by(c.since.desc()).limit(most)
    return entries_of(connection, list(connection.execute(wanted).scalars()), None)


def entries_of(connection: Connection, digests: Sequence[str], as_of: int | None) -> list[Entry]:
    """Return statements by digest, in the order in which they are named."""
    found: dict[str, Entry] = {}
    for batch in batches(digests):
        wanted = _entries(connection.dialect, len(batch), now=as_of is None)
        asked = {f"d{at}": digest for at, digest in enumerate(batch)}
        for row in wanted.rows(connection, as_of=as_of, **asked):
            digest, position, published, name, title, authors, record, now, *after = row
            found[digest] = Entry(
                digest, position, published, name, title, authors, record, State(digest, *after), now == WITHHELD
            )  # fmt: skip
    return [found[digest] for digest in digests if digest in found]


@lru_cache(_MOST_WORDED)
def _entries(dialect: Dialect, count: int, *, now: bool) -> Worded:
    """Word the query for so many entries."""
    d, s = t.detail.c, t.state.c
    of_statement = (d.digest, t.statement.c.position, d.published, d.name, d.title, d.authors)
    states = (s.status, s.at, s.reason, s.actor, s.supersedes, s.superseded_by)
    then = at(None if now else named("as_of", s.since))
    wanted = (
        select(*of_statement, t.record.c.row, t.statement.c.status.label("now"), *states)
        .join(t.statement, t.statement.c.digest == d.digest)
        .join(t.record, and_(t.record.c.digest == d.digest, t.record.c.ordinal == 0))
        .join(t.state, and_(s.digest == d.digest, then))
        .where(d.digest.in_([named(f"d{at}", d.digest) for at in range(count)]))
    )
    return Worded(wanted, dialect)


@lru_cache(_MOST_AT_HAND)
def _row(record: str, name: str, status: str) -> Row:
    """Return the row of a statement; of one that is shown again it is at hand."""
    return decode(record, name, status)


def _records(
    connection: Connection, chosen: Iterable[tuple[str, int]], as_of: int | None = None
) -> list[Row]:
    """Return rows by digest and ordinal, sorted by name, digest and ordinal."""
    wanted = set(chosen)
    c, s = t.record.c, t.state.c
    query = (
        select(c.digest, c.ordinal, c.row, t.detail.c.name, s.status)
        .join(t.detail, t.detail.c.digest == c.digest)
        .join(t.state, and_(s.digest == c.digest, at(as_of)))
    )
    found = []
    for batch in batches(sorted({digest for digest, _ in wanted})):
        for digest, ordinal, text, name, status in connection.execute(
            query.where(c.digest.in_(batch))
        ):
            if (digest, ordinal) in wanted:
                found.append(((name, digest, ordinal), decode(text, name, status)))
    return [row for _, row in sorted(found, key=lambda item: item[0])]


def at(as_of: int | BindParameter[int] | None) -> ColumnElement[bool]:
    """Choose the state that statements had after an event; now if None."""
    if as_of is None:
        return t.state.c.until == t.OPEN
    return and_(t.state.c.since <= as_of, t.state.c.until > as_of)


def _sorted_by(sort: str) -> ColumnElement[Any]:
    return t.statement.c["position" if sort == "published" else sort]


def batches(digests: Sequence[str]) -> list[Sequence[str]]:
    """Cut a list of digests into what one query can name."""
    return [digests[at : at + _BATCH] for at in range(0, len(digests), _BATCH)]
