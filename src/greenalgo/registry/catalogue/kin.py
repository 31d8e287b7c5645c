"""Statements that belong together: versions of one, and statements about one artefact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from greenalgo.registry.catalogue import read
from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.comparison.family import BINDING, families_of, stem_of
from greenalgo.registry.comparison.rows import select as choose
from greenalgo.registry.record import State, is_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from greenalgo.registry.catalogue.query import Query
    from greenalgo.registry.comparison.family import Family

#: The most statements that are followed from one to the next.
MOST = 1000


def series(connection: Connection, digest: str, as_of: int | None = None) -> tuple[State, ...]:
    """Return the versions of a statement; see :meth:`.Catalogue.series`."""
    read.moment(connection, as_of)
    start = _state(connection, digest, as_of) if is_digest(digest) else None
    if start is None:
        return ()
    found, seen = [start], {digest}
    while (former := found[0].supersedes) and former not in seen and len(seen) < MOST:
        seen.add(former)
        state = _state(connection, former, as_of)
        if state is None:
            break
        found.insert(0, state)
    while (later := found[-1].superseded_by) and later not in seen and len(seen) < MOST:
        seen.add(later)
        state = _state(connection, later, as_of)
        if state is None:
            break
        found.append(state)
    return tuple(found)


def family(connection: Connection, digest: str, query: Query) -> tuple[Family, ...]:
    """Return the families of a statement; see :meth:`.Catalogue.family`."""
    if not is_digest(digest):
        return ()
    near, new = {digest}, {digest}
    while new and len(near) < MOST:
        new = _neighbours(connection, new) - near
        near |= new
    rows = choose(read.rows(connection, query, only=near), "total")
    found = families_of(rows, relations(connection, near))
    return tuple(one for one in found if any(row.digest == digest for row in one.rows))


def relations(connection: Connection, digests: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the relations of statements, by digest: kind, and what it names."""
    found: dict[str, list[tuple[str, str]]] = {digest: [] for digest in sorted(digests)}
    c = t.relation.c
    for batch in read.batches(list(found)):
        wanted = select(c.digest, c.kind, c.names).where(c.digest.in_(batch))
        for of, kind, names in connection.execute(wanted.order_by(c.digest, c.ordinal)):
            found[of].append((kind, names))
    return found


def _neighbours(connection: Connection, digests: set[str]) -> set[str]:
    """Return the statements one step away: of one name, or bound by a relation either way."""
    s, d, r = t.statement.c, t.detail.c, t.relation.c
    bases = select(s.base).where(s.digest.in_(digests))
    found = set(connection.execute(select(s.digest).where(s.base.in_(bases))).scalars())
    binding = r.kind.in_(BINDING)
    named = set(connection.execute(select(r.names).where(r.digest.in_(digests), binding)).scalars())
    stems = {stem_of(name) for name in named}
    wanted = select(d.digest).where(or_(d.digest.in_(named), d.name.in_(stems)))
    found |= set(connection.execute(wanted).scalars())
    names = set(connection.execute(select(d.name).where(d.digest.in_(digests))).scalars())
    back = select(r.digest, r.names).where(binding)
    for of, name in connection.execute(back):
        if name in digests or stem_of(name) in names:
            found.add(of)
    return found


def _state(connection: Connection, digest: str, as_of: int | None) -> State | None:
    c = t.state.c
    columns = (c.digest, c.status, c.at, c.reason, c.actor, c.supersedes, c.superseded_by)
    row = connection.execute(
        select(*columns).where(and_(c.digest == digest, read.at(as_of)))
    ).first()
    return None if row is None else State(*row)
