"""Adds the note of which items had their comments read, and as of when."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "heard",
        _text("source"),
        _text("item"),
        Column("updated_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("source", "item", name="pk_heard"),
    )


def _text(name: str) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False)
