"""Tokens, trusted publishers and their keys, used ids of CI tokens, blind deposits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    digest = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "token",
        sa.Column("id", sa.String(10), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_on", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.CheckConstraint("length(hash) = 64", name="hash"),
        sa.CheckConstraint("expires_at > made_at", name="expires_at"),
    )
    op.create_table(
        "publisher",
        sa.Column("id", sa.String(10), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("repository_id", sa.String(20), nullable=False),
        sa.Column("owner_id", sa.String(20), nullable=False),
        sa.Column("workflow", sa.String(200), nullable=False),
        sa.Column("ref", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publisher"),
    )
    op.create_table(
        "issuer",
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("fetched_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("issuer", name="pk_issuer"),
        sa.CheckConstraint("kind IN ('github', 'gitlab')", name="kind"),
    )
    op.create_table(
        "used_id",
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("jti", sa.String(200), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "jti", name="pk_used_id"),
    )
    op.create_table(
        "deposit",
        sa.Column("commitment", digest, nullable=False),
        sa.Column("review_hash", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("commitment", name="pk_deposit"),
        sa.CheckConstraint("length(commitment) = 64", name="commitment"),
        sa.CheckConstraint("length(review_hash) = 64", name="review_hash"),
    )
    op.create_index("uq_deposit_review_hash", "deposit", ["review_hash"], unique=True)
