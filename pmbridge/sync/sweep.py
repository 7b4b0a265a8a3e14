"""Reading all projects of a source, one after the other, so that the trouble of one does not stop the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pmbridge.connector import Connector, Reconciling, Tallying
from pmbridge.errors import ConnectorError
from pmbridge.store import Lease, Store
from pmbridge.sync.beside import Beside
from pmbridge.sync.certificate import Gap, GapKind, interrupted
from pmbridge.sync.delivery import pull_delivery
from pmbridge.sync.evidence import pull_evidence
from pmbridge.sync.findings import Findings
from pmbridge.sync.holding import Holding, examine, look
from pmbridge.sync.members import Members
from pmbridge.sync.progress import Report
from pmbridge.sync.pull import Pull, Pulled
from pmbridge.sync.reconcile import Reconcile
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
    accept_losses: bool = False
    _pulls: dict[str, tuple[Pull, Pulled]] = field(default_factory=dict, init=False)
    _failures: dict[str, ConnectorError] = field(default_factory=dict, init=False)
    _notes: list[str] = field(default_factory=list, init=False)

    def run(self, projects: Sequence[str]) -> Findings:
        """Read every project, and compare only then: an item may have moved from one to the next."""
        self._failures.update(self.read.failures)
        for project in projects:
            self._pull(project)
        holdings = tuple(self._compared(project) for project in projects)
        stopped = self._stopped() is not None
        told = (note for _, pulled in self._pulls.values() for note in pulled.notes)
        notes = dict.fromkeys([*self._notes, *told])
        failed = stopped or 0 < len(projects) == len(self._failures)
        return Findings(failed=failed, holdings=holdings, notes=tuple(notes))

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
        beside = Beside(self.connector, self.store, self.lease, project, self.now, pulled.whole)
        self._notes.extend((*pull_evidence(beside), *pull_delivery(beside)))
        return pull, pulled

    def _compared(self, project: str) -> Holding:
        if project not in self._failures:
            try:
                held = self._proven(*self._pulls[project])
                return replace(held, gaps=(*held.gaps, *self._misplaced(self._pulls[project][0])))
            except ConnectorError as error:
                self._failures[project] = error
        return look(self.store, self.connector.name, project, (interrupted(project, self._failures[project]),))

    def _proven(self, pull: Pull, pulled: Pulled) -> Holding:
        """Compare counts, and where the tracker can be asked for it, item by item."""
        held = self._counted(pull, pulled)
        if not isinstance(self.connector, Reconciling):
            return held
        comparison = Reconcile(
            self.connector,
            self.store,
            self.lease,
            self.connector.name,
            pull.project,
            self.now,
            self.accept_losses,
        )
        if pulled.whole and pulled.met == held.items_tracker == held.items_stored:
            comparison.note()
            return held
        if not comparison.due(full=self.full, counted=held.items_tracker, stored=held.items_stored):
            return held
        return self._compared_by_item(pull, pulled, comparison)

    def _misplaced(self, pull: Pull) -> tuple[Gap, ...]:
        """Compare who is in the milestones; what moved while we read is read once more before it counts as a gap."""
        if not isinstance(self.connector, Tallying):
            return ()
        tallies = self.read.reference.tallies
        members = Members(self.connector, self.store, self.connector.name, pull.project, tallies)
        disputed = members.disputed()
        if not disputed or not members.gaps(disputed):
            return ()
        pull.run(full=False)
        return members.gaps(disputed)

    def _compared_by_item(self, pull: Pull, pulled: Pulled, comparison: Reconcile) -> Holding:
        """Bury what is gone; what the tracker shows and we do not hold is read with everything else."""
        found = comparison.run()
        self._notes.extend(found.notes)
        if found.unread and not pulled.whole:
            pull.run(full=True)
        held = examine(self.store, self.connector.name, pull.project, len(found.listed), pulled)
        kept = [gap for gap in held.gaps if not (found.gaps and gap.kind is GapKind.GONE)]
        named = [_named(gap, comparison.unheld(found.listed)) if gap.kind is GapKind.MISSING else gap for gap in kept]
        return replace(held, gaps=(*found.gaps, *named))

    def _counted(self, pull: Pull, pulled: Pulled) -> Holding:
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


def _named(gap: Gap, items: tuple[str, ...]) -> Gap:
    return gap.model_copy(update={"items": items})
