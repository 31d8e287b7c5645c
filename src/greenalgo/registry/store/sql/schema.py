"""Which schema a database has; a new registry is made with the newest one, without Alembic."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select

from greenalgo.errors import CannotCheckError
from greenalgo.registry.store.sql.engine import address, open_engine, reading, writing
from greenalgo.registry.store.sql.tables import HEAD, metadata, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

#: Marks a file as a registry (``PRAGMA application_id``): "grnA".
APPLICATION = 0x67726E41


def prepare(engine: Engine, *, create: bool) -> None:
    """See to it that a database has the newest schema.

    Args:
        engine: The database.
        create: Make the tables where there are none.

    Raises:
        CannotCheckError: There is no registry, or it has an older or a newer schema.
    """
    found = find(engine)
    if not found:
        if not create:
            raise CannotCheckError(f"there is no registry at '{address(engine)}'")
        make(engine)
        return
    if found > HEAD:
        raise CannotCheckError(newer(engine, found))
    if found < HEAD:
        where = address(engine)
        raise CannotCheckError(
            f"the registry '{where}' has the schema {found} of an older greenalgo, and this one needs "
            f"{HEAD}: greenalgo registry upgrade {where}"
        )


def store_exists(url: str) -> bool:
    """Say whether there is a registry at an address; see :func:`greenalgo.registry.store.which`."""
    engine = open_engine(url, to_read=True)
    try:
        return bool(find(engine))
    finally:
        engine.dispose()


def find(engine: Engine) -> str:
    """Return the revision of a registry's schema; empty where there is no registry.

    Raises:
        CannotCheckError: The database cannot be read, or is of another program.
    """
    if engine.dialect.name == "sqlite" and not _has_content(engine):
        return ""
    with reading(engine) as connection:
        return revision(connection)


def revision(connection: Connection) -> str:
    """Return the revision that a database says it has; empty where it holds no registry.

    Raises:
        CannotCheckError: It is an SQLite file of another program.
    """
    tables = inspect(connection).get_table_names()
    if versions.name in tables:
        return str(connection.execute(select(versions.c.version_num)).scalar_one_or_none() or "")
    if tables and connection.dialect.name == "sqlite":
        path = connection.engine.url.database
        if connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION:
            raise CannotCheckError(
                f"'{path}' was written before the first release of greenalgo: export it with the "
                "greenalgo that wrote it, and import that"
            )
        raise CannotCheckError(f"'{path}' is an SQLite file, but no registry")
    return ""


def make(engine: Engine) -> None:
    """Make the tables of the newest schema, unless another program was faster."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            raw = connection.connection
            raw.rollback()  # a setting of the file, and no part of a transaction
            raw.cursor().execute("PRAGMA journal_mode = WAL")
    with writing(engine) as connection:
        if revision(connection):
            return
        metadata.create_all(connection, checkfirst=False)
        connection.execute(versions.insert().values(version_num=HEAD))
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")


def newer(engine: Engine, found: str) -> str:
    """Say that a registry has a newer schema than this greenalgo."""
    return (
        f"the registry '{address(engine)}' has the schema {found} of a newer greenalgo; "
        f"this one knows {HEAD}"
    )


def _has_content(engine: Engine) -> bool:
    """Say whether there is anything in a file; one that is absent shall not be made by looking."""
    path = engine.url.database or ""
    try:
        return os.path.getsize(path) > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CannotCheckError(f"'{path}' cannot be read: {error.strerror}") from error
