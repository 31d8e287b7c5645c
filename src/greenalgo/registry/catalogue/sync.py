"""Bring a catalogue up to its store: judge what is new, then follow the log.

Statements are judged outside of any transaction, a chunk at a time; what is written is written in one
transaction that holds the catalogue's lock, and only if nobody has emptied the catalogue meanwhile. Two
processes may do this at once: both write the same, and the second finds it there.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.files import take_files
from greenalgo.registry.catalogue.rows import Mark, add, generation_of, interval, write
from greenalgo.registry.catalogue.transactions import reading
from greenalgo.registry.record import State, follow
from greenalgo.registry.record.state import erased_of
from greenalgo.registry.store.base import Holding
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.registry.store.sql.engine import overwrite, securely, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sqlalchemy import Connection, Engine, Table

    from greenalgo.registry.catalogue.facts import Facts
    from greenalgo.registry.catalogue.rows import Judge
    from greenalgo.registry.record import Event
    from greenalgo.registry.store import Store

#: How many statements are judged between two transactions.
CHUNK = 500


def sync(
    engine: Engine,
    store: Store,
    judge: Judge,
    built_with: str,
    told: Callable[[int, int], None],
) -> int:
    """Add what the store has and the catalogue lacks.

    Args:
        engine: Where the tables are.
        store: The registry.
        judge: What to harmonise with.
        built_with: Says with what the catalogue must have been built; else it is built anew.
        told: Is told how much is done, of how much, before each chunk; what it raises ends the work there.

    Returns:
        How many statements were judged.
    """
    mark = empty(engine, built_with)
    news = list(store.events(max(mark.events - 1, 0)))
    if mark.events and (not news or news.pop(0).hash != mark.head):
        # A directory whose branches were merged: an event came in before ones that were followed.
        mark = _forget_states(engine, mark)
        news = list(store.events())
    coming = {event.digest for event in news}
    files = count = 0
    if isinstance(store, DirectoryStore):
        files, count = take_files(
            engine, store, judge, mark, coming, lambda done, of: told(done, of + len(news))
        )
    for start in range(0, len(news), CHUNK):
        told(files + start, files + len(news))
        chunk = news[start : start + CHUNK]
        published = [event.digest for event in chunk if event.kind == "publish"]
        known = _known(engine, published)
        facts = list(_judged(store, judge, [d for d in published if d not in known]))
        with writing(engine) as connection:
            if generation_of(connection) != mark.generation:
                break  # emptied by somebody else, who is filling it again
            write(connection, facts)
            _follow(connection, mark.events + start, chunk)
            erased = erased_of(chunk)
            drop_facts(connection, erased)
        if erased:
            overwrite(engine)
        count += len(facts)
    return count


def empty(engine: Engine, built_with: str, *, anyway: bool = False) -> Mark:
    """Drop the tables and make them again, where they were built with something else.

    Args:
        engine: Where the tables are.
        built_with: With what they have to be built.
        anyway: Do it also where they were built with that.
    """
    found = None if anyway else _mark(engine, built_with)
    if found is not None:
        return found
    with writing(engine) as connection:
        found = None if anyway else _read_mark(connection, built_with)
        if found is not None:
            return found  # somebody else has just done so
        t.metadata.drop_all(connection)
        t.metadata.create_all(connection)
        mark = Mark(secrets.token_hex(8), 0, "")
        connection.execute(insert(t.stamp), {"id": 1, "built_with": built_with, **mark._asdict()})
    return mark


def _mark(engine: Engine, built_with: str) -> Mark | None:
    with reading(engine) as connection:
        return _read_mark(connection, built_with)


def _read_mark(connection: Connection, built_with: str) -> Mark | None:
    if not connection.dialect.has_table(connection, t.stamp.name):
        return None
    row = connection.execute(
        select(t.stamp.c.generation, t.stamp.c.events, t.stamp.c.head).where(
            t.stamp.c.built_with == built_with
        )
    ).first()
    return None if row is None else Mark(*row)


def _forget_states(engine: Engine, mark: Mark) -> Mark:
    with writing(engine) as connection:
        logged = select(t.state.c.digest).where(t.state.c.since > 0)
        # Whether the log still names them is not known any more: their files are looked at again.
        connection.execute(update(t.file).where(t.file.c.digest.in_(logged)).values(mark=""))
        connection.execute(delete(t.state).where(t.state.c.since > 0))
        connection.execute(update(t.statement).values(position=0, status=""))
        connection.execute(update(t.detail).values(published=""))
        connection.execute(update(t.stamp).values(events=0, head=""))
    return mark._replace(events=0, head="")


def _judged(store: Store, judge: Judge, digests: Iterable[str]) -> Iterator[Facts]:
    for digest in digests:
        body = store.body(digest)
        if body is not None:  # one whose body was erased has a state, and no facts
            yield judge.facts(Holding(digest, body))


def _known(engine: Engine, digests: Sequence[str]) -> set[str]:
    with reading(engine) as connection:
        wanted = select(t.detail.c.digest).where(t.detail.c.digest.in_(digests))
        return set(connection.execute(wanted).scalars())


def _follow(connection: Connection, start: int, events: Sequence[Event]) -> None:
    """Follow events of the log; one that was followed already changes nothing."""
    done = connection.execute(select(t.stamp.c.events)).scalar_one()
    if done != start:
        return  # another process was faster
    named = {name for event in events for name in (event.digest, event.supersedes) if name}
    states = _states(connection, named)
    known = set(states)
    intervals: dict[str, list[dict[str, Any]]] = {}
    published = []
    for position, event in enumerate(events, start + 1):
        touched = [name for name in (event.digest, event.supersedes) if name]
        before = {name: states.get(name) for name in touched}
        follow(states, event)
        for name, old in before.items():
            new = states.get(name)
            if new is not None and new != old:
                of_it = intervals.setdefault(name, [])
                if of_it:
                    of_it[-1]["until"] = position
                of_it.append(interval(new, position))
        if event.kind == "publish" and not (before[event.digest] or State("")).status:
            published.append({"of": event.digest, "position": position, "published": event.at})
    _change(connection, intervals, known)
    _set(connection, t.statement, "position", published)
    _set(connection, t.detail, "published", published)
    values = {"events": start + len(events), "head": events[-1].hash}
    connection.execute(update(t.stamp).values(values))


def drop_facts(connection: Connection, digests: Iterable[str]) -> None:
    """Delete what is known of statements that were erased, and names of files; their states stay."""
    gone = list(digests)
    if gone:
        securely(connection)
    for table in (*t.FACTS, t.file) if gone else ():
        connection.execute(delete(table).where(table.c.digest.in_(gone)))


def _states(connection: Connection, digests: set[str]) -> dict[str, State]:
    c = t.state.c
    columns = (c.digest, c.status, c.at, c.reason, c.actor, c.supersedes, c.superseded_by)
    rows = connection.execute(select(*columns).where(c.digest.in_(digests), c.until == t.OPEN))
    return {row.digest: State(*row) for row in rows}


def _change(
    connection: Connection, intervals: dict[str, list[dict[str, Any]]], known: set[str]
) -> None:
    """End the states that statements had, where one is known, and write those that came after."""
    c = t.state.c
    ended = [
        {"of": name, "till": news[0]["since"]} for name, news in intervals.items() if name in known
    ]
    if ended:
        now = (c.digest == bindparam("of"), c.until == t.OPEN)
        # Nobody logged when it was loose.
        connection.execute(delete(t.state).where(*now, c.since == 0), ended)
        connection.execute(update(t.state).where(*now).values(until=bindparam("till")), ended)
    add(connection, t.state, [one for news in intervals.values() for one in news])
    latest = [{"of": name, "status": news[-1]["status"]} for name, news in intervals.items()]
    _set(connection, t.statement, "status", latest)


def _set(connection: Connection, table: Table, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Set a column of some statements, each to a value of its own."""
    if rows:
        given = [{"of": row["of"], "value": row[name]} for row in rows]
        wanted = update(table).where(table.c.digest == bindparam("of"))
        connection.execute(wanted.values({name: bindparam("value")}), given)
