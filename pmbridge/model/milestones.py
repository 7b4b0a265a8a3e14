"""Milestones: what a tracker calls a version, an epic, a sprint, a milestone or an iteration."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pmbridge.model.refs import Frozen, Instant, Ref, RefKind


class MilestoneKind(StrEnum):
    """Which of the trackers' containers it is."""

    VERSION = "version"
    EPIC = "epic"
    SPRINT = "sprint"
    MILESTONE = "milestone"
    ITERATION = "iteration"


class MilestoneState(StrEnum):
    """Open, released (it reached users) or closed (it ended without saying so)."""

    OPEN = "open"
    RELEASED = "released"
    CLOSED = "closed"


class Milestone(Frozen):
    """One container of one tracker, as it is now.

    ``id`` carries the kind (``version:10001``, ``milestone:77``), since trackers number their kinds apart; it is
    what `Item.milestones` and membership changes refer to. ``native_id`` is the tracker's own. ``project`` is where
    it is defined; a group milestone names its group. Dates are calendar dates without a time.
    """

    source: str
    id: str
    native_id: str
    kind: MilestoneKind
    project: str
    title: str
    description: str | None = None
    state: MilestoneState = MilestoneState.OPEN
    start: date | None = None
    due: date | None = None
    released_at: Instant | None = None
    closed_at: Instant | None = None
    url: str | None = None
    updated_at: Instant | None = None

    @property
    def ref(self) -> Ref:
        """The reference by which this container is written to."""
        return Ref(
            source=self.source,
            kind=RefKind(self.kind.value),
            id=self.native_id,
            project=self.project,
            key=self.title,
            url=self.url,
        )
