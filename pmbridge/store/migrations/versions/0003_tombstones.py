"""Adds what trackers no longer show, and when that was last looked into."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "tombstones",
        _text("source"),
        _text("item"),
        _text("project"),
        _text("key"),
        _text("reason"),
        Column("confirmed_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("source", "item", name="pk_tombstones"),
        ForeignKeyConstraint(
            ["source", "item"], ["items.source", "items.id"], name="fk_tombstones_item", ondelete="CASCADE"
        ),
        Index("ix_tombstones_project", "source", "project"),
    )
    op.create_table(
        "reconciliations",
        _text("source"),
        _text("project"),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("source", "project", name="pk_reconciliations"),
    )


def _text(name: str) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False)
