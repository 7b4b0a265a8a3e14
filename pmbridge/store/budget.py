"""What the workers of one source may ask of it together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import upsert
from pmbridge.store.schema import budgets

#: Requests are counted by the minute.
WINDOW = timedelta(minutes=1)


def spend(conn: Connection, source: str, requests: int, *, per_minute: int | None, now: datetime) -> timedelta:
    """Note requests that one worker sent, and return how long all of them should wait before the next one.

    That is until the tracker opens again if it closed, or until the minute is over if its requests are spent.
    """
    row = conn.execute(select(budgets).where(budgets.c.source == source).with_for_update()).one_or_none()
    spent, since, closed = (row.spent, row.since, row.closed_until) if row else (0, to_micros(now), 0)
    at = to_micros(now)
    # A window that begins in the future was begun before the clock was set back.
    if not 0 <= at - since < WINDOW // timedelta(microseconds=1):
        spent, since = 0, at
    upsert(conn, budgets, [(source, spent + requests, since, closed)])
    over = per_minute is not None and spent + requests >= per_minute
    ends = max(closed, to_micros(from_micros(since) + WINDOW) if over else 0)
    return max(timedelta(), timedelta(microseconds=ends - at))


def close(conn: Connection, source: str, until: datetime, *, now: datetime) -> None:
    """Note that a tracker asks everybody to stay away until an instant."""
    row = conn.execute(select(budgets).where(budgets.c.source == source).with_for_update()).one_or_none()
    spent, since, closed = (row.spent, row.since, row.closed_until) if row else (0, to_micros(now), 0)
    upsert(conn, budgets, [(source, spent, since, max(closed, to_micros(until)))])


def closed_until(conn: Connection, source: str) -> datetime | None:
    """Return until when a tracker asked to be left alone, ``None`` if it never did."""
    found = conn.execute(select(budgets.c.closed_until).where(budgets.c.source == source)).scalar()
    return from_micros(found) if found else None


def spent(conn: Connection, source: str, now: datetime) -> int:
    """Return how many requests were sent in the minute under way."""
    row = conn.execute(select(budgets.c.spent, budgets.c.since).where(budgets.c.source == source)).one_or_none()
    return row.spent if row and to_micros(now) - row.since < WINDOW // timedelta(microseconds=1) else 0
