"""An event has the next position, and needs no index of the hashes before it: each entry was a page to write."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Drop the index; on SQLite, let the trigger count."""
    op.drop_index("uq_event_after", "event")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER event_replace")
        op.execute(
            "CREATE TRIGGER event_replace BEFORE INSERT ON event "
            "WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event)\n"
            "BEGIN SELECT RAISE(ABORT, 'a registry is append-only: nothing in it is changed or deleted'); END"
        )
