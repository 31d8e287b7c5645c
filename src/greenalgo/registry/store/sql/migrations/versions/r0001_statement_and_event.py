"""Statements and events, append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_REFUSAL = "a registry is append-only: nothing in it is changed or deleted"
_ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION greenalgo_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$;
CREATE TRIGGER {{table}}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {{table}}
FOR EACH STATEMENT EXECUTE FUNCTION greenalgo_append_only()
"""
_ON_SQLITE = {
    "update": "UPDATE ON {table}",
    "delete": "DELETE ON {table}",
    "replace": "INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})",
}
_SAME = {
    "statement": "digest = NEW.digest",
    "event": "position = NEW.position OR after = NEW.after",
}


def upgrade() -> None:
    """Make the tables and their triggers."""
    digest = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "statement",
        sa.Column("digest", digest, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_statement"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )
    op.create_table(
        "event",
        sa.Column("position", position, autoincrement=False, nullable=False),
        sa.Column("after", digest, nullable=False),
        sa.Column("digest", digest, nullable=False),
        sa.Column("supersedes", digest),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("edge", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event"),
        sa.CheckConstraint("position > 0", name="position"),
        sa.CheckConstraint("length(after) = 64", name="after"),
        sa.CheckConstraint("length(edge) > 0 AND length(edge) % 32 = 0", name="edge"),
    )
    op.create_index("uq_event_after", "event", ["after"], unique=True)
    op.create_index("ix_event_digest", "event", ["digest"])
    op.create_index("ix_event_supersedes", "event", ["supersedes"])
    for table, same in _SAME.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(_ON_POSTGRESQL.format(table=table))
            continue
        for name, when in _ON_SQLITE.items():
            trigger = (
                f"CREATE TRIGGER {table}_{name} BEFORE {when}\n"
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
            op.execute(trigger.format(table=table, same=same))
