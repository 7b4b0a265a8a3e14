"""How an installation stands, in the few numbers that a watchdog needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, inspect, select, text

from pmbridge.model.instants import to_micros
from pmbridge.store.schema import budgets, certificates, runs, watermarks

_SECOND = 1_000_000

_JOBS = text("""
    SELECT j.task_name, j.status::text, count(*),
           coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)::float
    FROM procrastinate_jobs j
    LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type::text = 'deferred'
    WHERE j.status::text IN ('todo', 'doing', 'failed') GROUP BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """Seconds behind by source and project; last certificates; runs of a day by kind and outcome; the rest alike."""

    lags: list[tuple[str, str, float]]
    certificates: list[tuple[str, str]]
    runs: list[tuple[str, str, int]]
    durations: list[tuple[str, float]]
    spent: list[tuple[str, int]]
    closed: list[tuple[str, float]]
    jobs: list[tuple[str, str, int, float]]


def standing(conn: Connection, now: datetime) -> Standing:
    """Read where everything stands; the queue only where there is one."""
    at = to_micros(now)
    marks, proofs, past = watermarks.c, certificates.c, runs.c
    read = select(marks.source, marks.project, marks.watermark).where(marks.watermark.is_not(None))
    last = select(func.max(proofs.id)).group_by(proofs.source)
    recent = past.started_at >= to_micros(now - timedelta(days=1))
    ended = select(past.kind, func.coalesce(past.outcome, "running"), func.count()).where(recent)
    minute = budgets.c.since > at - 60 * _SECOND
    return Standing(
        lags=[(s, p, max(0.0, (at - mark) / _SECOND)) for s, p, mark in conn.execute(read)],
        certificates=_pairs(conn, select(proofs.source, proofs.status).where(proofs.id.in_(last))),
        runs=[(k, o, n) for k, o, n in conn.execute(ended.group_by(past.kind, past.outcome))],
        durations=_durations(conn),
        spent=_pairs(conn, select(budgets.c.source, budgets.c.spent).where(minute)),
        closed=[
            (source, max(0.0, (until - at) / _SECOND))
            for source, until in conn.execute(select(budgets.c.source, budgets.c.closed_until))
        ],
        jobs=_jobs(conn),
    )


def _pairs(conn: Connection, statement: Select[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in conn.execute(statement)]


def _durations(conn: Connection) -> list[tuple[str, float]]:
    newest = select(runs.c.kind, func.max(runs.c.finished_at).label("at")).group_by(runs.c.kind).subquery()
    same = (newest.c.kind == runs.c.kind) & (newest.c.at == runs.c.finished_at)
    found = select(runs.c.kind, runs.c.finished_at - runs.c.started_at).join(newest, same)
    return [(kind, taken / _SECOND) for kind, taken in conn.execute(found)]


def _jobs(conn: Connection) -> list[tuple[str, str, int, float]]:
    if conn.dialect.name != "postgresql" or not inspect(conn).has_table("procrastinate_jobs"):
        return []
    return [(task, status, count, age) for task, status, count, age in conn.execute(_JOBS)]
