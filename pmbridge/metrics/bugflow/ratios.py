"""Shares that tell how good repairs and tests were, each with what it leaves out for being too young."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.wilson import wilson_interval

FOLLOW_UP = timedelta(days=14)
CONTAINMENT_DAYS = (30, 90)


@dataclass(frozen=True, slots=True)
class Ratio:
    """``hits`` of ``trials``; ``immature`` are those that cannot be judged yet and are in neither."""

    hits: int
    trials: int
    immature: int = 0

    @property
    def value(self) -> float | None:
        """The share; ``None`` without trials."""
        return self.hits / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval by Wilson."""
        return wilson_interval(self.hits, self.trials)


def reopen_rate(defects: Iterable[Defect], as_of: datetime, follow_up: timedelta = FOLLOW_UP) -> Ratio:
    """Return the share of endings that were undone within the follow-up; younger endings are left out.

    Every ending counts, also the second one of a defect that was opened again.
    """
    hits = trials = immature = 0
    for defect in defects:
        for end, reopened in _endings(defect):
            if end + follow_up > as_of:
                immature += 1
                continue
            trials += 1
            hits += reopened is not None and reopened - end <= follow_up
    return Ratio(hits, trials, immature)


def _endings(defect: Defect) -> Iterable[tuple[datetime, datetime | None]]:
    again = iter(defect.root.reopenings)
    return [(end, next(again, None)) for end in defect.root.endings]


@dataclass(frozen=True, slots=True)
class Detection:
    """Defects found before a launch against those met within ``days`` after it; immature until these have passed.

    The share is of defects *found* (detection percentage); what was found need not have been repaired.
    """

    days: int
    before: int
    after: int
    mature: bool

    @property
    def ratio(self) -> Ratio:
        """The share found before."""
        return Ratio(self.before, self.before + self.after)

    @property
    def escaped(self) -> Ratio:
        """The share that escaped to users."""
        return Ratio(self.after, self.before + self.after)


def detection(
    found_before: int, arrivals: Iterable[datetime], launched_at: datetime, as_of: datetime, days: int
) -> Detection:
    """Count how many defects were found in time, looking ``days`` past the launch."""
    until = launched_at + timedelta(days=days)
    return Detection(days, found_before, sum(at < until for at in arrivals), as_of >= until)


class Tier(IntEnum):
    """How strong the evidence is that a defect was brought in by a change; the smaller the stronger."""

    CAUSED_BY_LINK = 1
    SAID = 2
    BLAMED = 3
    SAME_COMPONENT = 4


#: Tiers that executive pages may show.
FIRM = (Tier.CAUSED_BY_LINK, Tier.SAID)


@dataclass(frozen=True, slots=True)
class Regressions:
    """Defects that broke what worked before, by the tier of their evidence; ``bad_fixes`` came from repairs."""

    tiers: dict[Tier, int]
    bad_fixes: int
    defects: int

    @property
    def firm(self) -> Ratio:
        """The share whose evidence is strong enough to be told."""
        return Ratio(sum(self.tiers.get(tier, 0) for tier in FIRM), self.defects)


def regressions(tiers: Iterable[Tier | None], bad_fixes: int = 0) -> Regressions:
    """Count regressions by evidence; ``None`` is a defect without any."""
    known = list(tiers)
    counted = {tier: sum(one is tier for one in known) for tier in Tier}
    return Regressions({tier: n for tier, n in counted.items() if n}, bad_fixes, len(known))


def declined_share(defects: Iterable[Defect]) -> Ratio:
    """Return the share of ended defects that were declined."""
    ended = [defect.root.outcome for defect in defects if not defect.root.is_open]
    return Ratio(sum(outcome is Outcome.DECLINED for outcome in ended), len(ended))
