"""Letting go of what has served its time, and of what nobody reads any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from pmbridge.model.instants import to_micros
from pmbridge.store import schema
from pmbridge.store.revisions import touch
from pmbridge.store.watermarks import BESIDE


def prune(conn: Connection, *, now: datetime, results: timedelta, runs: timedelta) -> dict[str, int]:
    """Delete assessments and certificates older than ``results``, and runs older than ``runs``; return what went.

    What people were shown stays, and so does the last assessment of each product and the last certificate of each
    source and project. Receipts are never deleted: what they name still stands in the trackers.
    """
    made, proofs = schema.assessments.c, schema.certificates.c
    before, long_ago = to_micros(now - results), to_micros(now - runs)
    return {
        "assessments": _delete(
            conn,
            schema.assessments,
            (made.as_of < before) & (made.published == 0) & made.id.not_in(_last(schema.assessments, made.product)),
        ),
        "certificates": _delete(
            conn,
            schema.certificates,
            (proofs.finished_at < before) & proofs.id.not_in(_last(schema.certificates, proofs.source, proofs.project)),
        ),
        "runs": _delete(conn, schema.runs, schema.runs.c.started_at < long_ago),
    }


def stale_places(conn: Connection, configured: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return the sources and projects that are stored and not configured any more."""
    table = schema.items.c
    found = conn.execute(select(table.source, table.project).distinct().order_by(table.source, table.project))
    return [(s, p) for s, p in found if s not in configured or not _covered(p, configured[s])]


def forget(conn: Connection, places: Sequence[tuple[str, str]]) -> int:
    """Delete the items of some projects with all that hangs on them, and how far they were read."""
    gone = 0
    for source, project in places:
        items, marks = schema.items.c, schema.watermarks.c
        gone += _delete(conn, schema.items, (items.source == source) & (items.project == project))
        own = (marks.project == project) | marks.project.startswith(project + BESIDE, autoescape=True)
        _delete(conn, schema.watermarks, (marks.source == source) & own)
        touch(conn, source, [project])
    return gone


def _covered(project: str, configured: Sequence[str]) -> bool:
    return not configured or any(project == name or project.startswith(f"{name}/") for name in configured)


def _last(table: Table, *keys: Any) -> Any:
    return select(func.max(table.c.id)).group_by(*keys)


def _delete(conn: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return conn.execute(delete(table).where(where)).rowcount
