"""The check that a catalogue is derived: built anew it is the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.transactions import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

#: Table -> key of a row -> hash of the row.
Contents = dict[str, dict[tuple[object, ...], bytes]]


class Difference(NamedTuple):
    """What a catalogue had that does not follow from its store, and the other way round.

    Attributes:
        statements: How many statements it has now.
        changed: Table -> how many rows are new, gone or others; empty where nothing differs.
    """

    statements: int
    changed: Mapping[str, int]


def contents(engine: Engine) -> Contents:
    """Return what is in the tables, a hash for each row."""
    found: Contents = {}
    with reading(engine) as connection:
        for table in t.metadata.sorted_tables:
            if table in (t.stamp, t.file):  # what was seen when, and not what the registry says
                continue
            keys = len(table.primary_key.columns)
            rows = connection.execute(select(table))
            found[table.name] = {
                row[:keys]: hashlib.sha256(repr(tuple(row)).encode()).digest() for row in rows
            }
    return found


def difference(before: Contents, after: Contents) -> Difference:
    """Compare two contents."""
    changed = {}
    for name, rows in after.items():
        old = before.get(name, {})
        count = sum(old.get(key) != rows.get(key) for key in {*old, *rows})
        if count:
            changed[name] = count
    return Difference(len(after[t.detail.name]), changed)
