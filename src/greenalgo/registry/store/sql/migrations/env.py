"""What Alembic runs: the steps, on the connection and in the transaction that ``upgrade.py`` opened."""

from __future__ import annotations

from alembic import context

from greenalgo.registry.store.sql.tables import metadata, versions

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=versions.name,
    render_as_batch=True,
)
context.run_migrations()
