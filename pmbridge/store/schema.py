"""The tables of the store.

Every column has a type that both SQLite and PostgreSQL hand over as it is: instants are UTC microseconds in a
big integer, dates ``yyyy-mm-dd``, flags 0 or 1, structured values JSON text. What is asked for in a query is a
column of its own; what is only ever read whole stays in ``body``. A change here needs a new migration.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, Table

from pmbridge.store.columns import TEXT
from pmbridge.store.columns import instant as _instant
from pmbridge.store.columns import number as _number
from pmbridge.store.columns import of_item as _of_item
from pmbridge.store.columns import serial as _serial
from pmbridge.store.columns import where_known as _where_known
from pmbridge.store.columns import words as _text

__all__ = ["REVISION", "TEXT", "metadata"]

#: The revision that this program reads and writes: the newest migration.
REVISION = "0005"

metadata = MetaData()


sources = Table(
    "sources",
    metadata,
    _text("name"),
    _text("kind"),
    _text("url"),
    _text("mapping", nullable=True),
    PrimaryKeyConstraint("name", name="pk_sources"),
)

items = Table(
    "items",
    metadata,
    _text("source"),
    _text("id"),
    _text("key"),
    _text("project"),
    _instant("updated_at"),
    _instant("seen_at"),
    _text("gap", nullable=True),
    _text("body"),
    PrimaryKeyConstraint("source", "id", name="pk_items"),
    Index("ix_items_project", "source", "project", "seen_at"),
    Index("ix_items_key", "source", "key"),
    _where_known("ix_items_gap", "source", "project", "gap"),
)

changes = Table(
    "changes",
    metadata,
    _text("source"),
    _text("item"),
    _text("history"),
    _number("position"),
    _instant("at"),
    _text("author", nullable=True),
    _text("field"),
    _text("before", nullable=True),
    _text("after", nullable=True),
    _text("before_name", nullable=True),
    _text("after_name", nullable=True),
    PrimaryKeyConstraint("source", "item", "history", "position", name="pk_changes"),
    _of_item("fk_changes_item"),
    sqlite_with_rowid=False,
)

intervals = Table(
    "intervals",
    metadata,
    _text("source"),
    _text("item"),
    _text("field"),
    _number("position"),
    _text("value", nullable=True),
    _instant("since"),
    _instant("until", nullable=True),
    PrimaryKeyConstraint("source", "item", "field", "position", name="pk_intervals"),
    _of_item("fk_intervals_item"),
    sqlite_with_rowid=False,
)

memberships = Table(
    "memberships",
    metadata,
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

milestones = Table(
    "milestones",
    metadata,
    _text("source"),
    _text("id"),
    _text("project"),
    _instant("missing_since", nullable=True),
    _text("body"),
    PrimaryKeyConstraint("source", "id", name="pk_milestones"),
)

milestone_observations = Table(
    "milestone_observations",
    metadata,
    _text("source"),
    _text("milestone"),
    _instant("seen_at"),
    _text("title"),
    _text("start", nullable=True),
    _text("due", nullable=True),
    PrimaryKeyConstraint("source", "milestone", "seen_at", name="pk_milestone_observations"),
)

links = Table(
    "links",
    metadata,
    _text("source"),
    _text("id"),
    _text("item"),
    _text("target"),
    _text("kind"),
    _text("type"),
    _text("phrase"),
    PrimaryKeyConstraint("source", "id", name="pk_links"),
    Index("ix_links_item", "source", "item"),
    Index("ix_links_target", "source", "target"),
)

worklogs = Table(
    "worklogs",
    metadata,
    _text("source"),
    _text("id"),
    _text("item"),
    _text("author", nullable=True),
    _instant("started_at"),
    Column("seconds", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "id", name="pk_worklogs"),
    _of_item("fk_worklogs_item"),
    Index("ix_worklogs_item", "source", "item"),
)

people = Table(
    "people",
    metadata,
    _text("source"),
    _text("id"),
    _text("name"),
    _text("username", nullable=True),
    _text("email", nullable=True),
    _number("bot"),
    PrimaryKeyConstraint("source", "id", name="pk_people"),
)

statuses = Table(
    "statuses",
    metadata,
    _text("source"),
    _text("id"),
    _text("name"),
    _text("category"),
    PrimaryKeyConstraint("source", "id", name="pk_statuses"),
)

raw_payloads = Table(
    "raw_payloads",
    metadata,
    _text("source"),
    _text("item"),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("source", "item", name="pk_raw_payloads"),
    _of_item("fk_raw_payloads_item"),
)

watermarks = Table(
    "watermarks",
    metadata,
    _text("source"),
    _text("project"),
    _instant("watermark", nullable=True),
    _instant("started_at", nullable=True),
    _instant("since", nullable=True),
    _text("cursor", nullable=True),
    PrimaryKeyConstraint("source", "project", name="pk_watermarks"),
)

certificates = Table(
    "certificates",
    metadata,
    _serial(),
    _text("source"),
    _text("status"),
    _instant("started_at"),
    _instant("finished_at"),
    _text("body"),
    _text("project", nullable=True),
    Index("ix_certificates_source", "source", "id"),
)

assessments = Table(
    "assessments",
    metadata,
    _serial(),
    _text("product"),
    _instant("as_of"),
    _text("digest"),
    _number("published"),
    _text("body"),
    Index("ix_assessments_product", "product", "as_of", "digest", unique=True),
)

receipts = Table(
    "receipts",
    metadata,
    _serial(),
    _text("run_id"),
    _instant("at"),
    _text("source"),
    _text("target"),
    _text("project"),
    _text("key"),
    _text("surface"),
    _text("slot"),
    _text("action"),
    _text("before_fp", nullable=True),
    _text("after_fp", nullable=True),
    _text("remote_id", nullable=True),
    _text("url", nullable=True),
    _text("notifies"),
    _text("outcome"),
    _text("error", nullable=True),
    _text("previous_text", nullable=True),
    Index("ix_receipts_place", "source", "target", "surface", "slot"),
    Index("ix_receipts_run", "run_id"),
)

leases = Table(
    "leases",
    metadata,
    _text("source"),
    _text("holder"),
    _instant("expires_at"),
    Column("token", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", name="pk_leases"),
)

budgets = Table(
    "budgets",
    metadata,
    _text("source"),
    Column("spent", BigInteger, nullable=False),
    _instant("since"),
    _instant("closed_until"),
    PrimaryKeyConstraint("source", name="pk_budgets"),
)

runs = Table(
    "runs",
    metadata,
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

tests = Table(
    "tests",
    metadata,
    _text("source"),
    _text("id"),
    _text("project", nullable=True),
    _text("body"),
    PrimaryKeyConstraint("source", "id", name="pk_tests"),
    Index("ix_tests_project", "source", "project"),
)

executions = Table(
    "executions",
    metadata,
    _text("source"),
    _text("id"),
    _text("test"),
    _instant("at"),
    _text("body"),
    PrimaryKeyConstraint("source", "id", name="pk_executions"),
    Index("ix_executions_test", "source", "test", "at"),
)

freezes = Table(
    "freezes",
    metadata,
    _text("product"),
    _text("milestone"),
    _instant("at"),
    _text("author"),
    _text("reason"),
    _text("approver", nullable=True),
    _text("start", nullable=True),
    _text("due", nullable=True),
    PrimaryKeyConstraint("product", "milestone", "at", name="pk_freezes"),
)

comments = Table(
    "comments",
    metadata,
    _text("source"),
    _text("id"),
    _text("item"),
    _instant("at"),
    _text("body"),
    PrimaryKeyConstraint("source", "id", name="pk_comments"),
    Index("ix_comments_item", "source", "item"),
)
