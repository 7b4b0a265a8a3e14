"""The certificates of past runs, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pmbridge.store.bulk import append
from pmbridge.store.instants import to_micros
from pmbridge.store.schema import certificates


def write_certificate(
    conn: Connection, source: str, status: str, started_at: datetime, finished_at: datetime, body: str
) -> None:
    """Append the proof of one run; ``body`` is its JSON text."""
    append(conn, certificates, [(source, status, to_micros(started_at), to_micros(finished_at), body)])


def last_certificate(conn: Connection, source: str) -> Mapping[str, Any] | None:
    """Return the latest proof of a source, or ``None`` if it was never read."""
    table = certificates.c
    latest = select(table.body).where(table.source == source).order_by(table.id.desc()).limit(1)
    body = conn.execute(latest).scalar()
    return None if body is None else json.loads(body)
