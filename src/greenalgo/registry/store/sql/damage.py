"""What can be found wrong in the rows of a registry, whoever changed them and by whatever force."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from greenalgo.errors import CannotCheckError, DamagedError
from greenalgo.registry.record import ZERO, Problem, from_json, merkle
from greenalgo.registry.record.event import hash_of, leaf_of
from greenalgo.registry.store.base import LEFT, LEFT_HINT
from greenalgo.registry.store.sql.engine import address, query_all, reading, worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

BODIES = "SELECT digest, body FROM statement WHERE digest > ? ORDER BY digest LIMIT ?"
_EVENTS = (
    "SELECT position, after, digest, supersedes, record, edge FROM event "
    "WHERE position > ? ORDER BY position LIMIT ?"
)
# A deposit is in the log under a commitment, which has no body. Canonical JSON has no other place for this text.
_PUBLICATION = '%"kind":"publish"%'
# NOT EXISTS: with NOT IN, PostgreSQL goes through all bodies for each event once they outgrow its memory.
_MISSING = (
    "SELECT DISTINCT digest FROM event WHERE record LIKE ? "
    "AND NOT EXISTS (SELECT 1 FROM statement WHERE statement.digest = event.digest) "
    "AND NOT EXISTS (SELECT 1 FROM event AS other WHERE other.digest = event.digest AND other.record LIKE ?) "
    "ORDER BY 1"
)
_ERASURE = '%"kind":"erase"%'
_LEFT = (
    "SELECT digest FROM statement WHERE digest IN (SELECT digest FROM event WHERE record LIKE ?) "
    "ORDER BY 1"
)


def find_damage(engine: Engine) -> list[Problem]:
    """Check every row of a registry; for SQLite, the pages of the file too."""
    problems: list[Problem] = []
    try:
        if engine.dialect.name == "sqlite":
            problems += _pages(engine)
        problems += _bodies(engine)
        problems += _rows(engine)
    except CannotCheckError as error:
        problems.append(Problem(address(engine), str(error)))
    return problems


def _pages(engine: Engine) -> list[Problem]:
    with reading(engine) as connection:
        lines = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
    return [Problem(address(engine), f"SQLite says: {line}") for line in lines if line != "ok"]


def _bodies(engine: Engine) -> Iterator[Problem]:
    for digest, body in query_all(engine, BODIES, ""):
        raw = body if isinstance(body, bytes) else str(body).encode()
        if hashlib.sha256(raw).hexdigest() != digest:
            yield Problem(digest, "the statement was changed: its digest differs")
    with reading(engine) as connection:
        asked = (_PUBLICATION, _ERASURE)
        missing = connection.exec_driver_sql(worded(engine, _MISSING), asked).scalars().all()
        left = connection.exec_driver_sql(worded(engine, _LEFT), (_ERASURE,)).scalars().all()
    for digest in missing:
        yield Problem(digest, "the statement is in the log, but its body is missing")
    for digest in left:
        yield Problem(digest, LEFT, LEFT_HINT)


def _rows(engine: Engine) -> Iterator[Problem]:
    edge: tuple[bytes, ...] = ()
    after = ZERO
    for count, row in enumerate(query_all(engine, _EVENTS, 0)):
        position, said, digest, supersedes, record, kept = row
        where = f"event {position}"
        try:
            event = from_json(record)
        except DamagedError as error:
            yield Problem(where, str(error))
            return
        if hash_of(event) != event.hash:
            yield Problem(event.hash, f"event {event.seq} was changed: its hash does not fit")
        if (digest, supersedes or "") != (event.digest, event.supersedes):
            yield Problem(where, "its row names another statement than its record does")
        edge = merkle.grow(edge, count, leaf_of(event))
        if position != count + 1 or said != after:
            yield Problem(where, "rows before it are missing or out of order")
            return
        if kept != b"".join(edge):
            yield Problem(where, "its checkpoint does not fit the events before it")
            return
        after = event.hash
