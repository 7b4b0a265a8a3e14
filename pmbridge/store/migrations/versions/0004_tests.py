"""Adds tests, their executions, and the comments in which people decide."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create all three tables."""
    op.create_table(
        "tests",
        _text("source"),
        _text("id"),
        _text("project", nullable=True),
        _text("body"),
        PrimaryKeyConstraint("source", "id", name="pk_tests"),
        Index("ix_tests_project", "source", "project"),
    )
    op.create_table(
        "executions",
        _text("source"),
        _text("id"),
        _text("test"),
        Column("at", BigInteger, nullable=False),
        _text("body"),
        PrimaryKeyConstraint("source", "id", name="pk_executions"),
        Index("ix_executions_test", "source", "test", "at"),
    )
    op.create_table(
        "comments",
        _text("source"),
        _text("id"),
        _text("item"),
        Column("at", BigInteger, nullable=False),
        _text("body"),
        PrimaryKeyConstraint("source", "id", name="pk_comments"),
        Index("ix_comments_item", "source", "item"),
    )


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=nullable)
