"""``greenalgo registry upgrade``: from an older schema of a database to this one."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.registry.store.which import DATABASES, scheme_of, shown


@click.command(short_help="Bring a database to the newest schema.")
@click.argument("store_url", metavar="sqlite:///FILE|postgresql://…")
def upgrade(store_url: str) -> None:
    """Bring a registry that an older greenalgo wrote to the schema of this one.

    All of it happens, or nothing. An SQLite file is copied beside first; stop the service before, and
    make a backup of a PostgreSQL database (pg_dump).

    \b
    Example:
      greenalgo registry upgrade sqlite:///registry.db
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if scheme_of(store_url) not in DATABASES:
        raise click.UsageError("only a database has a schema: sqlite:///FILE or postgresql://…")
    # Imported here: Alembic is for this command alone.
    from greenalgo.registry.store.sql.upgrade import upgrade as upgrade_store

    done = upgrade_store(store_url)
    if done.before == done.after:
        emit(f"{shown(store_url)}: has the newest schema, {done.after}; nothing to do\n")
        return
    backup = f"; as it was: {done.backup}" if done.backup else ""
    emit(f"{shown(store_url)}: upgraded from schema {done.before} to {done.after}{backup}\n")
