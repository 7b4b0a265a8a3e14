"""Reading the evidence of acceptance that a connector knows of, beside the items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from pmbridge.connector import AcceptanceSource, JUnitFile, Proving
from pmbridge.errors import ConnectorError, UsageError
from pmbridge.evidence.junit import Report, Run, read_stream, together
from pmbridge.store.evidence import write_evidence
from pmbridge.sync.beside import Beside


def pull_evidence(beside: Beside) -> tuple[str, ...]:
    """Store what each place has come to hold of a project, and return notes about what could not be read.

    A place that fails is a note and not a gap: the proof of a run is about items. The next run reads it as far back.
    """
    notes: dict[str, None] = {}
    for place in beside.connector.acceptance_sources() if isinstance(beside.connector, Proving) else ():
        kind = type(place).__name__
        try:
            notes.update(dict.fromkeys(_kept(place, kind, beside)))
            beside.ended(kind)
        except ConnectorError as error:
            notes[f"Evidence of {beside.project} was not read: {error}"] = None
    return tuple(notes)


def _kept(place: AcceptanceSource, kind: str, beside: Beside) -> Iterator[str]:
    """Store what a place has, and yield what it could not read."""
    for found in place.fetch_evidence(beside.project, since=beside.since(kind)):
        report, odd = _read(found.reports)
        with beside.lease.write() as conn:
            write_evidence(conn, (*found.tests, *report.tests), (*found.executions, *report.executions))
        yield from (*found.notes, *odd)


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
