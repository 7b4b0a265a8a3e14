"""Reading the evidence of acceptance that a connector knows of, beside the items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from pmbridge.connector import Connector, JUnitFile, Proving
from pmbridge.errors import ConnectorError, UsageError
from pmbridge.evidence.junit import Report, Run, read_stream, together
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
                report, odd = _read(found.reports)
                with lease.write() as conn:
                    write_evidence(conn, (*found.tests, *report.tests), (*found.executions, *report.executions))
                notes.update(dict.fromkeys([*found.notes, *odd]))
        except ConnectorError as error:
            notes[f"Evidence of {project} was not read: {error}"] = None
    return tuple(notes)


def _read(files: Sequence[JUnitFile]) -> tuple[Report, list[str]]:
    """Read files that a connector handed over; one that cannot be read safely is a note."""
    reports: list[Report] = []
    notes: list[str] = []
    for file in files:
        run = Run(at=file.at, build=file.build, commit=file.commit, source=file.source, project=file.project)
        try:
            reports.append(read_stream(BytesIO(file.content), file.name, run))
        except UsageError as error:
            notes.append(str(error))
    found = together(reports)
    return found, [*notes, *found.notes]
