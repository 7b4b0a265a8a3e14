"""What the program keeps of its own work: how far it read, what it found, what it wrote, what people agreed on."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table

from pmbridge.store.columns import instant, metadata, number, serial, words

watermarks = Table(
    "watermarks",
    metadata,
    words("source"),
    words("project"),
    instant("watermark", nullable=True),
    instant("started_at", nullable=True),
    instant("since", nullable=True),
    words("cursor", nullable=True),
    PrimaryKeyConstraint("source", "project", name="pk_watermarks"),
)

revisions = Table(
    "revisions",
    metadata,
    words("source"),
    words("project"),
    Column("revision", BigInteger, nullable=False),
    Column("counted", BigInteger),
    Column("items", BigInteger),
    Column("changes", BigInteger),
    Column("gone", BigInteger),
    PrimaryKeyConstraint("source", "project", name="pk_revisions"),
)

certificates = Table(
    "certificates",
    metadata,
    serial(),
    words("source"),
    words("status"),
    instant("started_at"),
    instant("finished_at"),
    words("body"),
    words("project", nullable=True),
    Index("ix_certificates_source", "source", "id"),
)

assessments = Table(
    "assessments",
    metadata,
    serial(),
    words("product"),
    instant("as_of"),
    words("digest"),
    number("published"),
    words("body"),
    words("seen", nullable=True),
    instant("until", nullable=True),
    Index("ix_assessments_product", "product", "as_of", "digest", unique=True),
)

receipts = Table(
    "receipts",
    metadata,
    serial(),
    words("run_id"),
    instant("at"),
    words("source"),
    words("target"),
    words("project"),
    words("key"),
    words("surface"),
    words("slot"),
    words("action"),
    words("before_fp", nullable=True),
    words("after_fp", nullable=True),
    words("remote_id", nullable=True),
    words("url", nullable=True),
    words("notifies"),
    words("outcome"),
    words("error", nullable=True),
    words("previous_text", nullable=True),
    words("gist", nullable=True),
    Index("ix_receipts_place", "source", "target", "surface", "slot"),
    Index("ix_receipts_run", "run_id"),
)

leases = Table(
    "leases",
    metadata,
    words("source"),
    words("holder"),
    instant("expires_at"),
    Column("token", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", name="pk_leases"),
)

budgets = Table(
    "budgets",
    metadata,
    words("source"),
    Column("spent", BigInteger, nullable=False),
    instant("since"),
    instant("closed_until"),
    PrimaryKeyConstraint("source", name="pk_budgets"),
)

runs = Table(
    "runs",
    metadata,
    words("id"),
    words("kind"),
    words("subject"),
    instant("started_at"),
    instant("finished_at", nullable=True),
    words("outcome", nullable=True),
    words("body"),
    PrimaryKeyConstraint("id", name="pk_runs"),
    Index("ix_runs_started_at", "started_at"),
)

freezes = Table(
    "freezes",
    metadata,
    words("product"),
    words("milestone"),
    instant("at"),
    words("author"),
    words("reason"),
    words("approver", nullable=True),
    words("start", nullable=True),
    words("due", nullable=True),
    PrimaryKeyConstraint("product", "milestone", "at", name="pk_freezes"),
)
