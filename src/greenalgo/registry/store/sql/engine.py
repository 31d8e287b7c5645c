"""Connections to SQLite and PostgreSQL: settings, transactions, and errors in words.

SQLite runs with a write-ahead log and ``synchronous=FULL``: one fdatasync a transaction, and readers are
never kept waiting. PostgreSQL needs psycopg 3 (``pip install 'greenalgo[server]'``).
"""

from __future__ import annotations

import importlib.util
import os
import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from greenalgo.errors import CannotCheckError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

#: Seconds to wait for another writer, and for a free connection of the pool.
PATIENCE = 30.0
#: Connections that are kept open for the next who needs one, and how many more there may be for a while. A service
#: works on 32 requests at once, and PostgreSQL has 100 connections unless it is told otherwise.
POOL = 20
#: What SQLite says where it may not read or write.
_REFUSED = ("unable to open database file", "readonly database")
#: Seconds to wait for a server to answer a new connection.
REACH = 10
#: Rows that are read at once while going through a table.
_PAGE = 500
#: Keeps writers of a PostgreSQL registry in line (``pg_advisory_xact_lock``): "grnA".
SEQUENCER = 0x67726E41
#: What of the query of an address may be shown, and is needed to find the database again.
_SHOWN = frozenset({"host", "port"})
#: Waits for the other writers of PostgreSQL, until the end of the transaction.
# set_config with true: for this transaction alone, so that a pooler between can hand it on.
# An answer means that a power cut cannot undo it: a server that is set up to lie is asked not to.
TAKE_TURN = """
SELECT set_config('lock_timeout', ?, true),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true),
  pg_advisory_xact_lock(?)
"""
#: Its first value: how long to wait for locks.
WAIT = f"{int(PATIENCE * 1000)}ms"
#: What is deleted on a connection of SQLite from here on is overwritten with zeros, and not only forgotten.
SECURELY = "PRAGMA secure_delete = ON"


def open_engine(url: str, *, to_read: bool = False) -> Engine:
    """Make an engine; nothing is connected yet.

    Args:
        url: ``sqlite:///FILE``, or ``postgresql://USER:PASSWORD@HOST/DATABASE`` (``?host=/run/postgresql``
            for a socket).
        to_read: Nothing will be written. A file of SQLite in a folder that is read-only (a medium, a mount) can be
            read then, where nobody has it open: with a write-ahead log, SQLite has to write beside it.

    Raises:
        CannotCheckError: It is no such address, or psycopg is not installed.
    """
    if url.lower().startswith("sqlite://"):
        return _sqlite(url, to_read=to_read)
    return _postgresql(url)


