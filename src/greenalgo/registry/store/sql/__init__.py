"""A registry in an SQL database: SQLite with no set-up, PostgreSQL in production; one code for both.

    engine.py      connections, transactions, errors in words
    tables.py      the tables, and the triggers that keep rows from being changed
    schema.py      which schema a database has; a new one is made at once
    upgrade.py     from an older schema to this one (greenalgo registry upgrade)
    migrations/    the steps, for Alembic
    turn.py        the transaction of a commit: one that writes at a time, in two bundles
    store.py       the store
    damage.py      what verify finds in the rows

SQLAlchemy is imported here and nowhere above: whoever opens no database does not pay for it.
"""

from __future__ import annotations

from greenalgo.registry.store.sql.store import SqlStore

__all__ = ["SqlStore"]
