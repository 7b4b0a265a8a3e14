"""Adds deployments and merge requests."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create both tables."""
    for table, instant in (("deployments", "at"), ("merge_requests", "updated_at")):
        op.create_table(
            table,
            _text("source"),
            _text("id"),
            _text("project"),
            Column(instant, BigInteger, nullable=False),
            _text("body"),
            PrimaryKeyConstraint("source", "id", name=f"pk_{table}"),
            Index(f"ix_{table}_project", "source", "project", instant),
        )


def _text(name: str) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False)
