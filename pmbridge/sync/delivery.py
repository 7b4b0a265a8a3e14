"""Reading merge requests and deployments that a connector knows of, beside the items."""

from __future__ import annotations

from pmbridge.connector import Delivering
from pmbridge.errors import ConnectorError
from pmbridge.store.delivery import write_delivery
from pmbridge.sync.beside import Beside

_KIND = "delivery"


def pull_delivery(beside: Beside) -> tuple[str, ...]:
    """Store what was touched since both were last read to the end, and return notes about what could not be read.

    A failure is a note and not a gap: the proof of a run is about items. The next run then reads as far back.
    """
    if not isinstance(beside.connector, Delivering):
        return ()
    notes: dict[str, None] = {}
    try:
        for found in beside.connector.fetch_delivery(beside.project, since=beside.since(_KIND)):
            with beside.lease.write() as conn:
                write_delivery(conn, found.deployments, found.merge_requests)
            notes.update(dict.fromkeys(found.notes))
        beside.ended(_KIND)
    except ConnectorError as error:
        notes[f"Merge requests and deployments of {beside.project} were not read: {error}"] = None
    return tuple(notes)
