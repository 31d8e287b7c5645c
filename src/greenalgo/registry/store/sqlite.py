"""SQLite as a registry: one file, no set-up, durable when a submission is answered.

``synchronous=FULL`` with a write-ahead log means one fdatasync a transaction; several submissions in
one transaction share it. Triggers keep rows from being changed or deleted, also by hand with the
``sqlite3`` shell. ``after`` (the hash of the row before) is unique: two writers cannot both add to the
same end of the log. It is the event's ``prev`` but for logs restored from a directory whose branches
were merged.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry.record import (
    ZERO,
    Draft,
    Event,
    Log,
    Problem,
    Proof,
    State,
    draw_up,
    from_json,
    merkle,
    now,
    prove,
    refuse_unfit,
    states_of,
    to_bytes,
)  # fmt: skip
from greenalgo.registry.record.event import leaf_of
from greenalgo.registry.record.log import Checkpoint
from greenalgo.registry.store.base import Holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAGIC = b"SQLite format 3\x00"
#: Marks a file as a registry (``PRAGMA application_id``): "grnA".
APPLICATION = 0x67726E41
FORMAT = 1
#: Seconds to wait for another writer.
PATIENCE = 30.0

_SCHEMA = """
CREATE TABLE statement (
  digest TEXT PRIMARY KEY NOT NULL CHECK (length(digest) = 64),
  body BLOB NOT NULL
);
CREATE TABLE event (
  position INTEGER PRIMARY KEY CHECK (position > 0),
  after TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL CHECK (json_valid(record)),
  edge BLOB NOT NULL,
  hash TEXT GENERATED ALWAYS AS (json_extract(record, '$.hash')) VIRTUAL,
  digest TEXT GENERATED ALWAYS AS (json_extract(record, '$.digest')) VIRTUAL,
  supersedes TEXT GENERATED ALWAYS AS (json_extract(record, '$.supersedes')) VIRTUAL
);
CREATE INDEX event_digest ON event (digest);
CREATE INDEX event_supersedes ON event (supersedes) WHERE supersedes IS NOT NULL;
"""
_TRIGGERS = """
CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} BEGIN
  SELECT RAISE(ABORT, 'a registry is append-only: nothing in it is changed or deleted');
END;
"""
# INSERT OR REPLACE deletes without asking the triggers for DELETE.
_REPLACE = """
CREATE TRIGGER {table}_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN
  SELECT RAISE(ABORT, 'a registry is append-only: this is in it already');
