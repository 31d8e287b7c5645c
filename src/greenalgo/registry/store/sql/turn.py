"""A turn at writing: the transaction of a commit, in the driver's own words.

Its queries are short: SQLAlchemy takes longer over each than SQLite does, and PostgreSQL is asked by wire.
Here they go in two bundles, one that reads and one that writes and commits. PostgreSQL gets each in one
journey (psycopg's pipeline).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.exc import DBAPIError

from greenalgo.errors import GreenalgoError
from greenalgo.registry.store.sql.engine import SEQUENCER, TAKE_TURN, WAIT, worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine
    from sqlalchemy.pool import PoolProxiedConnection

#: SQL with ``?`` for values, and the values.
Query: TypeAlias = tuple[str, tuple[object, ...]]
Rows: TypeAlias = list[tuple[Any, ...]]
#: From how many rows on PostgreSQL takes them faster as a COPY, which needs journeys of its own.
MANY = 30


class Table:
    """A table, and how rows get into it.

    Args:
        name: Its name.
        columns: What is given, with the types that PostgreSQL has for it.

    Attributes:
        insert: An INSERT of one row, with ``?`` for values.
        copy: A COPY of rows. Binary: as text, bytes travel as hexadecimal digits.
        types: The types, in the order of the values.
    """

    def __init__(self, name: str, **columns: str) -> None:
        names, values = ", ".join(columns), ", ".join("?" * len(columns))
        self.insert = f"INSERT INTO {name} ({names}) VALUES ({values})"  # noqa: S608 - names of ours
        self.copy = f"COPY {name} ({names}) FROM STDIN (FORMAT BINARY)"
        self.types = tuple(columns.values())


#: Rows, and where they belong.
Insert: TypeAlias = "tuple[Table, Sequence[tuple[object, ...]]]"


class Turn:
    """A transaction that is the only one to write; on SQLite.

    Args:
        engine: The database.
        connection: The driver's connection, in no transaction.

    Attributes:
        connection: The same.
    """

    def __init__(self, engine: Engine, connection: Any) -> None:
        self._engine = engine
        self.connection = connection
        self._begun = False

    def read(self, *queries: Query) -> list[Rows]:
        """Return the rows that each query finds."""
        if not self._begun:
            self._begun = True
            self.connection.execute("BEGIN IMMEDIATE")
        return [self.connection.execute(sql, values).fetchall() for sql, values in queries]

    def commit(self, inserts: Sequence[Insert], last: Sequence[Query] = ()) -> None:
        """Write rows, and end the turn: they are durable when this returns.

        Args:
            inserts: The rows, a table after the other.
            last: What else is to be done, once they are in.
        """
        for table, rows in inserts:
            self.connection.executemany(table.insert, rows)
        for sql, values in last:
            self.connection.execute(sql, values)
        self.connection.commit()


class BundledTurn(Turn):
    """The same on PostgreSQL."""

    def read(self, *queries: Query) -> list[Rows]:
        """Return the rows that each query finds; the first ones travel with the wait for the turn."""
        first = () if self._begun else ((TAKE_TURN, (WAIT, SEQUENCER)),)
        self._begun = True
        with self.connection.pipeline():
            cursors = [
                self.connection.execute(worded(self._engine, sql), values)
                for sql, values in (*first, *queries)
            ]
        return [cursor.fetchall() for cursor in cursors[len(first) :]]

    def commit(self, inserts: Sequence[Insert], last: Sequence[Query] = ()) -> None:
        """Write rows, and end the turn, as above."""
        for table, rows in inserts:
            if len(rows) >= MANY:
                with self.connection.cursor().copy(table.copy) as stream:
                    stream.set_types(table.types)
                    for row in rows:
                        stream.write_row(row)
        with self.connection.pipeline():
            for table, rows in inserts:
                if len(rows) < MANY:
                    sql = worded(self._engine, table.insert)
                    self.connection.cursor().executemany(sql, rows)
            for sql, values in last:
                self.connection.execute(worded(self._engine, sql), values)
            self.connection.commit()


class Turns:
    """Turns at writing to a database.

    On SQLite a connection is kept from turn to turn: to borrow one of the pool takes longer than the queries of a
    submission do.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_sqlite = engine.dialect.name == "sqlite"
        self._kept: list[PoolProxiedConnection] = []

    @contextmanager
    def take(self) -> Iterator[Turn]:
        """Lend a turn. What it has not committed at the end is undone.

        Raises:
            SQLAlchemyError: The database cannot be written, or another writer takes too long.
        """
        dialect = self._engine.dialect
        failure = dialect.loaded_dbapi.Error
        lost = False
        try:
            lent = self._borrow()
            try:
                kind = Turn if self._on_sqlite else BundledTurn
                yield kind(self._engine, lent.driver_connection)
            except BaseException as error:
                if isinstance(error, failure):
                    lost = dialect.is_disconnect(error, lent.dbapi_connection, None)
                if not isinstance(error, GreenalgoError):
                    lent.invalidate(error)  # nobody knows in which state it is
                raise
            finally:
                self._give_back(lent)
        except failure as error:
            raise DBAPIError.instance(
                None, None, error, failure, connection_invalidated=lost, dialect=dialect
            ) from error

    def close(self) -> None:
        """Give the connections that are kept back to the pool."""
        while self._kept:
            self._kept.pop().close()

    def _borrow(self) -> PoolProxiedConnection:
        try:
            return self._kept.pop()  # and not another thread too
        except IndexError:
            return self._engine.raw_connection()

    def _give_back(self, lent: PoolProxiedConnection) -> None:
        if not (self._on_sqlite and lent.is_valid):
            lent.close()
            return
        connection: Any = lent.driver_connection
        if connection.in_transaction:
            connection.rollback()
        self._kept.append(lent)
