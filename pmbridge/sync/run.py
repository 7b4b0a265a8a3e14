"""One run over one source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pmbridge.connector import Connector, Reference
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store, acquire
from pmbridge.store.certificates import write_certificate
from pmbridge.store.holdings import stored_projects
from pmbridge.store.ingest import write_reference, write_source
from pmbridge.sync.certificate import Certificate, Gap, GapKind, interrupted
from pmbridge.sync.findings import Findings, certify
from pmbridge.sync.holding import look
from pmbridge.sync.progress import Report, say_nothing
from pmbridge.sync.reference import read_reference
from pmbridge.sync.sweep import Sweep

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def sync_source(
    connector: Connector,
    store: Store,
    *,
    holder: str,
    full: bool = False,
    explicit_fields: Collection[str] = (),
    progress: Report = say_nothing,
    clock: Clock = _utc_now,
) -> Certificate:
    """Read what is new in one source, or everything if ``full``, and return the proof of the run, which is stored.

    What goes wrong in a tracker is a gap and not an exception: a project that cannot be read leaves the others
    alone, and a source that cannot be reached gives a failed certificate. The next run goes on where this one stood.
    A missing field is a gap if ``explicit_fields`` names it, else a note. Raises `StoreLocked` while another run
    holds the source.
    """
    started_at, before = clock(), connector.usage().model_copy()
    with acquire(store, connector.name, holder, clock=clock) as lease:
        findings = _Run(connector, store, lease, full, frozenset(explicit_fields), progress).findings()
        proof = certify(connector.name, findings, before, connector.usage(), started_at, clock())
        with lease.write() as conn:
            body = proof.model_dump_json()
            write_certificate(conn, proof.source, proof.status, proof.started_at, proof.finished_at, body)
    return proof


@dataclass(frozen=True, slots=True)
class _Run:
    connector: Connector
    store: Store
    lease: Lease
    full: bool
    explicit_fields: frozenset[str]
    report: Report

    def findings(self) -> Findings:
        """Read the reference, then every project; note what was found and what was not."""
        try:
            projects = tuple(self.connector.projects())
            now = self.connector.now()
            read = read_reference(self.connector, projects)
        except ConnectorError as error:
            return self._unreached(error)
        with self.lease.write() as conn:
            write_source(conn, self.connector.name, self.connector.kind, self.connector.url)
            write_reference(conn, self.connector.name, read.reference, seen_at=now, whole=not read.failures)
        sweep = Sweep(self.connector, self.store, self.lease, read, now, self.full, self.report)
        return sweep.run(projects).with_more(self._gaps(projects, read.reference), self._notes(read.reference))

    def _unreached(self, error: ConnectorError) -> Findings:
        name = self.connector.name
        with self.store.read() as conn:
            projects = stored_projects(conn, name)
        holdings = tuple(look(self.store, name, project) for project in projects)
        return Findings(failed=True, holdings=holdings, gaps=(interrupted(None, error),))

    def _gaps(self, projects: Sequence[str], reference: Reference) -> tuple[Gap, ...]:
        missing = (name for name in reference.missing_fields if name in self.explicit_fields)
        return (*map(_no_field, missing), *(() if projects else (_no_project(self.connector.name),)))

    def _notes(self, reference: Reference) -> tuple[str, ...]:
        missing = (name for name in reference.missing_fields if name not in self.explicit_fields)
        return tuple(f"No field for {name} was found." for name in missing)


def _no_field(name: str) -> Gap:
    text = f"The field configured for {name} does not exist, or the token may not see it."
    return Gap(project=None, kind=GapKind.MISSING_FIELD, text=text)


def _no_project(source: str) -> Gap:
    text = f"{source} shows no project to this token: check `projects` and the token's rights."
    return Gap(project=None, kind=GapKind.MISSING, text=text)
