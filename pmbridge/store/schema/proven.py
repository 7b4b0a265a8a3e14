"""What was tested, and what of the code reached whom."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from pmbridge.store.columns import instant, metadata, words

tests = Table(
    "tests",
    metadata,
    words("source"),
    words("id"),
    words("project", nullable=True),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_tests"),
    Index("ix_tests_project", "source", "project"),
)

executions = Table(
    "executions",
    metadata,
    words("source"),
    words("id"),
    words("test"),
    instant("at"),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_executions"),
    Index("ix_executions_test", "source", "test", "at"),
)

deployments = Table(
    "deployments",
    metadata,
    words("source"),
    words("id"),
    words("project"),
    instant("at"),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_deployments"),
    Index("ix_deployments_project", "source", "project", "at"),
)

merge_requests = Table(
    "merge_requests",
    metadata,
    words("source"),
    words("id"),
    words("project"),
    instant("updated_at"),
    words("body"),
    PrimaryKeyConstraint("source", "id", name="pk_merge_requests"),
    Index("ix_merge_requests_project", "source", "project", "updated_at"),
)
