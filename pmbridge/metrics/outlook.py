"""The forecast of one milestone, from its family's past, ready to be asked again under other assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pmbridge.metrics.calibration import TrackRecord, track_record
from pmbridge.metrics.forecast import PastMilestone, Snapshot, Target, TwoScopes, two_scopes
from pmbridge.metrics.judgement import Answer, Judgement, is_paused, judge, widening
from pmbridge.metrics.replay import MilestoneWindow, ReplayedMilestone, known_before, replay, snapshot_of, state_at


@dataclass(frozen=True, slots=True)
class Family:
    """Milestones that end by one rule, with their past looked at again for both targets."""

    windows: tuple[MilestoneWindow, ...]
    growing: tuple[ReplayedMilestone, ...]
    frozen: tuple[ReplayedMilestone, ...]
    record: TrackRecord
    _records: dict[int, TrackRecord] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, windows: Sequence[MilestoneWindow]) -> Family:
        """Replay what has ended."""
        growing = replay(windows, Target.GROWING)
        return cls(tuple(windows), growing, replay(windows, Target.FROZEN), track_record(growing))

    def record_by(self, day: int) -> TrackRecord:
        """Return the record of what had ended by the end of ``day``."""
        ended = [one for one in self.growing if one.finish <= day]
        if len(ended) == len(self.growing):
            return self.record
        if len(ended) not in self._records:
            self._records[len(ended)] = track_record(ended)
        return self._records[len(ended)]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of one milestone at the end of a day.

    ``past`` counts the earlier milestones that met the regime of today; ``scopes`` is ``None`` without an answer.
    """

    day: int
    due: int | None
    snapshot: Snapshot
    own_finishes: int
    past_growing: tuple[PastMilestone, ...]
    past_frozen: tuple[PastMilestone, ...]
    past: int
    judgement: Judgement
    scopes: TwoScopes | None

    @property
    def on_time(self) -> float | None:
        """Chance to finish by the due date whatever joins; ``None`` without a date or without an answer."""
        if self.scopes is None or self.due is None:
            return None
        return self.scopes.probability_within(Target.GROWING, self.due - self.day)

    def chance(self, snapshot: Snapshot) -> float:
        """Chance to finish by the due date if the milestone stood as in ``snapshot``, all else equal."""
        if snapshot.remaining == 0:
            return 1.0
        if snapshot.days_to_due is None:
            raise ValueError("without a due date there is no chance to make it")
        scopes = two_scopes(snapshot, self.past_growing, self.past_frozen, widen=self.judgement.widen)
        return scopes.probability_within(Target.GROWING, snapshot.days_to_due)

    def without(self, items: int) -> float:
        """Chance to finish by the due date with so many open items fewer."""
        return self.chance(replace(self.snapshot, remaining=max(0, self.snapshot.remaining - items)))


def outlook(window: MilestoneWindow, family: Family, day: int) -> Outlook:
    """Forecast one milestone as it stands at the end of ``day``, learning from those that had ended before."""
    state = state_at(window, day)
    snapshot = snapshot_of(state, family.windows)
    growing, frozen = known_before(family.growing, day), known_before(family.frozen, day)
    past = sum(any(regime is snapshot.regime for regime, _ in one.residuals) for one in growing)
    own = len(state.finish_days)
    paused = is_paused(snapshot, own)
    record = family.record_by(day)
    verdict = judge(snapshot, past, own, paused, record=record)
    scopes = None
    if verdict.status is Answer.OK:
        scopes = two_scopes(snapshot, growing, frozen, widen=widening(past, paused, record))
        p50, p85 = (scopes.quantile_days(Target.GROWING, q) for q in (0.5, 0.85))
        verdict = judge(snapshot, past, own, paused, p50, p85, record=record)
    return Outlook(day, window.due_at(day), snapshot, own, growing, frozen, past, verdict, scopes)