def address(engine: Engine) -> str:
    """Return where a database is, without password: for permalinks and messages."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{url.database}"
    query = {name: value for name, value in url.query.items() if name in _SHOWN}
    shown = url.set(drivername="postgresql", query=query)._replace(password=None)
    return shown.render_as_string()


def worded(engine: Engine, sql: str) -> str:
    """Return SQL with ``?`` for values in the way that the driver writes them."""
    return sql if engine.dialect.name == "sqlite" else sql.replace("?", "%s")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Lend a connection for reading. Each query is a transaction of its own: that spares BEGIN and ROLLBACK.

    Raises:
        CannotCheckError: The database cannot be read.
    """
    with in_words(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        else:
            connection.execution_options(greenalgo_begin="")
        yield connection


def query(engine: Engine, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
    """Answer one query; of SQLite by its driver alone, for SQLAlchemy's bookkeeping takes longer than the query.

    Args:
        engine: The engine.
        sql: With ``?`` for values.
        values: The values.

    Raises:
        CannotCheckError: The database cannot be read.
    """
    if engine.dialect.name != "sqlite":
        with reading(engine) as connection:
            found = connection.exec_driver_sql(worded(engine, sql), values)
            return [tuple(row) for row in found]
    with in_words(engine), closing(engine.raw_connection()) as lent:
        cursor = lent.cursor()
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def query_all(engine: Engine, sql: str, first: str | int) -> Iterator[tuple[Any, ...]]:
    """Go through a table by its key, a page at a time; no connection is kept between.

    Args:
        engine: The engine.
        sql: With the key as its first column, the key after which to go on and the number of rows as its values.
        first: What comes before all keys.

    Raises:
        CannotCheckError: The database cannot be read.
    """
    last: object = first
    while True:
        rows = query(engine, sql, (last, _PAGE))
        yield from rows
        if len(rows) < _PAGE:
            return
        last = rows[-1][0]


def impatient(engine: Engine) -> sqlite3.Connection:
    """Open a connection to a file of SQLite that reads only, and gives up at once where it would have to wait.

    It belongs to the caller, who uses it in one thread at a time and closes it.
    """
    path = str(engine.url.database)
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Lend a connection for a transaction that is the only one to write; commit it at the end.

    Raises:
        CannotCheckError: The database cannot be written, or another writer takes too long.
    """
    with in_words(engine), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A transaction that reads first and writes then may be refused at once; one that says so waits.
            connection.execution_options(greenalgo_begin="BEGIN IMMEDIATE")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(worded(engine, TAKE_TURN), (WAIT, SEQUENCER))
            yield connection


def securely(connection: Connection) -> None:
    """Have what is deleted from here on overwritten, on SQLite."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(SECURELY)


def overwrite(engine: Engine) -> None:
    """Bring a deletion from the write-ahead log of SQLite into the file, and empty the log: it has old pages.

    Where a reader keeps it from being emptied now, whoever next does so finds it done. PostgreSQL keeps dead rows
    until ``VACUUM FULL``, which is its keeper's to run: it locks the table.
    """
    if engine.dialect.name == "sqlite":
        query(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def in_words(engine: Engine) -> Iterator[None]:
    """Turn the errors of a database into ours, in a sentence and without a password."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        text = " ".join(said.split())
        if engine.url.password:
            text = text.replace(str(engine.url.password), "***")
        if "append-only" in text:
            raise RegistryError(text.partition(" CONTEXT:")[0]) from None
        refused = any(words in text for words in _REFUSED)
        raise CannotCheckError(
            f"the registry '{address(engine)}' cannot be used: {text}",
            hint="see who may read and write the file, and make files in its folder"
            if refused
            else "",
        ) from None


def _sqlite(url: str, *, to_read: bool) -> Engine:
    path = url[len("sqlite:///") :]
    if not url.lower().startswith("sqlite:///") or not path:
        raise CannotCheckError(f"'{url}' names no file: write sqlite:///FILE")
    path = os.path.abspath(path)  # a connection may be opened after the program went elsewhere
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=path),
        connect_args={"timeout": PATIENCE},
        pool_size=POOL,
        max_overflow=POOL,
        hide_parameters=True,
        **({"creator": partial(_connect_still, path)} if to_read and _is_still(path) else {}),
    )
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _is_still(path: str) -> bool:
    """Say whether a file of SQLite is in a folder that is read-only, and nobody has it open there."""
    writable = os.access(os.path.dirname(path), os.W_OK)
    return os.path.isfile(path) and not writable and not os.path.exists(f"{path}-wal")


def _connect_still(path: str) -> sqlite3.Connection:
    address = f"file:{quote(path)}?immutable=1"
    return sqlite3.connect(address, timeout=PATIENCE, uri=True, check_same_thread=False)


def _settle(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 shall not begin and commit by itself
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("greenalgo_begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


def _postgresql(url: str) -> Engine:
    wanted = "write postgresql://USER@HOST/DATABASE"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise CannotCheckError(f"this is no address of a database: {wanted}") from None
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        scheme = parsed.drivername
        raise CannotCheckError(f"a registry cannot be kept behind '{scheme}://': {wanted}")
    if not parsed.database:
        raise CannotCheckError(f"the address names no database: {wanted}")
    if importlib.util.find_spec("psycopg") is None:
        raise CannotCheckError(
            "a registry in PostgreSQL needs psycopg, which is not installed: "
            "pip install 'greenalgo[server]'"
        )
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": REACH},
        # each statement sees what was committed before it, so the end of the log after the wait
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,  # a server that was started again is no error
        pool_timeout=PATIENCE,
        pool_size=POOL,
        max_overflow=POOL,
        hide_parameters=True,
    )
