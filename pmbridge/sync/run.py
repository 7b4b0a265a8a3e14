"""One run over one source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pmbridge.connector import Connector, Normalizing, Reference
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store, acquire
from pmbridge.store.certificates import write_certificate
from pmbridge.store.counts import keep_counts
from pmbridge.store.holdings import stored_projects
from pmbridge.store.ingest import write_reference, write_source
from pmbridge.sync.certificate import Certificate, Gap, GapKind, interrupted
from pmbridge.sync.findings import Findings, certify
from pmbridge.sync.holding import look
from pmbridge.sync.progress import Report, say_nothing
from pmbridge.sync.reference import read_reference
from pmbridge.sync.scouting import scout
from pmbridge.sync.sweep import Sweep

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def sync_source(
    connector: Connector,
    store: Store,
    *,
    holder: str,
    project: str | None = None,
    full: bool = False,
    accept_losses: bool = False,
    explicit_fields: Collection[str] = (),
    progress: Report = say_nothing,
    clock: Clock = _utc_now,
) -> Certificate:
    """Read what is new in one source, or everything if ``full``, and return the proof of the run, which is stored.

    With ``project`` only that one is read and held, so that several runs may share a source.
    What goes wrong in a tracker is a gap and not an exception: a project that cannot be read leaves the others
    alone, and a source that cannot be reached gives a failed certificate. The next run goes on where this one stood.
    Items that the tracker no longer shows are buried, but never many at once unless ``accept_losses`` says so.
    A missing field is a gap if ``explicit_fields`` names it, else a note. Raises `StoreLocked` while another run
    holds the source.
    """
    started_at, before = clock(), connector.usage().model_copy()
    # Where a server keeps the store, its clock decides over leases: those of several machines differ.
    lease_clock = None if clock is _utc_now else clock
    with acquire(store, connector.name, holder, project=project, clock=lease_clock) as lease:
        run = _Run(connector, store, lease, project, full, accept_losses, frozenset(explicit_fields), progress, clock)
        findings = run.findings()
        proof = certify(connector.name, findings, before, connector.usage(), started_at, clock())
        with lease.write() as conn:
            body = proof.model_dump_json()
            # Projects before what they share, as all writers take them.
            keep_counts(conn, [held.counts for held in findings.holdings if held.counts is not None])
            write_certificate(conn, proof.source, proof.status, proof.started_at, proof.finished_at, body, project)
    return proof


@dataclass(frozen=True, slots=True)
class _Run:
    connector: Connector
    store: Store
    lease: Lease
    project: str | None
    full: bool
    accept_losses: bool
    explicit_fields: frozenset[str]
    report: Report
    clock: Clock

    def findings(self) -> Findings:
        """Read the reference, then every project; note what was found and what was not."""
        try:
            projects = tuple(self.connector.projects()) if self.project is None else (self.project,)
            now = self.connector.now()
            skew = (now - self.clock()).total_seconds()
            scout(self.connector, self.store, () if self.full else projects)
            read = read_reference(self.connector, projects)
        except ConnectorError as error:
            return self._unreached(error)
        with self.lease.write() as conn:
            write_source(conn, self.connector.name, self.connector.kind, self.connector.url, self._learned())
            whole, unread = self.project is None and not read.failures, read.reference.unread
            write_reference(conn, self.connector.name, read.reference, seen_at=now, whole=whole, unread=unread)
        sweep = Sweep(self.connector, self.store, self.lease, read, now, self.full, self.report, self.accept_losses)
        found = replace(sweep.run(projects), clock_skew_seconds=round(skew, 1))
        return found.with_more(self._gaps(projects, read.reference), self._notes(read.reference))

    def _learned(self) -> str | None:
        return self.connector.normalizes_by() if isinstance(self.connector, Normalizing) else None

    def _unreached(self, error: ConnectorError) -> Findings:
        name = self.connector.name
        with self.store.read() as conn:
            projects = stored_projects(conn, name) if self.project is None else (self.project,)
        holdings = tuple(look(self.store, name, project) for project in projects)
        return Findings(failed=True, holdings=holdings, gaps=(interrupted(None, error),))

    def _gaps(self, projects: Sequence[str], reference: Reference) -> tuple[Gap, ...]:
        missing = (name for name in reference.missing_fields if name in self.explicit_fields)
        return (*map(_no_field, missing), *(() if projects else (_no_project(self.connector.name),)))

    def _notes(self, reference: Reference) -> tuple[str, ...]:
        missing = (name for name in reference.missing_fields if name not in self.explicit_fields)
        rested = (_rested(reference.unread),) if reference.unread else ()
        return (*(f"No field for {name} was found." for name in missing), *rested)


def _rested(projects: Sequence[str]) -> str:
    whose = "1 project" if len(projects) == 1 else f"{len(projects)} projects"
    return f"Milestones of {whose}, in which nothing happened, are as they were read within this hour."


def _no_field(name: str) -> Gap:
    text = f"The field configured for {name} does not exist, or the token may not see it."
    return Gap(project=None, kind=GapKind.MISSING_FIELD, text=text)


def _no_project(source: str) -> Gap:
    text = f"{source} shows no project to this token: check `projects` and the token's rights."
    return Gap(project=None, kind=GapKind.MISSING, text=text)
