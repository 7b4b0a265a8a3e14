"""Reading merge requests and deployments that a connector knows of, beside the items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmbridge.connector import Connector, Delivering
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store
from pmbridge.store.delivery import write_delivery
from pmbridge.sync.reach import Reach


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
        reach = Reach(self.store, self.lease, self.project, "delivery")
        try:
            for found in self.connector.fetch_delivery(self.project, since=None if full else reach.since()):
                with self.lease.write() as conn:
                    write_delivery(conn, found.deployments, found.merge_requests)
                notes.update(dict.fromkeys(found.notes))
            reach.ended(self.now)
        except ConnectorError as error:
            notes[f"Merge requests and deployments of {self.project} were not read: {error}"] = None
        return tuple(notes)
