"""How far each figure can be trusted, from the gaps in the data it rests on, and the fixes that would gain most.

A figure keeps ``1 - weight * share`` of its confidence for each gap that hurts it; the product is graded, then capped
where the sample is small or the reading was not whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod

from pmbridge.assessment import Confidence, Figure, FigureStatus
from pmbridge.metrics import wording


class Gap(StrEnum):
    """What may be wrong with the data."""

    UNMAPPED = "unmapped status"
    HISTORY = "history gap"
    JUMPS = "done without being active"
    BULK = "bulk closes"
    LATE_CLOSING = "closed late"
    ZOMBIES = "active without activity"
    NO_DUE = "no due date"
    MOVED_DUE = "due date moved often"
    NO_ESTIMATE = "no estimate"
    MIXED_UNITS = "mixed estimates"
    NO_WORKLOGS = "no worklogs"
    NO_ASSIGNEE = "no assignee"
    NOT_UNITED = "people not united"
    MISSING_LINKS = "missing links"
    NO_SEVERITY = "no severity"
    NO_VERSION = "no affected version"
    DUPLICATES = "duplicates"
    IMPOSSIBLE = "impossible dates"
    UNTESTED = "no test"
    DEFAULT_CALENDAR = "default calendar"
    DAY_OF_LAUNCH = "launch known by its day"


class Metric(StrEnum):
    """The figures that are graded."""

    SCOPE = "scope"
    THROUGHPUT = "throughput"
    CYCLE_TIME = "cycle time"
    AGE = "age"
    FORECAST = "forecast"
    EARNED_VALUE = "earned value"
    COST = "cost"
    LOAD = "load"
    DEPENDENCIES = "dependencies"
    ACCEPTANCE = "acceptance"
    BUGS = "bug flow"


_FLOW = (Metric.SCOPE, Metric.THROUGHPUT, Metric.CYCLE_TIME, Metric.AGE, Metric.FORECAST)

#: What a gap that touches everything takes from a figure.
WEIGHTS: Mapping[tuple[Gap, Metric], float] = {
    **{(gap, metric): 1.0 for gap in (Gap.UNMAPPED, Gap.HISTORY) for metric in _FLOW},
    **{(Gap.IMPOSSIBLE, metric): 1.0 for metric in (Metric.CYCLE_TIME, Metric.AGE, Metric.THROUGHPUT)},
    **{(Gap.JUMPS, metric): 0.9 for metric in (Metric.CYCLE_TIME, Metric.AGE)},
    **{(Gap.BULK, metric): 0.8 for metric in (Metric.THROUGHPUT, Metric.FORECAST)},
    **{(Gap.LATE_CLOSING, metric): 0.5 for metric in (Metric.CYCLE_TIME, Metric.FORECAST)},
    **{(Gap.ZOMBIES, metric): 0.6 for metric in (Metric.AGE,)},
    **{(Gap.NO_DUE, metric): 1.0 for metric in (Metric.EARNED_VALUE,)},
    **{(Gap.MOVED_DUE, metric): 0.4 for metric in (Metric.FORECAST, Metric.EARNED_VALUE)},
    **{
        (gap, metric): 0.8
        for gap in (Gap.NO_ESTIMATE, Gap.MIXED_UNITS)
        for metric in (Metric.EARNED_VALUE, Metric.LOAD, Metric.DEPENDENCIES)
    },
    (Gap.NO_WORKLOGS, Metric.COST): 1.0,
    **{(gap, Metric.LOAD): 0.8 for gap in (Gap.NO_ASSIGNEE, Gap.NOT_UNITED)},
    (Gap.MISSING_LINKS, Metric.DEPENDENCIES): 0.7,
    (Gap.UNTESTED, Metric.ACCEPTANCE): 1.0,
    **{(Gap.NO_SEVERITY, metric): 0.7 for metric in (Metric.BUGS, Metric.ACCEPTANCE)},
    (Gap.NO_VERSION, Metric.BUGS): 0.7,
    (Gap.DUPLICATES, Metric.BUGS): 0.4,
    **{(Gap.DEFAULT_CALENDAR, metric): 0.2 for metric in (Metric.LOAD, Metric.BUGS)},
    (Gap.DAY_OF_LAUNCH, Metric.BUGS): 0.2,
}

_GRADES = ((0.9, Confidence.A), (0.75, Confidence.B), (0.5, Confidence.C))
#: The kept part at which a capped figure shows no further gain.
_CEILINGS = {Confidence.A: 1.0, Confidence.B: 0.9, Confidence.C: 0.75, Confidence.D: 0.5}
_WORST_FIRST = (Confidence.D, Confidence.C, Confidence.B, Confidence.A)


@dataclass(frozen=True, slots=True)
class Found:
    """A gap with the share of the data it touches, 0 to 1, and what a team would do about it.

    ``items`` are the keys it touches, ``words`` the fix with two gaps to fill: how many they are, and which.
    """

    gap: Gap
    share: float
    fix: str
    items: tuple[str, ...] = ()
    words: str = ""

    @classmethod
    def of(cls, gap: Gap, items: Sequence[str], total: int, words: str) -> Found | None:
        """Describe a gap in some of ``total`` items; ``None`` where it touches none."""
        if not items:
            return None
        return cls(gap, len(items) / total, _filled(words, items), tuple(items), words)

    def joined(self, others: Iterable[Found]) -> Found:
        """Return the same gap over the items of all, to be told as one; its share means nothing then."""
        items = tuple(dict.fromkeys((*self.items, *(item for other in others for item in other.items))))
        return Found(self.gap, self.share, _filled(self.words, items) if self.words else self.fix, items, self.words)


@dataclass(frozen=True, slots=True)
class Trust:
    """The confidence in one figure: the kept part, the grade after caps, and the gap that hurts it most."""

    metric: Metric
    kept: float
    grade: Confidence
    worst: Found | None = None
    cap: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to do, what it is worth over all figures, and the grades it would raise."""

    text: str
    gain: float
    raised: tuple[tuple[Metric, Confidence, Confidence], ...]

    @property
    def sentence(self) -> str:
        """Say it as an instruction with its reward."""
        rewards = ", ".join(f"{metric} {before.value} → {after.value}" for metric, before, after in self.raised)
        return f"{self.text.rstrip('.')}: {rewards}." if rewards else f"{self.text.rstrip('.')}."


