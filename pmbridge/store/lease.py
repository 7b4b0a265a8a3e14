"""The right of one run to write what it reads from one source, or from one of its projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, or_, select, text, update

from pmbridge.errors import StoreError, StoreLocked
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import upsert
from pmbridge.store.database import Store
from pmbridge.store.holder import ended, for_people, is_dead
from pmbridge.store.schema import leases

log = structlog.get_logger("pmbridge.store")

Clock = Callable[[], datetime]

#: How long a silent holder keeps its lease.
TTL = timedelta(minutes=10)

#: Between a source and its project in the name of a lease; no source's name holds one.
_OF = "/"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Lease:
    """A held lease. ``token`` grows with every holder, so that a late writer is recognised.

    ``source`` is held whole, or only its ``project``.
    """

    def __init__(
        self, store: Store, source: str, project: str | None, token: int, ttl: timedelta, clock: Clock | None
    ) -> None:
        self.source = source
        self.project = project
        self.token = token
        self.name = _name(source, project)
        self._store = store
        self._ttl = ttl
        self._clock = clock

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write to the store as `Store.write` does, and hold the lease for another ``ttl``.

        Raises `StoreLocked`, and writes nothing, if another run took it over meanwhile.
        """
        with self._store.write(self.name) as conn:
            self._renew(conn)
            yield conn

    def _renew(self, conn: Connection) -> None:
        until = to_micros(_now(conn, self._clock) + self._ttl)
        if conn.execute(update(leases).where(self._mine).values(expires_at=until)).rowcount != 1:
            raise StoreLocked(
                f"{self.name} was taken over by another run while this one was silent for longer than "
                f"{self._ttl.total_seconds():.0f} s. Let the other one finish."
            )

    def release(self) -> None:
        """Let the next run begin at once; does nothing if the lease is another's by now."""
        with self._store.write(self.name) as conn:
            conn.execute(update(leases).where(self._mine).values(expires_at=0))

    @property
    def _mine(self) -> Any:
        return (leases.c.source == self.name) & (leases.c.token == self.token)


@contextmanager
def acquire(
    store: Store,
    source: str,
    holder: str,
    *,
    project: str | None = None,
    ttl: timedelta = TTL,
    clock: Clock | None = None,
) -> Iterator[Lease]:
    """Hold a source, or one project of it, against other runs; raises `StoreLocked` while another's lease is alive.

    A source held whole excludes its projects, and the other way round. ``holder`` names the run: a lease of the same
    holder, of a process that is known to be dead, or an expired one is taken over; who had it can write no more.
    Time is the server's where there is one, else the machine's; ``clock`` decides otherwise.
    """
    with store.write() as conn:
        token = _take(conn, source, project, holder, _now(conn, clock), ttl)
    lease = Lease(store, source, project, token, ttl, clock)
    try:
        yield lease
    finally:
        try:
            lease.release()
        except StoreError as error:
            # The server is gone, or the disk is full. What was read is stored or not, whatever becomes of the lease:
            # it runs out by itself, and a later run of this process need not wait for that.
            ended(holder)
            log.warning("lease not given back", source=lease.name, reason=str(error))


def _take(conn: Connection, source: str, project: str | None, holder: str, now: datetime, ttl: timedelta) -> int:
    name = _name(source, project)
    rows = conn.execute(select(leases).where(_related(source, project)).with_for_update()).all()
    for row in rows:
        if row.holder != holder and _alive(row, now, ttl):
            raise _held(row)
    conn.execute(update(leases).where(_related(source, project)).values(expires_at=0, token=leases.c.token + 1))
    token = next((row.token + 1 for row in rows if row.source == name), 1)
    upsert(conn, leases, [(name, holder, to_micros(now + ttl), token)])
    return token


def _alive(row: Row[Any], now: datetime, ttl: timedelta) -> bool:
    left = row.expires_at - to_micros(now)
    # More than a whole term is left only if the clock was set back since; the token keeps the other from writing.
    ahead = left > 2 * (ttl // timedelta(microseconds=1))
    return left > 0 and not ahead and not is_dead(row.holder)


def _related(source: str, project: str | None) -> Any:
    """Choose the leases that may not live beside this one."""
    whole = leases.c.source == source
    if project is not None:
        return or_(whole, leases.c.source == _name(source, project))
    return or_(whole, leases.c.source.startswith(source + _OF, autoescape=True))


def _name(source: str, project: str | None) -> str:
    return source if project is None else f"{source}{_OF}{project}"


def _held(row: Row[Any]) -> StoreLocked:
    until = from_micros(row.expires_at)
    return StoreLocked(
        f"{row.source} is being read by {for_people(row.holder)}, until {until:%Y-%m-%d %H:%M:%S} UTC at the latest. "
        "Wait until that run has finished."
    )


def _now(conn: Connection, clock: Clock | None) -> datetime:
    if clock is not None:
        return clock()
    if conn.dialect.name == "postgresql":
        # The clocks of several machines differ; the server's is one.
        told: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
        return told.astimezone(UTC)
    return _utc_now()