END;
"""
#: Table -> when a new row is one that is there.
_SAME = {
    "statement": "digest = NEW.digest",
    "event": "position = NEW.position OR after = NEW.after",
}


class SqliteStore:
    """A registry in an SQLite file.

    Args:
        path: The file.
        create: Make it where it does not exist.

    Raises:
        CannotCheckError: It does not exist, is no registry, or cannot be opened.
    """

    def __init__(self, path: str, *, create: bool = False) -> None:
        self.url = f"sqlite:///{path}"
        self._path = path
        if not create and not os.path.exists(path):
            raise CannotCheckError(f"there is no registry at '{path}'")
        with self._errors():
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events and statements in one transaction; see :class:`greenalgo.registry.store.Store`."""
        events: list[Event] = []
        with self._errors(), self._transaction():
            heads, position, edge = self._end()
            for draft in drafts:
                wanted = [text for text in (draft.digest, draft.supersedes) if text]
                refuse_unfit(draft, self.states(wanted))
                position += 1
                event = draw_up(draft, position, heads, now())
                if draft.body:
                    self._db.execute(
                        "INSERT INTO statement VALUES (?, ?)", (draft.digest, draft.body)
                    )
                edge = self._insert(position, event, heads[-1] if heads else ZERO, edge)
                heads = (event.hash,)
                events.append(event)
        return tuple(events)

    def restore(self, holdings: Iterable[Holding], events: Sequence[Event]) -> None:
        """Fill an empty file from a snapshot; see :class:`greenalgo.registry.store.Store`."""
        with self._errors(), self._transaction():
            if self._db.execute("SELECT 1 FROM statement UNION SELECT 1 FROM event").fetchone():
                raise RegistryError(f"'{self.url}' is not empty", hint="name a new file")
            self._db.executemany(
                "INSERT INTO statement VALUES (?, ?)",
                ((held.digest, held.body) for held in holdings),
            )
            edge: tuple[bytes, ...] = ()
            after = ZERO
            for position, event in enumerate(events, 1):
                edge = self._insert(position, event, after, edge)
                after = event.hash

    def log(self) -> Log:
        """Read the log."""
        with self._errors():
            rows = self._db.execute("SELECT record FROM event ORDER BY position").fetchall()
        return Log(from_json(row[0]) for row in rows)

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Return the states that follow from the log; for a few statements, from their rows alone."""
        if digests is None:
            return states_of(self.log().events)
        found: dict[str, State] = {}
        for digest in digests:
            with self._errors():
                rows = self._db.execute(
                    "SELECT position, record FROM event WHERE digest = ?1 "
                    "UNION SELECT position, record FROM event WHERE supersedes = ?1 ORDER BY 1",
                    (digest,),
                ).fetchall()
            states = states_of(from_json(row[1]) for row in rows)
            if digest in states:
                found[digest] = states[digest]
        return found

    def holdings(self) -> Iterator[Holding]:
        """Go through the statements."""
        with self._errors():
            for digest, body in self._db.execute("SELECT digest, body FROM statement ORDER BY 1"):
                yield Holding(digest, _bytes(body))

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests that begin with a prefix."""
        with self._errors():
            rows = self._db.execute(
                "SELECT digest FROM statement WHERE digest >= ? AND digest < ? ORDER BY 1 LIMIT 10",
                (prefix, prefix + "g"),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def body(self, digest: str) -> bytes | None:
        """Return a body."""
        with self._errors():
            row = self._db.execute(
                "SELECT body FROM statement WHERE digest = ?", (digest,)
            ).fetchone()
        return None if row is None else _bytes(row[0])

    def prove(self, digest: str) -> Proof | None:
        """Prove that a statement was published, from the edges that two rows carry."""
        with self._errors():
            rows = self._db.execute(
                "SELECT position, record, edge FROM event WHERE digest = ? ORDER BY position",
                (digest,),
            ).fetchall()
            found = [(at, from_json(record), edge) for at, record, edge in rows]
            published = [one for one in found if one[1].kind == "publish"]
            if not published:
                return None
            position, event, edge = published[0]
            if event.seq != position:  # branches ran side by side here
                return prove(self.log(), event)
            before = self._db.execute(
                "SELECT edge FROM event WHERE position = ?", (position - 1,)
            ).fetchone()
        root = merkle.root_of_edge(_split(edge)).hex()
        path = tuple(part.hex() for part in reversed(_split(before[0] if before else b"")))
        return Proof(event, Checkpoint(position, root, event.hash), path)

    def permalink(self, digest: str) -> str:
        """Return ``sqlite:///FILE#DIGEST``."""
        return f"{self.url}#{digest}"

    def damage(self) -> list[Problem]:
        """Check pages, bodies, rows and the tree that each row carries."""
        problems = []
        try:
            for (line,) in self._db.execute("PRAGMA integrity_check(20)"):
                if line != "ok":
                    problems.append(Problem(self._path, f"SQLite says: {line}"))
            problems += self._changed_bodies()
            problems += self._changed_rows()
        except sqlite3.Error as error:
            problems.append(Problem(self._path, f"SQLite cannot read it: {error}"))
        return problems

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _changed_bodies(self) -> Iterator[Problem]:
        for digest, body in self._db.execute("SELECT digest, body FROM statement ORDER BY 1"):
            if hashlib.sha256(_bytes(body)).hexdigest() != digest:
                yield Problem(digest, "the statement was changed: its digest differs")
        missing = self._db.execute(
            "SELECT DISTINCT digest FROM event WHERE digest NOT IN (SELECT digest FROM statement)"
        )
        for (digest,) in missing:
            yield Problem(digest, "the statement is in the log, but its body is missing")

    def _changed_rows(self) -> Iterator[Problem]:
        edge: tuple[bytes, ...] = ()
        after = ZERO
        rows = self._db.execute("SELECT position, after, record, edge FROM event ORDER BY position")
        for count, (position, said, record, kept) in enumerate(rows):
            try:
                event = from_json(record)
            except DamagedError as error:
                yield Problem(f"event {position}", str(error))
                return
            edge = merkle.grow(edge, count, leaf_of(event))
            if position != count + 1 or said != after:
                yield Problem(f"event {position}", "rows before it are missing or out of order")
                return
            if kept != b"".join(edge):
                yield Problem(
                    f"event {position}", "its checkpoint does not fit the events before it"
                )
                return
            after = event.hash

    def _insert(
        self, position: int, event: Event, after: str, edge: tuple[bytes, ...]
    ) -> tuple[bytes, ...]:
        edge = merkle.grow(edge, position - 1, leaf_of(event))
        self._db.execute(
            "INSERT INTO event (position, after, record, edge) VALUES (?, ?, ?, ?)",
            (position, after, to_bytes(event).decode(), b"".join(edge)),
        )
        return edge

    def _end(self) -> tuple[tuple[str, ...], int, tuple[bytes, ...]]:
        """Return the last events, how many there are, and the right edge of their tree."""
        row = self._db.execute(
            "SELECT position, record, edge FROM event ORDER BY position DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return (), 0, ()
        position, record, edge = row
        last = from_json(record)
        if last.seq == position:
            heads: tuple[str, ...] = (last.hash,)
        else:  # a log with branches that nobody has joined yet
            heads = self.log().heads
            heads = (*(head for head in heads if head != last.hash), last.hash)
        return heads, position, _split(edge)

    def _open(self) -> None:
        marks = tuple(
            self._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version")
        )
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables and marks == (0, 0):
            self._create()
        elif marks[0] != APPLICATION:
            raise CannotCheckError(f"'{self._path}' is an SQLite file, but no registry")
        elif marks[1] > FORMAT:
            raise CannotCheckError(f"the registry '{self._path}' is written for a newer greenalgo")
        self._db.execute("PRAGMA synchronous = FULL")

    def _create(self) -> None:
        self._db.execute("PRAGMA page_size = 8192")
        self._db.execute("PRAGMA journal_mode = WAL")
        with self._transaction():
            if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return  # another program was faster
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            for table, same in _SAME.items():
                for verb in ("UPDATE", "DELETE"):
                    self._db.execute(_TRIGGERS.format(table=table, verb=verb))
                self._db.execute(_REPLACE.format(table=table, same=same))
            self._db.execute(f"PRAGMA application_id = {APPLICATION}")
            self._db.execute(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled back by itself where the disk is full
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            if "append-only" in str(error):
                raise RegistryError(str(error)) from error
            raise CannotCheckError(
                f"the registry '{self._path}' cannot be used: {error}"
            ) from error


def _bytes(value: bytes | str) -> bytes:
    """Return a body; one that was changed by hand may be text."""
    return value if isinstance(value, bytes) else value.encode()


def _split(edge: bytes) -> tuple[bytes, ...]:
    """Return the hashes of an edge as it is written in a row."""
    size = merkle.HASH_SIZE
    return tuple(edge[at : at + size] for at in range(0, len(edge), size))
