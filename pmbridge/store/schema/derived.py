"""What is worked out from changes when they are stored: how long a value, or a membership, lasted."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from pmbridge.store.columns import instant, metadata, number, of_item, only_where, words

intervals = Table(
    "intervals",
    metadata,
    words("source"),
    words("item"),
    words("field"),
    number("position"),
    words("value", nullable=True),
    instant("since"),
    instant("until", nullable=True),
    PrimaryKeyConstraint("source", "item", "field", "position", name="pk_intervals"),
    of_item("fk_intervals_item"),
    only_where("ix_intervals_assignee", "field = 'assignees'", "source", "value"),
    sqlite_with_rowid=False,
)

memberships = Table(
    "memberships",
    metadata,
    words("source"),
    words("item"),
    words("milestone"),
    instant("since"),
    instant("until", nullable=True),
    PrimaryKeyConstraint("source", "item", "milestone", "since", name="pk_memberships"),
    of_item("fk_memberships_item"),
    Index("ix_memberships_milestone", "source", "milestone", "since"),
    sqlite_with_rowid=False,
)
