"""Adds what is derived from histories, and what several machines share."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables; `store migrate` and the next page of an item fill what is derived."""
    _derived()
    _shared()
    op.add_column("certificates", _text("project", nullable=True))
    op.add_column("sources", _text("mapping", nullable=True))


def _derived() -> None:
    op.create_table(
        "intervals",
        _text("source"),
        _text("item"),
        _text("field"),
        Column("position", Integer, nullable=False),
        _text("value", nullable=True),
        _instant("since"),
        _instant("until", nullable=True),
        PrimaryKeyConstraint("source", "item", "field", "position", name="pk_intervals"),
        _of_item("fk_intervals_item"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "memberships",
        _text("source"),
        _text("item"),
        _text("milestone"),
        _instant("since"),
        _instant("until", nullable=True),
        PrimaryKeyConstraint("source", "item", "milestone", "since", name="pk_memberships"),
        _of_item("fk_memberships_item"),
        Index("ix_memberships_milestone", "source", "milestone", "since"),
        sqlite_with_rowid=False,
    )


def _shared() -> None:
    op.create_table(
        "budgets",
        _text("source"),
        Column("spent", BigInteger, nullable=False),
        _instant("since"),
        _instant("closed_until"),
        PrimaryKeyConstraint("source", name="pk_budgets"),
    )
    op.create_table(
        "runs",
        _text("id"),
        _text("kind"),
        _text("subject"),
        _instant("started_at"),
        _instant("finished_at", nullable=True),
        _text("outcome", nullable=True),
        _text("body"),
        PrimaryKeyConstraint("id", name="pk_runs"),
        Index("ix_runs_started_at", "started_at"),
    )


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _of_item(name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["source", "item"], ["items.source", "items.id"], name=name, ondelete="CASCADE")
