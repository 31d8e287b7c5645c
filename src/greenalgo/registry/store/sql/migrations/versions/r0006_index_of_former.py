"""An event that supersedes nothing needs no place in the index of those that do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the index anew, of the events that supersede a statement."""
    some = sa.text("supersedes IS NOT NULL")
    op.drop_index("ix_event_supersedes", "event")
    op.create_index(
        "ix_event_supersedes", "event", ["supersedes"], sqlite_where=some, postgresql_where=some
    )
