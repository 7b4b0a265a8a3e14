"""Reading merge requests and deployments that a connector knows of, beside the items."""

from __future__ import annotations

from datetime import datetime

from pmbridge.connector import Connector, Delivering
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease
from pmbridge.store.delivery import write_delivery


def pull_delivery(connector: Connector, lease: Lease, project: str, since: datetime | None) -> tuple[str, ...]:
    """Store what a project has of both, and return notes about what could not be read.

    A failure is a note and not a gap: the proof of a run is about items.
    """
    notes: dict[str, None] = {}
    try:
        for found in connector.fetch_delivery(project, since=since) if isinstance(connector, Delivering) else ():
            with lease.write() as conn:
                write_delivery(conn, found.deployments, found.merge_requests)
            notes.update(dict.fromkeys(found.notes))
    except ConnectorError as error:
        notes[f"Merge requests and deployments of {project} were not read: {error}"] = None
    return tuple(notes)
