"""Whether a result still speaks of what would be launched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.metrics.acceptance.requirement import Priority, Requirement
from pmbridge.model import Candidate, Execution, TestCase


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a result must withstand: its greatest age, and the build that would be launched, if one was declared.

    ``touched`` are the components in which that build differs from what was tested, in lower case; ``None`` is unknown.
    """

    as_of: datetime
    max_age: timedelta = timedelta(days=30)
    candidate: Candidate | None = None
    touched: frozenset[str] | None = None

    def doubts(self, requirement: Requirement, test: TestCase, execution: Execution) -> tuple[str, ...]:
        """Return why a result proves nothing any more; none if it is fresh."""
        found = (
            _later("the requirement's text changed after it", requirement.text_changed_at, execution.at),
            _later("the test changed after it", test.changed_at, execution.at),
            self._build(requirement, execution),
            self._age(execution),
        )
        return tuple(doubt for doubt in found if doubt)

    def _age(self, execution: Execution) -> str | None:
        if self.as_of - execution.at <= self.max_age:
            return None
        return f"it is {(self.as_of - execution.at).days} days old, more than {self.max_age.days}"

    def _build(self, requirement: Requirement, execution: Execution) -> str | None:
        """Say if a run was made on something else than the candidate or a build within it.

        Such a run still speaks of a requirement none of whose components was touched since. A run that names no
        build is placed by time: for a must-have it has to come after the candidate was built.
        """
        if self.candidate is None:
            return None
        named = {name for name in (execution.build, execution.commit) if name}
        if named:
            known = self.candidate.names
            same = not known or not named.isdisjoint(known) or self._untouched(requirement)
            return None if same else f"it ran on {execution.build or execution.commit}"
        must = requirement.priority is Priority.MUST
        return _later("the candidate was built after it", self.candidate.at if must else None, execution.at)

    def _untouched(self, requirement: Requirement) -> bool:
        known = self.touched is not None and requirement.components
        return bool(known) and requirement.components.isdisjoint(self.touched or ())


def _later(text: str, event: datetime | None, than: datetime) -> str | None:
    return text if event is not None and event > than else None
