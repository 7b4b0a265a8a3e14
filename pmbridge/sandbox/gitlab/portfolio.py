"""What a sandbox GitLab of a paid tier plans with above its milestones: iterations and epics of groups."""

from __future__ import annotations

from datetime import date, datetime

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.merging import Merging
from pmbridge.sandbox.gitlab.records import Epic, Iteration, TestReport


class Portfolio(Merging):
    """Adds iterations, epics and the reports of requirements."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.iterations: dict[int, Iteration] = {}
        self.epics: dict[int, Epic] = {}
        self.test_reports: list[TestReport] = []

    def add_iteration(self, group: int, *, start: date, due: date, title: str | None = None) -> int:
        """Add an iteration of a group and return its id; those that a cadence makes have no title."""
        iid = 1 + sum(row.group == group for row in self.iterations.values())
        made = Iteration(next(self._ids), iid, self.groups[group].id, start, due, self.clock.now(), title)
        self.iterations[made.id] = made
        return made.id

    def add_epic(
        self, group: int, title: str, *, at: datetime, start: date | None = None, due: date | None = None
    ) -> int:
        """Add an epic of a group and return the id of its work item, which is not the id of the epic."""
        iid = 1 + sum(row.group == group for row in self.epics.values())
        made = Epic(next(self._ids), iid, self.groups[group].id, title, at, at, start=start, due=due)
        self.epics[made.id] = made
        return made.id

    def close_epic(self, id: int, *, at: datetime) -> None:
        """Close an epic."""
        epic = self.epics[id]
        epic.state, epic.closed, epic.updated = "closed", at, at

    def report_requirement(self, issue: int, state: str, *, at: datetime, by: int | None = None) -> int:
        """File a report on a requirement, ``passed`` or ``failed``, and return its id."""
        made = TestReport(next(self._ids), issue, state, at, by)
        self.test_reports.append(made)
        return made.id
