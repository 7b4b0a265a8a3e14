"""What trackers hold, as the last sync found it, and every change of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from pmbridge.store.columns import instant, metadata, number, of_item, where_known, words

sources = Table(
    "sources",
    metadata,
    words("name"),
    words("kind"),
    words("url"),
    words("mapping", nullable=True),
    PrimaryKeyConstraint("name", name="pk_sources"),
)

items = Table(
    "items",
    metadata,
    words("source"),
    words("id"),
    words("key"),
    words("project"),
    instant("updated_at"),
    instant("seen_at"),
    words("gap", nullable=True),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_items"),
    Index("ix_items_project", "source", "project", "seen_at"),
    Index("ix_items_key", "source", "key"),
    where_known("ix_items_gap", "source", "project", "gap"),
)

changes = Table(
    "changes",
    metadata,
    words("source"),
    words("item"),
    words("history"),
    number("position"),
    instant("at"),
    words("author", nullable=True),
    words("field"),
    words("before", nullable=True),
    words("after", nullable=True),
    words("before_name", nullable=True),
    words("after_name", nullable=True),
    PrimaryKeyConstraint("source", "item", "history", "position", name="pk_changes"),
    of_item("fk_changes_item"),
    sqlite_with_rowid=False,
)

milestones = Table(
    "milestones",
    metadata,
    words("source"),
    words("id"),
    words("project"),
    instant("missing_since", nullable=True),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_milestones"),
)

milestone_observations = Table(
    "milestone_observations",
    metadata,
    words("source"),
    words("milestone"),
    instant("seen_at"),
    words("title"),
    words("start", nullable=True),
    words("due", nullable=True),
    PrimaryKeyConstraint("source", "milestone", "seen_at", name="pk_milestone_observations"),
)

links = Table(
    "links",
    metadata,
    words("source"),
    words("id"),
    words("item"),
    words("target"),
    words("kind"),
    words("type"),
    words("phrase"),
    PrimaryKeyConstraint("source", "id", name="pk_links"),
    Index("ix_links_item", "source", "item"),
    Index("ix_links_target", "source", "target"),
)

worklogs = Table(
    "worklogs",
    metadata,
    words("source"),
    words("id"),
    words("item"),
    words("author", nullable=True),
    instant("started_at"),
    Column("seconds", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "id", name="pk_worklogs"),
    of_item("fk_worklogs_item"),
    Index("ix_worklogs_item", "source", "item"),
)

people = Table(
    "people",
    metadata,
    words("source"),
    words("id"),
    words("name"),
    words("username", nullable=True),
    words("email", nullable=True),
    number("bot"),
    PrimaryKeyConstraint("source", "id", name="pk_people"),
)

statuses = Table(
    "statuses",
    metadata,
    words("source"),
    words("id"),
    words("name"),
    words("category"),
    PrimaryKeyConstraint("source", "id", name="pk_statuses"),
)

comments = Table(
    "comments",
    metadata,
    words("source"),
    words("id"),
    words("item"),
    instant("at"),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_comments"),
    Index("ix_comments_item", "source", "item"),
)

raw_payloads = Table(
    "raw_payloads",
    metadata,
    words("source"),
    words("item"),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "item", name="pk_raw_payloads"),
    of_item("fk_raw_payloads_item"),
)

heard = Table(
    "heard",
    metadata,
    words("source"),
    words("item"),
    instant("updated_at"),
    PrimaryKeyConstraint("source", "item", name="pk_heard"),
)
