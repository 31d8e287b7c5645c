"""Transactions of readers: one view of the registry, and no query that runs for ever."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from greenalgo.registry.store.sql.engine import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

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
        yield connection
