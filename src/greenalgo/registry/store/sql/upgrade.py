"""From an older schema to the newest one, all of it or nothing, with every row as it was."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import event

from greenalgo.errors import CannotCheckError
from greenalgo.registry.store.files import sync
from greenalgo.registry.store.sql.engine import address, open_engine, writing
from greenalgo.registry.store.sql.schema import find, newer, revision
from greenalgo.registry.store.sql.tables import HEAD

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection

SCRIPTS = os.path.join(os.path.dirname(__file__), "migrations")


class Upgraded(NamedTuple):
    """What :func:`upgrade` did.

    Attributes:
        before: The revision that the database had.
        after: The one that it has.
        backup: The copy of an SQLite file as it was; empty where there was nothing to do, and for
            PostgreSQL.
    """

    before: str
    after: str
    backup: str = ""


def upgrade(url: str, *, head: str = HEAD, scripts: str = SCRIPTS, copied: bool = True) -> Upgraded:
    """Bring a registry to a newer schema.

    Everything happens in one transaction, which keeps other writers waiting: whoever is killed in it
    leaves the registry as it was.

    Args:
        url: As for :class:`greenalgo.registry.store.sql.SqlStore`.
        head: The revision to reach.
        scripts: The folder of the steps.
        copied: Copy an SQLite file beside first.

    Raises:
        CannotCheckError: There is no registry, it has a newer schema, or a step failed.
    """
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            # A step that makes a table anew drops the old one, which others refer to.
            event.listen(engine, "connect", _loosen)
        if not find(engine):
            raise CannotCheckError(f"there is no registry at '{address(engine)}'")
        with writing(engine) as connection:
            before = revision(connection)
            if before == head:
                return Upgraded(before, head)
            if not before < head:
                raise CannotCheckError(newer(engine, before))
            copied = copied and _is_sqlite(connection)
            backup = _copy(engine.url.database or "", before) if copied else ""
            migrate(connection, head, scripts)
            _check_references(connection)
        return Upgraded(before, head, backup)
    finally:
        engine.dispose()


def migrate(connection: Connection, head: str, scripts: str = SCRIPTS) -> None:
    """Run the steps up to a revision, in the transaction of a connection.

    Raises:
        CannotCheckError: There is no such step.
    """
    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, head)
    except CommandError as error:
        raise CannotCheckError(f"the steps to schema {head} cannot be run: {error}") from error


def _loosen(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")


def _check_references(connection: Connection) -> None:
    """Refuse a result in which a row refers to one that is not there."""
    if _is_sqlite(connection):
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise CannotCheckError(
                f"the upgrade was undone: {len(lost)} rows would refer to rows that are not there"
            )


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _copy(path: str, revision: str) -> str:
    """Copy an SQLite file, with what is in its write-ahead log, durably; return the copy's name."""
    target = f"{path}.schema-{revision}"
    part = f"{target}.part"
    if os.path.exists(part):  # of a program that was killed
        os.unlink(part)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    os.replace(part, target)
    sync(os.path.dirname(target))
    return target