def grade(kept: float) -> Confidence:
    """Turn a kept part into a letter."""
    return next((letter for least, letter in _GRADES if kept >= least - 1e-9), Confidence.D)


def capped(letter: Confidence, cap: Confidence | None) -> Confidence:
    """Return the worse of a grade and a cap."""
    return letter if cap is None else min(letter, cap, key=_WORST_FIRST.index)


def sample_cap(n: int, low: int, medium: int, high: int) -> Confidence | None:
    """Cap a grade by the sample: D below ``low``, C below ``medium``, B below ``high``."""
    for least, cap in ((low, Confidence.D), (medium, Confidence.C), (high, Confidence.B)):
        if n < least:
            return cap
    return None


def trust(metric: Metric, gaps: Sequence[Found], caps: Iterable[tuple[Confidence, str]] = ()) -> Trust:
    """Grade one figure by the gaps, then by the caps, each of them with its reason."""
    kept = _kept(metric, gaps)
    hurting = [(WEIGHTS.get((one.gap, metric), 0.0) * one.share, one) for one in gaps]
    worst = max(hurting, key=lambda pair: pair[0], default=(0.0, None))
    letter, reason = grade(kept), None
    for cap, why in caps:
        if capped(letter, cap) is not letter:
            letter, reason = capped(letter, cap), why
    return Trust(metric, kept, letter, worst[1] if worst[0] > 0 else None, reason)


def fixes(gaps: Sequence[Found], trusts: Sequence[Trust], most: int = 3) -> tuple[Fix, ...]:
    """Return the fixes that gain most, summed over all figures; what gains nothing is left out."""
    found = []
    for one in gaps:
        raised = [
            (held.metric, held.grade, better) for held in trusts if (better := after(one, gaps, held)) != held.grade
        ]
        total = sum(gain(one, gaps, held) for held in trusts)
        if total > 1e-9:
            found.append(Fix(one.fix, total, tuple(raised)))
    return tuple(sorted(found, key=lambda fix: (-round(fix.gain, 9), fix.text))[:most])


def graded(figure: Figure, held: Trust) -> Figure:
    """Put the grade beside a figure; at D the reason stands with it."""
    if figure.status is not FigureStatus.OK:
        return figure
    why = held.cap or (held.worst.fix if held.worst else None)
    reasons = (*figure.reasons, why) if held.grade is Confidence.D and why else figure.reasons
    return figure.model_copy(update={"confidence": held.grade, "reasons": reasons})


def _filled(words: str, items: Sequence[str]) -> str:
    return words.format(wording.count(len(items), "item"), wording.listed(items))


def gain(gap: Found, gaps: Sequence[Found], held: Trust) -> float:
    """Return what closing one gap adds to the kept part of a figure, as far as the cap of its sample lets it show."""
    most = _CEILINGS[held.grade] if held.cap is not None else 1.0
    return min(most, _kept(held.metric, [other for other in gaps if other is not gap])) - min(most, held.kept)


def after(gap: Found, gaps: Sequence[Found], held: Trust) -> Confidence:
    """Return the grade of a figure once a gap is closed; a cap of its sample stays."""
    better = grade(_kept(held.metric, [other for other in gaps if other is not gap]))
    return held.grade if held.cap is not None else better


def _kept(metric: Metric, gaps: Iterable[Found]) -> float:
    return prod(1 - WEIGHTS.get((one.gap, metric), 0.0) * min(1.0, max(0.0, one.share)) for one in gaps)
