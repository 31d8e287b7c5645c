"""What is written into a catalogue, whoever writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.facts import facts_from, plain
from greenalgo.registry.comparison.gather import source_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

    from greenalgo.factors import FactorSet, Policy
    from greenalgo.registry.catalogue.facts import Facts
    from greenalgo.registry.record import State
    from greenalgo.registry.store.base import Holding


class Mark(NamedTuple):
    """How far a catalogue has come.

    Attributes:
        generation: A word that is new whenever the catalogue is emptied.
        events: How many events of the log it has followed.
        head: Hash of the last of them; empty where there is none.
    """

    generation: str
    events: int
    head: str


class Judge(NamedTuple):
    """What statements are harmonised with."""

    factors: FactorSet
    policy: Policy

    def facts(self, held: Holding) -> Facts:
        """Judge and recompute a statement."""
        return facts_from(source_of(held, {}), self.factors, self.policy)


def generation_of(connection: Connection) -> str | None:
    """Return the generation of a catalogue; None where there is none."""
    if not connection.dialect.has_table(connection, t.stamp.name):
        return None
    return connection.execute(select(t.stamp.c.generation)).scalar()


def write(connection: Connection, facts: Sequence[Facts]) -> None:
    """Write what statements say; what is there stays."""
    for table, rows in (
        (t.statement, [row for found in facts for row in found.statement]),
        (t.part, [row for found in facts for row in found.part]),
        (t.record, [row for found in facts for row in found.record]),
        (t.detail, [row for found in facts for row in found.detail]),
        (t.relation, [row for found in facts for row in found.relation]),
    ):
        add(connection, table, rows)


def interval(state: State, since: int) -> dict[str, Any]:
    """Return the row of a state that begins, and lasts to this day."""
    values = {name: plain(value) for name, value in state._asdict().items()}
    return {**values, "since": since, "until": t.OPEN}


def add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; those that are there stay."""
    if not rows:
        return
    make: Any = sqlite.insert
    if connection.dialect.name == "postgresql":
        # Imported here: it takes a tenth of the time in which a service on SQLite starts.
        from sqlalchemy.dialects.postgresql import insert as make
    connection.execute(make(table).on_conflict_do_nothing(), list(rows))
