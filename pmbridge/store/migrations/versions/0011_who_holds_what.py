"""Adds an index by which the work of some people is found without a look at the work of all others."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the index."""
    chosen = text("field = 'assignees'")
    columns = ["source", "value"]
    op.create_index("ix_intervals_assignee", "intervals", columns, sqlite_where=chosen, postgresql_where=chosen)
