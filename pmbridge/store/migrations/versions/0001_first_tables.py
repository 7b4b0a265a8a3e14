"""Creates the first tables."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _tables_of_items()
    _tables_beside_items()
    _tables_of_reference()
    _tables_of_runs()
    _tables_of_results()


def _tables_of_items() -> None:
    op.create_table(
        "items",
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
    op.create_table(
        "changes",
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


def _tables_beside_items() -> None:
    op.create_table(
        "links",
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
    op.create_table(
        "worklogs",
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


def _tables_of_reference() -> None:
    op.create_table(
        "sources",
        _text("name"),
        _text("kind"),
        _text("url"),
        PrimaryKeyConstraint("name", name="pk_sources"),
    )
    op.create_table(
        "people",
        _text("source"),
        _text("id"),
        _text("name"),
        _text("username", nullable=True),
        _text("email", nullable=True),
        _number("bot"),
        PrimaryKeyConstraint("source", "id", name="pk_people"),
    )
    op.create_table(
        "statuses",
        _text("source"),
        _text("id"),
        _text("name"),
        _text("category"),
        PrimaryKeyConstraint("source", "id", name="pk_statuses"),
    )
    op.create_table(
        "milestones",
        _text("source"),
        _text("id"),
        _text("project"),
        _instant("missing_since", nullable=True),
        _text("body"),
        PrimaryKeyConstraint("source", "id", name="pk_milestones"),
    )
    op.create_table(
        "milestone_observations",
        _text("source"),
        _text("milestone"),
        _instant("seen_at"),
        _text("title"),
        _text("start", nullable=True),
        _text("due", nullable=True),
        PrimaryKeyConstraint("source", "milestone", "seen_at", name="pk_milestone_observations"),
    )


def _tables_of_runs() -> None:
    op.create_table(
        "raw_payloads",
        _text("source"),
        _text("item"),
        Column("body", LargeBinary, nullable=False),
        PrimaryKeyConstraint("source", "item", name="pk_raw_payloads"),
        _of_item("fk_raw_payloads_item"),
    )
    op.create_table(
        "watermarks",
        _text("source"),
        _text("project"),
        _instant("watermark", nullable=True),
        _instant("started_at", nullable=True),
        _instant("since", nullable=True),
        _text("cursor", nullable=True),
        PrimaryKeyConstraint("source", "project", name="pk_watermarks"),
    )
    op.create_table(
        "certificates",
        _serial(),
        _text("source"),
        _text("status"),
        _instant("started_at"),
        _instant("finished_at"),
        _text("body"),
        Index("ix_certificates_source", "source", "id"),
    )
    op.create_table(
        "leases",
        _text("source"),
        _text("holder"),
        _instant("expires_at"),
        Column("token", BigInteger, nullable=False),
        PrimaryKeyConstraint("source", name="pk_leases"),
    )


def _tables_of_results() -> None:
    op.create_table(
        "assessments",
        _serial(),
        _text("product"),
        _instant("as_of"),
        _text("digest"),
        _number("published"),
        _text("body"),
        Index("ix_assessments_product", "product", "as_of", "digest", unique=True),
    )
    op.create_table(
        "receipts",
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


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _serial() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _where_known(name: str, *columns: str) -> Index:
    known = text(f"{columns[-1]} IS NOT NULL")
    return Index(name, *columns, sqlite_where=known, postgresql_where=known)


def _of_item(name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["source", "item"], ["items.source", "items.id"], name=name, ondelete="CASCADE")
