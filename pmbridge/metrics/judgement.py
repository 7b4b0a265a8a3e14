"""Whether a finish date may be given at all, how wide, how far to trust it, how finely to print it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pmbridge.metrics.calibration import TrackRecord
from pmbridge.metrics.forecast import Snapshot

#: By how much a forecast is widened where it rests on little.
WIDENING = 1.3
#: A P85 that held less often than this is widened.
LOWEST_COVERAGE = 0.75

_ENOUGH_PAST = 3  # milestones, to answer without a finish of the milestone's own
_LONG_PAST = 6
_MANY_FINISHES = 6
_PAUSE_WEEKS = 4


class Answer(StrEnum):
    """What the reader gets: dates, the news that nothing is open, or a refusal."""

    OK = "ok"
    DONE = "done"
    REFUSED = "refused"


class Trust(StrEnum):
    """How far the dates can be trusted."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Granularity(StrEnum):
    """How finely a date may be printed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision on one forecast.

    ``widen`` multiplies the scale of both targets. ``borrowed``: no milestone of this project stands behind the
    dates, only the general pattern of other products. ``confidence`` and ``granularity`` are ``None`` without dates.
    ``reasons`` are sentences for the reader, ``refusal`` says in one what is missing.
    """

    status: Answer
    widen: float = 1.0
    confidence: Trust | None = None
    borrowed: bool = False
    granularity: Granularity | None = None
    refusal: str | None = None
    reasons: tuple[str, ...] = ()


def is_paused(snapshot: Snapshot, own_finishes: int) -> bool:
    """Tell whether work seems to rest: finishes there were, but none in the last four weeks."""
    return own_finishes > 0 and sum(snapshot.weekly_finishes[-_PAUSE_WEEKS:]) == 0


def judge(
    snapshot: Snapshot,
    past_count: int,
    own_finishes: int,
    paused: bool,
    p50: int | None = None,
    p85: int | None = None,
    *,
    record: TrackRecord | None = None,
) -> Judgement:
    """Decide what may be said about one milestone.

    ``past_count`` counts the comparable earlier milestones, ``own_finishes`` the items of this one that are done.
    ``p50`` and ``p85`` are days of the forecast made with `widening`; without them dates are printed as days.
    """
    if snapshot.remaining == 0:
        return Judgement(Answer.DONE, reasons=("Nothing is open.",))
    if own_finishes == 0 and past_count < _ENOUGH_PAST:
        return Judgement(Answer.REFUSED, refusal=_refusal(past_count))
    borrowed = past_count == 0
    return Judgement(
        status=Answer.OK,
        widen=widening(past_count, paused, record),
        confidence=_confidence(past_count, own_finishes, paused, record),
        borrowed=borrowed,
        granularity=_granularity(borrowed, p50, p85),
        reasons=_reasons(past_count, own_finishes, paused, record),
    )


def widening(past_count: int, paused: bool, record: TrackRecord | None = None) -> float:
    """Return the factor for the scale of the forecast: it is widened once, however many causes there are."""
    return WIDENING if past_count == 0 or paused or _misses_often(record) else 1.0


def _misses_often(record: TrackRecord | None) -> bool:
    if record is None or not record.is_shown or record.p85_coverage is None:
        return False
    return record.p85_coverage < LOWEST_COVERAGE


def _refusal(past_count: int) -> str:
    have = ("there is no earlier milestone", "there is only 1 earlier milestone", "there are only 2 earlier ones")
    return (
        f"No track record yet: no item of this milestone is finished, and {have[past_count]} to learn from (with "
        f"10 or more items and a known finish). The first finished item, or {_ENOUGH_PAST} such milestones, make a "
        "forecast possible."
    )


def _confidence(past_count: int, own_finishes: int, paused: bool, record: TrackRecord | None) -> Trust:
    if own_finishes == 0 or past_count == 0 or paused:
        return Trust.LOW
    proven = record is not None and record.is_shown and not _misses_often(record)
    if past_count >= _LONG_PAST and own_finishes >= _MANY_FINISHES and proven:
        return Trust.HIGH
    return Trust.MEDIUM


def _granularity(borrowed: bool, p50: int | None, p85: int | None) -> Granularity:
    if p50 is not None and p85 is not None and p85 - p50 > p50:
        return Granularity.MONTH
    return Granularity.WEEK if borrowed else Granularity.DAY


def _reasons(past_count: int, own_finishes: int, paused: bool, record: TrackRecord | None) -> tuple[str, ...]:
    reasons = []
    if past_count == 0:
        reasons.append(
            "Borrowed: this project has no earlier milestone to learn from, so the general pattern of other products "
            "is used and the range is widened by 30 %."
        )
    if own_finishes == 0:
        reasons.append("No item of this milestone is finished yet; the dates rest on earlier milestones alone.")
    if paused:
        reasons.append(
            f"No item was finished in the last {_PAUSE_WEEKS} weeks. Is work paused? The range is widened by 30 %."
        )
    if record is not None and record.is_shown:
        reasons.append(f"The 85 % date held for {record.p85_hits} of {record.n} earlier milestones.")
        if _misses_often(record):
            reasons.append("That is less often than it should, so the range is widened by 30 %.")
    return tuple(reasons)
