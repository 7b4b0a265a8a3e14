"""Reading the evidence of acceptance that a connector knows of, beside the items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pmbridge.connector import AcceptanceSource, Connector, JUnitFile, Proving
from pmbridge.errors import ConnectorError, UsageError
from pmbridge.evidence.junit import Report, Run, read_stream, together
from pmbridge.store import Lease, Store
from pmbridge.store.evidence import write_evidence
from pmbridge.sync.reach import Reach


@dataclass(frozen=True, slots=True)
class EvidencePull:
    """Everything needed to read one project's evidence. ``now`` is the tracker's clock at the start of the run."""

    connector: Connector
    store: Store
    lease: Lease
    project: str
    now: datetime

    def run(self, *, full: bool) -> tuple[str, ...]:
        """Store what each place has come to hold, and return notes about what could not be read.

        A place that fails is a note and not a gap: the proof of a run is about items. The next run reads as far back.
        """
        notes: dict[str, None] = {}
        for place in self.connector.acceptance_sources() if isinstance(self.connector, Proving) else ():
            reach = Reach(self.store, self.lease, self.project, type(place).__name__)
            try:
                notes.update(dict.fromkeys(self._kept(place, None if full else reach.since())))
                reach.ended(self.now)
            except ConnectorError as error:
                notes[f"Evidence of {self.project} was not read: {error}"] = None
        return tuple(notes)

    def _kept(self, place: AcceptanceSource, since: datetime | None) -> Iterator[str]:
        """Store what a place has, and yield what it could not read."""
        for found in place.fetch_evidence(self.project, since=since):
            report, odd = _read(found.reports)
            with self.lease.write() as conn:
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
