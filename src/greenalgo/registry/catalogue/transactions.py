"""Transactions of readers: one view of the registry, no query that runs for ever, and none that is worded twice."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, bindparam, text

from greenalgo.registry.store.sql.engine import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Dialect, Engine, Select

#: Milliseconds after which PostgreSQL ends a query.
PATIENCE = 10_000


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read in one transaction, so that all queries see the same.

    Raises:
        CannotCheckError: The database cannot be read, or takes too long.
    """
    with in_words(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execute(text(f"SET LOCAL statement_timeout = {PATIENCE}"))
        else:
            connection.begin()  # nothing else does so for queries that the driver answers
        yield connection


class Worded:
    """A query in the words of a driver: to put it together and to word it takes longer than a page takes to be found.

    Args:
        wanted: The query; values that are not given with it have names (:func:`named`).
        dialect: The database's.
    """

    def __init__(self, wanted: Select[Any], dialect: Dialect) -> None:
        compiled = wanted.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self._sql = str(compiled)
        self._values = compiled.params
        self._order: list[str] | None = getattr(compiled, "positiontup", None)

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows that it finds, with values for those that have names.

        Those of SQLite come from its driver alone, for SQLAlchemy's bookkeeping takes longer than most queries.
        """
        given = {**self._values, **values}
        ready = given if self._order is None else tuple(given[name] for name in self._order)
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            return driver.execute(self._sql, ready).fetchall()
        return [tuple(row) for row in connection.exec_driver_sql(self._sql, ready)]


def named(name: str, like: ColumnElement[Any]) -> BindParameter[Any]:
    """Return the place of a value that is given later, of the type of a column."""
    return bindparam(name, None, type_=like.type)
