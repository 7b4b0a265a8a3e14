"""Shares that tell how good repairs and tests were, each with what it leaves out for being too young."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.wilson import wilson_interval
from pmbridge.model.instants import to_micros

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
    known = Defects.of(defects)
    rows, _ = known.columns.spells.endings.rows(known.root)
    ended, again = known.columns.spells.ended[rows], known.columns.spells.again[rows]
    length = follow_up // timedelta(microseconds=1)
    ripe = ended + length <= to_micros(as_of)
    undone = ripe & (again != NEVER) & (again - ended <= length)
    return Ratio(int(undone.sum()), int(ripe.sum()), int((~ripe).sum()))


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


def detection(found_before: int, arrivals: Whole, launched_at: datetime, as_of: datetime, days: int) -> Detection:
    """Count how many defects were found in time, looking ``days`` past the launch; arrivals are in microseconds."""
    until = launched_at + timedelta(days=days)
    return Detection(days, found_before, int((arrivals < to_micros(until)).sum()), as_of >= until)


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


def regressions(found: Mapping[Tier, int], defects: int, bad_fixes: int = 0) -> Regressions:
    """Put regressions in the order of their evidence, of so many defects; tiers without any are left out."""
    return Regressions({tier: found[tier] for tier in Tier if found.get(tier)}, bad_fixes, defects)


def declined_share(defects: Iterable[Defect]) -> Ratio:
    """Return the share of ended defects that were declined."""
    known = Defects.of(defects)
    over = ~known.is_open
    declined = over & known.take(known.columns.is_outcome(Outcome.DECLINED))
    return Ratio(int(declined.sum()), int(over.sum()))
