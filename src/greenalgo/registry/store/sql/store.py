"""The store of a registry in SQLite or PostgreSQL.

A commit is one transaction, which one writer at a time can have: it reads the end of the log, judges the
drafts against the states that follow from it, and writes statements and events together. Connections come
from a pool, one a call, so that threads may share a store.
"""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sqlalchemy.exc import DBAPIError

from greenalgo.errors import DamagedError, RegistryError
from greenalgo.registry.record import (
    ZERO,
    Draft,
    Event,
    Log,
    Problem,
    Proof,
    State,
    draw_up,
    fitting,
    follow,
    from_json,
    merkle,
    now,
    prove,
    refuse_unfit,
    states_of,
    to_bytes,
)  # fmt: skip
from greenalgo.registry.record.event import hash_of, leaf_of
from greenalgo.registry.record.log import Checkpoint
from greenalgo.registry.store.base import Holding, Kept
from greenalgo.registry.store.sql.damage import BODIES, find_damage
from greenalgo.registry.store.sql.engine import (
    SECURELY,
    address,
    impatient,
    in_words,
    open_engine,
    overwrite,
    query,
    query_all,
)
from greenalgo.registry.store.sql.schema import prepare
from greenalgo.registry.store.sql.turn import Table, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Engine

    from greenalgo.registry.store.sql.turn import Query, Rows, Turn

#: How often a commit is tried where another writer or a broken connection came between.
TRIES = 3
#: States of PostgreSQL in which the same transaction may succeed if it is tried again: not serializable,
#: deadlock, and a row that another writer has added without our lock.
_AGAIN = frozenset({"40001", "40P01", "23505"})
#: How many events that were read lately are kept in memory.
MOST_AT_HAND = 4096
#: More than there are: the largest number that both engines take for a limit.
_ALL = 2**63 - 1

_END = "SELECT position, record, edge FROM event ORDER BY position DESC LIMIT 1"
_LOG = "SELECT record FROM event ORDER BY position"
_LATER = "SELECT record FROM event WHERE position > ? ORDER BY position LIMIT ?"
_AT = "SELECT record, edge FROM event WHERE position = ?"
_OF = """
SELECT event.position, event.record, event.edge, former.edge FROM event
LEFT JOIN event AS former ON former.position = event.position - 1
WHERE event.digest = ? ORDER BY event.position
"""
_BODY = "SELECT body FROM statement WHERE digest = ?"
_KEPT = """
SELECT 0, NULL, body FROM statement WHERE digest = ?
UNION ALL SELECT position, record, NULL FROM event WHERE digest = ?
UNION ALL SELECT position, record, NULL FROM event WHERE supersedes = ? ORDER BY 1
"""
_FIND = "SELECT digest FROM statement WHERE digest >= ? AND digest < ? ORDER BY digest LIMIT 10"
_ANY = "SELECT 1 FROM statement UNION ALL SELECT 1 FROM event LIMIT 1"
#: Triggers let a body go whose erasure is in the log, and no other.
_ERASE = "DELETE FROM statement WHERE digest = ?"
_STATEMENT = Table("statement", digest="text", body="bytea")
_EVENT = Table(
    "event",
    position="int8", after="text", digest="text", supersedes="text", record="text", edge="bytea",
)  # fmt: skip
#: Rows of the tables.
_Body: TypeAlias = tuple[str, bytes]
_Event: TypeAlias = tuple[int, str, str, str | None, str, bytes]
_TOUCHING = """
SELECT position, record FROM event WHERE digest {among}
UNION SELECT position, record FROM event WHERE supersedes {among} ORDER BY 1
"""
#: One of them is the rule for a submission.
_ONE = _TOUCHING.format(among="= ?")
#: Many of them. PostgreSQL reads the whole table for ``= ANY`` of 100 until it has statistics, a minute after a
#: registry began to fill; OFFSET 0 keeps each look-up one of an index.
_MANY = {
    "sqlite": _TOUCHING.format(among="IN (SELECT value FROM json_each(?))"),
    "postgresql": """
SELECT found.* FROM unnest(?::text[]) AS name,
LATERAL (SELECT position, record FROM event WHERE digest = name OFFSET 0) AS found
UNION SELECT found.* FROM unnest(?::text[]) AS name,
LATERAL (SELECT position, record FROM event WHERE supersedes = name OFFSET 0) AS found ORDER BY 1
""",
}


