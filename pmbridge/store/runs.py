"""The history of passes and jobs: when each ran, over what, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from pmbridge.model.instants import from_micros, from_micros_or_none, to_micros
from pmbridge.store.bulk import upsert
from pmbridge.store.schema import runs


@dataclass(frozen=True, slots=True)
class Run:
    """One pass or job; without an end it is under way or was killed. ``facts`` are figures such as requests."""

    id: str
    kind: str
    subject: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    facts: Mapping[str, Any]

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


def begin_run(conn: Connection, id_: str, kind: str, subject: str, at: datetime) -> None:
    """Note that a run begins."""
    upsert(conn, runs, [(id_, kind, subject, to_micros(at), None, None, "{}")])


def end_run(conn: Connection, id_: str, at: datetime, outcome: str, facts: Mapping[str, Any]) -> None:
    """Note how a run ended."""
    values = {"finished_at": to_micros(at), "outcome": outcome, "body": json.dumps(facts)}
    conn.execute(update(runs).where(runs.c.id == id_).values(**values))


def last_runs(conn: Connection, *, limit: int, kind: str | None = None) -> tuple[Run, ...]:
    """Return the latest runs, newest first."""
    chosen = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
    if kind is not None:
        chosen = chosen.where(runs.c.kind == kind)
    return tuple(
        Run(r.id, r.kind, r.subject, from_micros(r.started_at), from_micros_or_none(r.finished_at), r.outcome, facts)
        for r in conn.execute(chosen)
        for facts in (json.loads(r.body),)
    )
