"""The tables of the store.

Every column has a type that both SQLite and PostgreSQL hand over as it is: instants are UTC microseconds in a
big integer, dates ``yyyy-mm-dd``, flags 0 or 1, structured values JSON text. What is asked for in a query is a
column of its own; what is only ever read whole stays in ``body``. A change here needs a new migration.
"""

from pmbridge.store.columns import TEXT, metadata
from pmbridge.store.schema.derived import (
    intervals,
    memberships,
)
from pmbridge.store.schema.kept import (
    assessments,
    budgets,
    certificates,
    freezes,
    leases,
    receipts,
    revisions,
    runs,
    watermarks,
)
from pmbridge.store.schema.proven import (
    deployments,
    executions,
    merge_requests,
    tests,
)
from pmbridge.store.schema.tracked import (
    changes,
    comments,
    heard,
    items,
    links,
    milestone_observations,
    milestones,
    people,
    raw_payloads,
    sources,
    statuses,
    worklogs,
)

__all__ = [
    "REVISION",
    "TEXT",
    "assessments",
    "budgets",
    "certificates",
    "changes",
    "comments",
    "deployments",
    "executions",
    "freezes",
    "heard",
    "intervals",
    "items",
    "leases",
    "links",
    "memberships",
    "merge_requests",
    "metadata",
    "milestone_observations",
    "milestones",
    "people",
    "raw_payloads",
    "receipts",
    "revisions",
    "runs",
    "sources",
    "statuses",
    "tests",
    "watermarks",
    "worklogs",
]

#: The revision that this program reads and writes: the newest migration.
REVISION = "0011"
