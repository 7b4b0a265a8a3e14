"""Creates the table of the baselines that people agreed on."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "freezes",
        _text("product"),
        _text("milestone"),
        Column("at", BigInteger, nullable=False),
        _text("author"),
        _text("reason"),
        _text("approver", nullable=True),
        _text("start", nullable=True),
        _text("due", nullable=True),
        PrimaryKeyConstraint("product", "milestone", "at", name="pk_freezes"),
    )


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=nullable)
