"""Transactions on an engine of ``store/sql/engine.py``: one writer at a time, readers that cannot run for ever."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

#: Key of PostgreSQL's advisory lock: "gacatalo".
_LOCK = 0x6761636174616C6F
#: Milliseconds after which PostgreSQL ends a query of a reader.
PATIENCE = 10_000


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write in one transaction, with every other writer of the catalogue waiting."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(greenalgo_writes=True)  # as store/sql/engine.py has it
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read in one transaction."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL statement_timeout = {PATIENCE}"))
        yield connection
