"""Every forecast a project would have seen of its earlier milestones, week by week, each from what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from pmbridge.metrics.calibration import ScoredForecast, score
from pmbridge.metrics.forecast import Snapshot, Target, two_scopes
from pmbridge.metrics.judgement import Answer, is_paused, judge
from pmbridge.metrics.replay import MilestoneWindow, ReplayedMilestone, known_before, snapshot_at, state_at
from pmbridge.metrics.scoring import crps_days, pinball_loss

PERCENTILES = (0.5, 0.85, 0.95)
_MONDAY = 1  # of ``date.toordinal`` modulo 7


@dataclass(frozen=True, slots=True)
class Origin:
    """One forecast with its outcome: ``milestone`` counts from the newest; days are ordinals."""

    milestone: int
    day: int
    percentiles: tuple[int, int, int]
    due: int | None
    finish: int
    fell: ScoredForecast
    crps: float
    naive: float | None

    @property
    def true_days(self) -> int:
        """Days from the forecast to the finish."""
        return self.finish - self.day


def rolling_origin(growing: Sequence[ReplayedMilestone], frozen: Sequence[ReplayedMilestone]) -> tuple[Origin, ...]:
    """Forecast every earlier milestone on each Monday of its window, newest milestone first.

    Both replays are those of one project; refusals are left out, as the reader would have seen no date.
    """
    project = tuple(milestone.window for milestone in growing)
    return tuple(
        origin
        for number, milestone in enumerate(growing)
        for day in _mondays(milestone)
        for origin in _origin(number, milestone, day, growing, frozen, project)
    )


def _mondays(milestone: ReplayedMilestone) -> range:
    opening = milestone.finish if milestone.window.opening is None else milestone.window.opening
    return range(opening + (_MONDAY - opening) % 7, milestone.finish, 7)


def _origin(
    number: int,
    milestone: ReplayedMilestone,
    day: int,
    growing: Sequence[ReplayedMilestone],
    frozen: Sequence[ReplayedMilestone],
    project: Sequence[MilestoneWindow],
) -> Iterator[Origin]:
    window = milestone.window
    state = state_at(window, day)
    if state.remaining == 0:
        return
    snapshot = snapshot_at(window, day, project)
    past, own = known_before(growing, day), len(state.finish_days)
    verdict = judge(snapshot, len(past), own, is_paused(snapshot, own))
    if verdict.status is not Answer.OK:
        return
    scopes = two_scopes(snapshot, past, known_before(frozen, day), widen=verdict.widen)
    true_days = milestone.finish - day
    p50, p85, p95 = (day + scopes.quantile_days(Target.GROWING, q) for q in PERCENTILES)
    yield Origin(
        milestone=number,
        day=day,
        percentiles=(p50, p85, p95),
        due=window.due_at(day),
        finish=milestone.finish,
        fell=score(scopes.growing, true_days),
        crps=crps_days(scopes.growing, true_days),
        naive=_naive_loss(snapshot, true_days),
    )


def _naive_loss(snapshot: Snapshot, true_days: int) -> float | None:
    """Return the loss of "remaining over mean rate", whose ranked score is its error in days."""
    finished = sum(snapshot.weekly_finishes)
    if not finished:
        return None
    return abs(7 * snapshot.remaining * len(snapshot.weekly_finishes) / finished - true_days)


def pit_tenths(origins: Iterable[Origin]) -> tuple[float, ...]:
    """Return the share of outcomes in each tenth of their forecast, every milestone weighing once; flat if honest."""
    hits = [0.0] * 11
    by_milestone: dict[int, list[ScoredForecast]] = {}
    for one in origins:
        by_milestone.setdefault(one.milestone, []).append(one.fell)
    for fell in by_milestone.values():
        for tenth in range(11):
            hits[tenth] += fmean(one.hit(tenth / 10) for one in fell)
    total = len(by_milestone)
    return tuple((hits[n + 1] - hits[n]) / total for n in range(10)) if total else ()


def mean_crps(origins: Sequence[Origin]) -> float | None:
    """Return the mean ranked score in days, every milestone weighing once."""
    return _by_milestone([(one.milestone, one.crps) for one in origins])


def skill(origins: Sequence[Origin]) -> float | None:
    """Return the part of the naive forecast's loss that is saved, on the forecasts both could give."""
    both = [one for one in origins if one.naive is not None]
    ours = _by_milestone([(one.milestone, one.crps) for one in both])
    theirs = _by_milestone([(one.milestone, one.naive or 0.0) for one in both])
    return None if not theirs or ours is None else 1 - ours / theirs


def pinball(origins: Sequence[Origin]) -> tuple[float, float, float] | None:
    """Return the mean losses of the three percentiles in days, every milestone weighing once."""
    p50, p85, p95 = (
        _by_milestone([(o.milestone, pinball_loss([o.true_days], [o.percentiles[n] - o.day], q)) for o in origins])
        for n, q in enumerate(PERCENTILES)
    )
    return None if p50 is None or p85 is None or p95 is None else (p50, p85, p95)


def _by_milestone(values: Iterable[tuple[int, float]]) -> float | None:
    grouped: dict[int, list[float]] = {}
    for milestone, value in values:
        grouped.setdefault(milestone, []).append(value)
    return fmean(map(fmean, grouped.values())) if grouped else None
