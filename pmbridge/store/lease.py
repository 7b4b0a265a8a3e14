"""The right of one run to write what it reads from one source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from pmbridge.errors import StoreLocked
from pmbridge.store.bulk import upsert
from pmbridge.store.database import Store
from pmbridge.store.instants import from_micros, to_micros
from pmbridge.store.schema import leases

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Lease:
    """A held lease. ``token`` grows with every holder of the source, so that a late writer is recognised."""

    def __init__(self, store: Store, source: str, token: int, ttl: timedelta, clock: Clock) -> None:
        self.source = source
        self.token = token
        self._store = store
        self._ttl = ttl
        self._clock = clock

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write to the store as `Store.write` does, and hold the source for another ``ttl``.

        Raises `StoreLocked`, and writes nothing, if another run took the source over meanwhile.
        """
        with self._store.write() as conn:
            self._renew(conn)
            yield conn

    def _renew(self, conn: Connection) -> None:
        until = to_micros(self._clock() + self._ttl)
        mine = (leases.c.source == self.source) & (leases.c.token == self.token)
        if conn.execute(update(leases).where(mine).values(expires_at=until)).rowcount != 1:
            raise StoreLocked(
                f"{self.source} was taken over by another run while this one was silent for longer than "
                f"{self._ttl.total_seconds():.0f} s. Let the other one finish."
            )

    def release(self) -> None:
        """Let the next run begin at once; does nothing if the lease is another's by now."""
        mine = (leases.c.source == self.source) & (leases.c.token == self.token)
        with self._store.write() as conn:
            conn.execute(update(leases).where(mine).values(expires_at=0))


@contextmanager
def acquire(
    store: Store,
    source: str,
    holder: str,
    *,
    ttl: timedelta = timedelta(minutes=10),
    clock: Clock = _utc_now,
) -> Iterator[Lease]:
    """Hold a source against other runs; raises `StoreLocked` while another holder's lease is alive.

    ``holder`` names the run for people: a stable name, such as program and host, lets a run that was killed start
    again at once. A lease of the same holder, or an expired one, is taken over; who had it can write no more.
    """
    with store.write() as conn:
        token = _take(conn, source, holder, clock(), ttl)
    lease = Lease(store, source, token, ttl, clock)
    try:
        yield lease
    finally:
        lease.release()


def _take(conn: Connection, source: str, holder: str, now: datetime, ttl: timedelta) -> int:
    row = conn.execute(select(leases).where(leases.c.source == source).with_for_update()).one_or_none()
    if row is not None and row.holder != holder and row.expires_at > to_micros(now):
        until = from_micros(row.expires_at)
        raise StoreLocked(
            f"{source} is being read by {row.holder}, until {until:%Y-%m-%d %H:%M:%S} UTC at the latest. "
            "Wait until that run has finished."
        )
    token = 1 if row is None else row.token + 1
    upsert(conn, leases, [(source, holder, to_micros(now + ttl), token)])
    return token
