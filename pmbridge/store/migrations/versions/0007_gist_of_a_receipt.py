"""Adds to a receipt what a reader takes from the text that was written."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; what was written before has none, and is edited once more."""
    words = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    op.add_column("receipts", Column("gist", words, nullable=True))
