"""Reading merge requests and deployments that a connector knows of, beside the items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmbridge.connector import Connector, Delivering
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store
from pmbridge.store.delivery import write_delivery
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark
from pmbridge.sync.pull import OVERLAP

#: What follows a project's name where it is kept how far its delivery was read; no tracker has it in a name.
_BESIDE = "#delivery"


@dataclass(frozen=True, slots=True)
class DeliveryPull:
    """Everything needed to read one project's delivery. ``now`` is the tracker's clock at the start of the run."""

    connector: Connector
    store: Store
    lease: Lease
    project: str
    now: datetime

    def run(self, *, full: bool) -> tuple[str, ...]:
        """Store what was touched since both were last read to the end, and return notes about what could not be read.

        A failure is a note and not a gap: the proof of a run is about items. The next run then reads as far back.
        """
        if not isinstance(self.connector, Delivering):
            return ()
        notes: dict[str, None] = {}
        try:
            for found in self.connector.fetch_delivery(self.project, since=None if full else self._since()):
                with self.lease.write() as conn:
                    write_delivery(conn, found.deployments, found.merge_requests)
                notes.update(dict.fromkeys(found.notes))
            self._end()
        except ConnectorError as error:
            notes[f"Merge requests and deployments of {self.project} were not read: {error}"] = None
        return tuple(notes)

    def _since(self) -> datetime | None:
        with self.store.read() as conn:
            return read_watermark(conn, self.connector.name, self.project + _BESIDE).since

    def _end(self) -> None:
        # Without an instant, the row is no project to those who ask how far projects are behind.
        with self.lease.write() as conn:
            write_watermark(conn, Watermark(self.connector.name, self.project + _BESIDE, since=self.now - OVERLAP))
