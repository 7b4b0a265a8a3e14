"""Tells older programs to stay away: merge requests may say what they wait for, which those cannot read.

The rows are as they were. What is open says so with the next sync that sees it.
"""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Leave the tables alone; only the revision moves."""
