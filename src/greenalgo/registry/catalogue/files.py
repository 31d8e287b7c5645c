"""Statements that lie in a directory: whether or not its log names them, a catalogue has them, by their files' names.

A file is read again only where its mark is another one than when it was read last, so that a sync costs a
look at each file's times and no more. What was changed a moment ago has no mark, and is read each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select, update

from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.facts import plain
from greenalgo.registry.catalogue.rows import add, generation_of, interval, write
from greenalgo.registry.catalogue.transactions import reading
from greenalgo.registry.comparison.gather import source_of, stem
from greenalgo.registry.record import State
from greenalgo.registry.record.state import erased_of
from greenalgo.registry.store.directory import HIDDEN
from greenalgo.registry.store.sql.engine import securely, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Column, Connection, Engine, Select

    from greenalgo.registry.catalogue.rows import Judge, Mark
    from greenalgo.registry.store.base import Holding
    from greenalgo.registry.store.directory import DirectoryStore

#: How many files are read, and digests asked for, at once.
CHUNK = 500


class _File(NamedTuple):
    """A file as it was read last: its mark, and the statement in it; empty where it holds none."""

    mark: str
    digest: str


def take_files(
    engine: Engine,
    store: DirectoryStore,
    judge: Judge,
    mark: Mark,
    coming: Collection[str],
    told: Callable[[int, int], None],
) -> tuple[int, int]:
    """Take in what was changed in a directory since the last time: statements, and names of files.

    Args:
        engine: Where the tables are.
        store: The directory.
        judge: What to harmonise with.
        mark: How far the catalogue has come.
        coming: Digests in events that it has not followed.
        told: Is told how much is done, of how much, before each chunk.

    Returns:
        How many files were changed, and how many statements were judged.
    """
    marks = store.marks()  # before anything is read: what changes meanwhile is read again
    before = _before(engine)
    lost = before.keys() - marks.keys()
    changed = [
        path for path, now in marks.items() if not now or before.get(path, _File("", ""))[0] != now
    ]
    erased = erased_of(store.events()) if changed else frozenset()
    after = {path: one for path, one in before.items() if path not in lost}
    count = 0
    for start in range(0, len(changed), CHUNK):
        told(start, len(changed))
        held = {path: store.holding(path) for path in changed[start : start + CHUNK]}
        held = {p: None if one and one.digest in erased else one for p, one in held.items()}
        after |= {path: _File(marks[path], one.digest if one else "") for path, one in held.items()}
        judged = _take(engine, judge, mark, [one for one in held.values() if one])
        if judged is None:
            return len(changed), count  # emptied by somebody else, who is filling it again
        count += judged
    news = {path: after[path] for path in changed if after[path] != before.get(path)}
    if lost or news:
        touched = {before[path].digest for path in (*lost, *news) if path in before}
        touched |= {one.digest for one in news.values()}
        bearers = _bearers(marks, after, touched - {""})
        names = {digest: _name(store, path) for digest, path in bearers.items()}
        with writing(engine) as connection:
            if generation_of(connection) == mark.generation:
                _settle(connection, names, coming)
                _note(connection, {*lost, *(news.keys() & before.keys())}, news)
    return len(changed), count


def _before(engine: Engine) -> dict[str, _File]:
    with reading(engine) as connection:
        f = t.file.c
        rows = connection.execute(select(f.path, f.mark, f.digest))
        return {path: _File(mark, digest) for path, mark, digest in rows}


def _take(engine: Engine, judge: Judge, mark: Mark, held: Iterable[Holding]) -> int | None:
    """Judge statements that are new; return how many, or None where the catalogue was emptied."""
    new = {one.digest: one for one in reversed(list(held))}  # of equal ones the first names them
    d = t.detail.c
    with reading(engine) as connection:
        for (known,) in _among(connection, select(d.digest), d.digest, new):
            del new[known]
    facts = [judge.facts(one) for one in new.values()]
    if facts:
        with writing(engine) as connection:
            if generation_of(connection) != mark.generation:
                return None
            write(connection, facts)
    return len(facts)


def _bearers(
    paths: Iterable[str], files: Mapping[str, _File], digests: Collection[str]
) -> dict[str, str]:
    """Return for each digest the first file that holds it; empty where none does."""
    found = dict.fromkeys(digests, "")
    for path in paths:
        digest = files[path].digest
        if found.get(digest) == "":
            found[digest] = path
    return found


def _name(store: DirectoryStore, path: str) -> str:
    """Return the name that a file gives its statement; empty where there is no file."""
    if not path.startswith(f"{HIDDEN}/"):
        return plain(stem(path))
    held = store.holding(path)  # a body has no name of its own: what it is about names it
    return plain(source_of(held, {}).name) if held else ""


def _settle(connection: Connection, names: Mapping[str, str], coming: Collection[str]) -> None:
    """Give statements their names, and states to those of no log; drop what has no file and is in no log."""
    s, d = t.state.c, t.detail.c
    logged = set(coming)
    loose: set[str] = set()
    for digest, since in _among(connection, select(s.digest, s.since), s.digest, names):
        (logged if since else loose).add(digest)
    former = dict(_among(connection, select(d.digest, d.name), d.digest, names))
    gone = sorted(digest for digest, name in names.items() if not name and digest not in logged)
    known = logged | loose
    new = sorted(digest for digest, name in names.items() if name and digest not in known)
    add(connection, t.state, [interval(State(digest), 0) for digest in new])
    for digest, name in names.items():
        if name and name != former[digest]:
            connection.execute(update(t.detail).where(d.digest == digest).values(name=name))
    for table in (*t.FACTS, t.state):
        for digest in gone:
            connection.execute(delete(table).where(table.c.digest == digest))


def _note(connection: Connection, old: Iterable[str], news: Mapping[str, _File]) -> None:
    """Write down what was read; the name of a file that is gone may be of a statement that was erased."""
    securely(connection)
    for path in sorted(old):
        connection.execute(delete(t.file).where(t.file.c.path == path))
    add(connection, t.file, [{"path": path, **one._asdict()} for path, one in news.items()])


def _among(
    connection: Connection, query: Select[Any], column: Column[Any], digests: Collection[str]
) -> Iterator[Any]:
    """Ask for rows whose column is one of some values, a chunk at a time."""
    wanted = list(digests)
    for start in range(0, len(wanted), CHUNK):
        yield from connection.execute(query.where(column.in_(wanted[start : start + CHUNK])))
