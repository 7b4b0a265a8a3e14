"""Reading all projects of a source, one after the other, so that the trouble of one does not stop the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pmbridge.connector import Connector
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store
from pmbridge.sync.certificate import interrupted
from pmbridge.sync.findings import Findings
from pmbridge.sync.holding import Holding, examine, look
from pmbridge.sync.progress import Report
from pmbridge.sync.pull import Pull, Pulled
from pmbridge.sync.reference import STOPPING, ReferenceRead


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over the projects; ``now`` is the tracker's clock at its start."""

    connector: Connector
    store: Store
    lease: Lease
    read: ReferenceRead
    now: datetime
    full: bool
    report: Report
    _pulls: dict[str, tuple[Pull, Pulled]] = field(default_factory=dict, init=False)
    _failures: dict[str, ConnectorError] = field(default_factory=dict, init=False)

    def run(self, projects: Sequence[str]) -> Findings:
        """Read every project, and compare only then: an item may have moved from one to the next."""
        self._failures.update(self.read.failures)
        for project in projects:
            self._pull(project)
        holdings = tuple(self._compared(project) for project in projects)
        stopped = self._stopped() is not None
        return Findings(failed=stopped or 0 < len(projects) == len(self._failures), holdings=holdings)

    def _pull(self, project: str) -> None:
        stopped = self._stopped()
        if stopped is not None:
            self._failures[project] = stopped
        if project in self._failures:
            return
        try:
            self._pulls[project] = self._pulled(project)
        except ConnectorError as error:
            self._failures[project] = error

    def _pulled(self, project: str) -> tuple[Pull, Pulled]:
        counted = self.connector.count(project)
        pull = Pull(
            self.connector,
            self.store,
            self.lease,
            self.read.reference,
            project,
            self.now,
            counted,
            self.report,
        )
        pulled = pull.run(full=self.full)
        if pulled.resumed:
            pull.run(full=False)
        return pull, pulled

    def _compared(self, project: str) -> Holding:
        if project not in self._failures:
            try:
                return self._proven(*self._pulls[project])
            except ConnectorError as error:
                self._failures[project] = error
        return look(self.store, self.connector.name, project, (interrupted(project, self._failures[project]),))

    def _proven(self, pull: Pull, pulled: Pulled) -> Holding:
        """Compare counts; read once more what came in meanwhile, if the tracker counts differently by now."""
        source, project, counted = self.connector.name, pull.project, pull.total
        held = examine(self.store, source, project, counted, pulled)
        if counted is None or held.items_stored == counted:
            return held
        again = self.connector.count(project)
        if again not in (counted, held.items_stored):
            pull.run(full=False)
            again = self.connector.count(project)
        return examine(self.store, source, project, again, pulled)

    def _stopped(self) -> ConnectorError | None:
        return next((error for error in self._failures.values() if isinstance(error, STOPPING)), None)
