"""How far what stands beside a project's items was read, whatever became of the items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmbridge.store import Lease, Store
from pmbridge.store.watermarks import BESIDE, Watermark, read_watermark, write_watermark
from pmbridge.sync.pull import OVERLAP


@dataclass(frozen=True, slots=True)
class Reach:
    """Since when one kind of rows has to be read: it moves only after they were read to their end."""

    store: Store
    lease: Lease
    project: str
    kind: str

    def since(self) -> datetime | None:
        """Return the instant; ``None`` before the first time."""
        with self.store.read() as conn:
            return read_watermark(conn, self.lease.source, self._row).since

    def ended(self, now: datetime) -> None:
        """Note that all was read up to ``now``."""
        # Without an instant, the row is no project to those who ask how far projects are behind.
        with self.lease.write() as conn:
            write_watermark(conn, Watermark(self.lease.source, self._row, since=now - OVERLAP))

    @property
    def _row(self) -> str:
        return f"{self.project}{BESIDE}{self.kind}"
