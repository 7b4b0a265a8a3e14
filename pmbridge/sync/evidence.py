"""Reading the evidence of acceptance that a connector knows of, beside the items."""

from __future__ import annotations

from datetime import datetime

from pmbridge.connector import Connector, Proving
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease
from pmbridge.store.evidence import write_evidence


def pull_evidence(connector: Connector, lease: Lease, project: str, since: datetime | None) -> tuple[str, ...]:
    """Store what each place has of a project, and return notes about what could not be read.

    A place that fails is a note and not a gap: the proof of a run is about items.
    """
    notes: dict[str, None] = {}
    for place in connector.acceptance_sources() if isinstance(connector, Proving) else ():
        try:
            for found in place.fetch_evidence(project, since=since):
                with lease.write() as conn:
                    write_evidence(conn, found.tests, found.executions)
                notes.update(dict.fromkeys(found.notes))
        except ConnectorError as error:
            notes[f"Evidence of {project} was not read: {error}"] = None
    return tuple(notes)
