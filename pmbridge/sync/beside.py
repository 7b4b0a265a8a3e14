"""What stands beside a project's items, and how far each kind of it was read, whatever became of the items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmbridge.connector import Connector
from pmbridge.store import Lease, Store
from pmbridge.store.watermarks import BESIDE, Watermark, read_watermark, write_watermark
from pmbridge.sync.pull import OVERLAP


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything needed to read what stands beside the items of a project.

    ``now`` is the tracker's clock at the start of the run. A run that is ``full`` asks for everything.
    """

    connector: Connector
    store: Store
    lease: Lease
    project: str
    now: datetime
    full: bool

    def since(self, kind: str) -> datetime | None:
        """Return since when one kind has to be asked for; ``None`` for everything."""
        if self.full:
            return None
        with self.store.read() as conn:
            return read_watermark(conn, self.lease.source, self._mark(kind)).since

    def ended(self, kind: str) -> None:
        """Note that one kind was read to its end: only that lets the next run ask for less."""
        # Without an instant, the row is no project to those who ask how far projects are behind.
        with self.lease.write() as conn:
            write_watermark(conn, Watermark(self.lease.source, self._mark(kind), since=self.now - OVERLAP))

    def _mark(self, kind: str) -> str:
        return f"{self.project}{BESIDE}{kind}"
