"""Adds how often each project has changed, with counts that hold as of a change, and what an assessment has seen."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table and the columns; what is not counted yet is counted by the next sync."""
    op.create_table(
        "revisions",
        _text("source", nullable=False),
        _text("project", nullable=False),
        Column("revision", BigInteger, nullable=False),
        *(Column(name, BigInteger) for name in ("counted", "items", "changes", "gone")),
        PrimaryKeyConstraint("source", "project", name="pk_revisions"),
    )
    op.add_column("assessments", _text("seen"))
    op.add_column("assessments", Column("until", BigInteger))


def _text(name: str, *, nullable: bool = True) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=nullable)
