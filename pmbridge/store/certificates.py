"""The certificates of past runs, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, select

from pmbridge.model.instants import to_micros
from pmbridge.store.bulk import append
from pmbridge.store.revisions import SHARED, touch
from pmbridge.store.schema import certificates

#: From good to bad: a whole is as good as its worst part.
_STATES = ("complete", "partial", "failed")

#: What of several certificates is added up.
_SUMS = ("items_stored", "changes_stored", "tombstones", "requests", "bytes", "waited_seconds")
_LISTS = ("projects", "gaps", "notes")
#: Runs by which one knows how often a source is read, and the fewest distances between them.
_RUNS, _FEWEST = 21, 3


def write_certificate(
    conn: Connection,
    source: str,
    status: str,
    started_at: datetime,
    finished_at: datetime,
    body: str,
    project: str | None = None,
) -> None:
    """Append the proof of one run over a source, or over one ``project`` of it; ``body`` is its JSON text.

    Where a reader finds something else proven than before, the projects concerned count as changed.
    """
    before = last_certificate(conn, source) or {}
    append(conn, certificates, [(source, status, to_micros(started_at), to_micros(finished_at), body, project)])
    touch(conn, source, _differing(before, last_certificate(conn, source) or {}))


def last_certificate(conn: Connection, source: str) -> Mapping[str, Any] | None:
    """Return the latest proof of a source, or ``None`` if it was never read.

    Where its projects were read one by one since it was last read whole, their proofs are put together.
    """
    table = certificates.c
    newest = select(table.id, table.body).where(table.source == source, table.project.is_(None))
    whole = conn.execute(newest.order_by(table.id.desc()).limit(1)).one_or_none()
    parts = [json.loads(body) for body in _parts(conn, source, whole.id if whole else 0)]
    body = json.loads(whole.body) if whole else None
    read = {project for part in parts for project in part.get("projects", ())}
    if body is None or (parts and read >= set(body.get("projects", ()))):
        return _together(parts) if parts else None
    return body  # type: ignore[no-any-return]


def usual_interval(conn: Connection, source: str) -> timedelta | None:
    """Return how long it usually was from one of the last runs of a source to the next; ``None`` before the fourth.

    Runs over a project by itself count where the newest was one of those, and then that project's.
    """
    table = certificates.c
    newest = conn.execute(select(table.project).where(table.source == source).order_by(table.id.desc()).limit(1))
    project = newest.scalar()
    alike = (table.source == source) & (table.project.is_(None) if project is None else table.project == project)
    begun = conn.execute(select(table.started_at).where(alike).order_by(table.id.desc()).limit(_RUNS)).scalars().all()
    apart = [later - earlier for later, earlier in pairwise(begun)]
    return timedelta(microseconds=median(apart)) if len(apart) >= _FEWEST else None


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Name the projects in which a proof has other gaps than the one before; another status concerns them all."""
    if before.get("status") != after.get("status"):
        return {SHARED}
    gaps = ({json.dumps(gap, sort_keys=True) for gap in proof.get("gaps", ())} for proof in (before, after))
    return {json.loads(gap).get("project") or SHARED for gap in set.symmetric_difference(*gaps)}


def _parts(conn: Connection, source: str, after: int) -> Sequence[str]:
    """Return the last proof of each project that was read by itself since a certificate."""
    table = certificates.c
    later = (table.source == source) & table.project.is_not(None) & (table.id > after)
    last = select(func.max(table.id)).where(later).group_by(table.project)
    return conn.execute(select(table.body).where(table.id.in_(last)).order_by(table.project)).scalars().all()


def _together(parts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    counts = [part.get("items_tracker") for part in parts]
    return {
        **parts[0],
        **{name: sum(part.get(name, 0) for part in parts) for name in _SUMS},
        **{name: [entry for part in parts for entry in part.get(name, ())] for name in _LISTS},
        "status": max((part["status"] for part in parts), key=_STATES.index),
        "items_tracker": None if None in counts else sum(counts),
        "started_at": min(part["started_at"] for part in parts),
        "finished_at": max(part["finished_at"] for part in parts),
    }