class _Written(NamedTuple):
    """What a turn writes: an outcome for each draft, the last event, the rows of both tables, and whose bodies go."""

    outcomes: tuple[Event | RegistryError, ...]
    last: Event | None = None
    bodies: Sequence[_Body] = ()
    events: Sequence[_Event] = ()
    erased: Sequence[tuple[str]] = ()


class SqlStore:
    """A registry in a database.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.
        create: Make it where there is none.

    Attributes:
        engine: The engine, for who keeps tables of their own beside.
        url: Where it is, without password.

    Raises:
        CannotCheckError: There is none, it is of another schema, or it cannot be opened.
    """

    engine: Engine
    url: str

    def __init__(self, url: str, *, create: bool = False) -> None:
        self.engine = open_engine(url, to_read=not create)
        sqlite = self.engine.dialect.name == "sqlite"
        self.url = url if sqlite else address(self.engine)
        self._turns = Turns(self.engine)
        self._newest: tuple[str, Event] | None = None  # the last one written here, and its record
        self._impatient: sqlite3.Connection | None = None
        self._touching_sql = _MANY[self.engine.dialect.name]
        try:
            prepare(self.engine, create=create)
        except BaseException:
            self.engine.dispose()
            raise

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events and statements in one transaction; see :class:`greenalgo.registry.store.Store`."""
        outcomes = self._commit(drafts, each=False)
        return tuple(one for one in outcomes if isinstance(one, Event))

    def commit_each(self, drafts: Sequence[Draft]) -> tuple[Event | RegistryError, ...]:
        """Write what can follow in one transaction; see :class:`greenalgo.registry.store.Store`."""
        return self._commit(drafts, each=True)

    def restore(self, holdings: Iterable[Holding], events: Sequence[Event]) -> None:
        """Fill an empty database from a snapshot; see :class:`greenalgo.registry.store.Store`."""
        with in_words(self.engine), self._turns.take() as turn:
            if turn.read((_ANY, ()))[0]:
                raise RegistryError(f"'{self.url}' is not empty", hint="name a new one")
            bodies = [(held.digest, held.body) for held in holdings]
            named = {event.digest for event in events}
            if never := [digest for digest, _ in bodies if digest not in named]:
                raise RegistryError(
                    f"of the snapshot's statements {len(never):,} are in no event of its log ({never[0][:12]}…): a "
                    "database lists what was published",
                    hint="restore it into a directory; greenalgo submit DIR --to STORE publishes what lies there",
                )
            edge: tuple[bytes, ...] = ()
            after, rows = ZERO, []
            for position, event in enumerate(events, 1):
                edge = merkle.grow(edge, position - 1, leaf_of(event))
                rows.append(_row(position, after, event, edge))
                after = event.hash
            turn.commit([(_STATEMENT, bodies), (_EVENT, rows)])

    def log(self) -> Log:
        """Read the log."""
        rows = query(self.engine, _LOG)
        return Log(from_json(record) for (record,) in rows)

    def events(self, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Read a part of the log, without the rest of it."""
        most = _ALL if limit is None else limit
        rows = query(self.engine, _LATER, (after, most))
        return tuple(from_json(record) for (record,) in rows)

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint of the log, from the edge that the last row carries."""
        heads, position, edge = _read_end(
            query(self.engine, _END), lambda: query(self.engine, _LOG)
        )
        root = merkle.root_of_edge(edge).hex()
        return Checkpoint(position, root, heads[0] if len(heads) == 1 else "")

    def course(self, digest: str) -> tuple[Event, ...]:
        """Read the rows of a statement's series, from version to version: each look-up is of an index."""
        found: dict[int, Event] = {}
        versions: set[str] = set()
        waiting = {digest}
        while waiting:
            versions |= waiting
            news = {at: _read(record) for at, record in self._named(waiting)}
            found |= news
            named = {name for one in news.values() for name in (one.digest, one.supersedes)}
            waiting = named - versions - {""}
        return tuple(found[at] for at in sorted(found))

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Return the states that follow from the log; for some statements, from their rows alone."""
        if digests is None:
            return states_of(_sound(event) for event in self.log().events)
        wanted = list(digests)
        states = states_of(_read(record) for _, record in self._named(wanted))
        return {digest: states[digest] for digest in wanted if digest in states}

    def holdings(self) -> Iterator[Holding]:
        """Go through the statements, a page at a time; no connection is kept between."""
        for digest, body in query_all(self.engine, BODIES, ""):
            yield Holding(digest, fitting(digest, _raw(body)))

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests that begin with a prefix."""
        rows = query(self.engine, _FIND, (prefix, prefix + "g"))
        return tuple(row[0] for row in rows)

    def body(self, digest: str) -> bytes | None:
        """Return a body."""
        rows = query(self.engine, _BODY, (digest,))
        return fitting(digest, _raw(rows[0][0])) if rows else None

    def kept(self, digest: str) -> Kept | None:
        """Return body and state, with one query."""
        return _kept(digest, query(self.engine, _KEPT, (digest, digest, digest)))

    def at_hand(self, digest: str) -> Kept | None:
        """Return body and state from the file of SQLite; of PostgreSQL nothing, which is asked by wire.

        Readers of SQLite wait for no writer. Where it is locked all the same, or cannot be read, there is nothing.
        """
        if self.engine.dialect.name != "sqlite":
            return None
        try:
            if self._impatient is None:
                self._impatient = impatient(self.engine)
            rows = self._impatient.execute(_KEPT, (digest, digest, digest)).fetchall()
        except sqlite3.Error:
            return None
        return _kept(digest, rows)

    def prove(self, digest: str) -> Proof | None:
        """Prove that a statement was published, from the edges that two rows carry."""
        rows = query(self.engine, _OF, (digest,))
        found = ((at, _read(record), *edges) for at, record, *edges in rows)
        published = next((one for one in found if one[1].kind in ("publish", "deposit")), None)
        if published is None:
            return None
        position, event, edge, former = published
        if event.seq != position:  # branches ran side by side here
            return prove(self.log(), event)
        root = merkle.root_of_edge(_split(edge)).hex()
        path = tuple(part.hex() for part in reversed(_split(former or b"")))
        return Proof(event, Checkpoint(position, root, event.hash), path)

    def permalink(self, digest: str) -> str:
        """Return the address with the digest behind a ``#``."""
        return f"{self.url}#{digest}"

    def damage(self) -> list[Problem]:
        """Check bodies, rows and the tree that each row carries; for SQLite, the pages of the file."""
        return find_damage(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self._turns.close()
        self.engine.dispose()
        if self._impatient is not None:
            self._impatient.close()

    def _commit(self, drafts: Sequence[Draft], *, each: bool) -> tuple[Event | RegistryError, ...]:
        written = _Written(())
        with in_words(self.engine):
            for left in reversed(range(TRIES)):
                try:
                    with self._turns.take() as turn:
                        # The COMMIT of the last try may have come through although its answer did not.
                        if not _is_there(turn, written):
                            written = self._draw_up(turn, drafts, each=each)
                            if written.last:
                                self._write(turn, written)
                                self._newest = (written.events[-1][4], written.last)
                    if written.erased:
                        overwrite(self.engine)
                    return written.outcomes
                except DBAPIError as error:
                    if not left or not _may_pass(error):
                        raise
        raise AssertionError  # the last try returns or raises

    def _write(self, turn: Turn, written: _Written) -> None:
        """Write the rows of a turn and end it; bodies go after the events that say so."""
        last: list[Query] = [(_ERASE, row) for row in written.erased]
        if last and self.engine.dialect.name == "sqlite":
            last.insert(0, (SECURELY, ()))
        turn.commit([(_STATEMENT, written.bodies), (_EVENT, written.events)], last)

    def _draw_up(self, turn: Turn, drafts: Sequence[Draft], *, each: bool) -> _Written:
        """Judge drafts by the end of the log and the states of all that they name."""
        texts = (text for draft in drafts for text in (draft.digest, draft.supersedes, draft.opens))
        last, named = turn.read((_END, ()), self._touching({text for text in texts if text}))
        heads, position, edge = _read_end(last, lambda: turn.read((_LOG, ()))[0], self._newest)
        after = heads[-1] if heads else ZERO
        states = states_of(_read(record) for _, record in named)
        outcomes: list[Event | RegistryError] = []
        event, bodies, rows, erased = None, [], [], []
        for draft in drafts:
            try:
                refuse_unfit(draft, states)
                event = draw_up(draft, position + 1, heads, now())
            except RegistryError as error:
                if not each:
                    raise
                outcomes.append(error)
                continue
            edge = merkle.grow(edge, position, leaf_of(event))
            position += 1
            if draft.body:
                bodies.append((draft.digest, draft.body))
            if draft.kind == "erase":
                erased.append((draft.digest,))
            rows.append(_row(position, after, event, edge))
            after, heads = event.hash, (event.hash,)
            follow(states, event)
            outcomes.append(event)
        return _Written(tuple(outcomes), event, bodies, rows, erased)

    def _named(self, digests: Iterable[str]) -> Rows:
        """Return position and record of the events that name one of some statements."""
        return query(self.engine, *self._touching(digests))

    def _touching(self, digests: Iterable[str]) -> Query:
        """Ask for the events that name one of some statements."""
        wanted = sorted(digests)
        if len(wanted) == 1:
            return _ONE, (wanted[0], wanted[0])
        among = json.dumps(wanted) if self.engine.dialect.name == "sqlite" else wanted
        return self._touching_sql, (among, among)


def _is_there(turn: Turn, written: _Written) -> bool:
    """Say whether the last event of a turn is in the log: an event is never drawn up twice."""
    if not written.events:
        return False
    position, *_, record, _edge = written.events[-1]
    (rows,) = turn.read((_AT, (position,)))
    return bool(rows) and rows[0][0] == record


def _read_end(
    rows: Rows, read_log: Callable[[], Rows], newest: tuple[str, Event] | None = None
) -> tuple[tuple[str, ...], int, tuple[bytes, ...]]:
    """Return the last events, how many there are, and the right edge of their tree.

    Args:
        rows: The last row.
        read_log: Reads the records of all.
        newest: A record and its event that are known already: as a rule, the last ones.
    """
    if not rows:
        return (), 0, ()
    position, record, edge = rows[0]
    last = newest[1] if newest and newest[0] == record else _read(record)
    heads: tuple[str, ...] = (last.hash,)
    if last.seq != position:  # a log with branches that nobody has joined yet
        log = Log(from_json(row[0]) for row in read_log())
        heads = (*(head for head in log.heads if head != last.hash), last.hash)
    return heads, position, _split(edge)


def _kept(digest: str, rows: Rows) -> Kept | None:
    """Read what :data:`_KEPT` finds."""
    if not rows or rows[0][0]:
        return None
    states = states_of(_read(record) for _, record, _ in rows[1:])
    return Kept(fitting(digest, _raw(rows[0][2])), states.get(digest, State(digest)))


def _row(position: int, after: str, event: Event, edge: tuple[bytes, ...]) -> _Event:
    record = to_bytes(event).decode()
    return position, after, event.digest, event.supersedes or None, record, b"".join(edge)


def _may_pass(error: DBAPIError) -> bool:
    """Say whether the same transaction may succeed if it is tried again."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in _AGAIN


@lru_cache(MOST_AT_HAND)
def _read(record: str) -> Event:
    """Read an event and check it; a record that is asked for again is the same text, so the same event.

    Raises:
        DamagedError: It is no event, or was changed in the database.
    """
    return _sound(from_json(record))


def _sound(event: Event) -> Event:
    """Return an event that fits its hash.

    Raises:
        DamagedError: It was changed in the database.
    """
    if hash_of(event) != event.hash:
        raise DamagedError(
            f"event {event.seq} was changed: its hash does not fit",
            hint="greenalgo registry verify STORE names all that is damaged",
        )
    return event


def _raw(body: bytes | str) -> bytes:
    """Return a body as bytes; one that was changed by hand may be text."""
    return body if isinstance(body, bytes) else str(body).encode()


def _split(edge: bytes) -> tuple[bytes, ...]:
    """Return the hashes of an edge as it is written in a row."""
    size = merkle.HASH_SIZE
    return tuple(edge[at : at + size] for at in range(0, len(edge), size))
