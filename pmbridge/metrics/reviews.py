"""The signals of merge requests that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.assessment import Risk
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.percentile import percentile
from pmbridge.metrics.risks import Watched
from pmbridge.model import MergeRequest, MergeRequestState

#: Working days without a reviewer, and between a review and the merge, that are still usual.
NO_REVIEWER_DAYS = 1
UNMERGED_DAYS = 2
#: The least a review may take, whatever the past says.
_LEAST_DAYS = 2.0
_ENOUGH = 20

OpenDays = Callable[[datetime, datetime], float]
#: The merge requests of each piece of work, by its key.
Requests = Mapping[str, Sequence[MergeRequest]]


@dataclass(frozen=True, slots=True)
class ReviewPace:
    """How many working days 85 % of past merge requests took from their opening to the merge; two at least."""

    usual: float

    @classmethod
    def of(cls, requests: Iterable[MergeRequest], open_days: OpenDays) -> ReviewPace:
        """Learn it from all merged ones; from fewer than twenty nothing is learned."""
        took = [open_days(one.created_at, one.merged_at) for one in requests if one.merged_at is not None]
        learned = (percentile(took, 0.85) or 0.0) if len(took) >= _ENOUGH else 0.0
        return cls(max(_LEAST_DAYS, learned))


def stuck_reviews(
    open_work: Sequence[Watched], requests: Requests, pace: ReviewPace, open_days: OpenDays, as_of: datetime
) -> tuple[Risk, ...]:
    """List open work whose merge request waits: for a reviewer, for a review, or for its merge."""
    found = []
    for work in open_work:
        waits = [w for one in requests.get(work.key, ()) if (w := _waits(one, pace, open_days, as_of)) is not None]
        if waits:
            since, text = min(waits)
            found.append(_risk("review stuck", "medium", work.key, since, f"{work.key}: {text}."))
    return tuple(found)


def _waits(one: MergeRequest, pace: ReviewPace, open_days: OpenDays, as_of: datetime) -> tuple[datetime, str] | None:
    """Say since when and for what an open merge request waits; a draft waits for its author."""
    if one.state is not MergeRequestState.OPEN or one.draft:
        return None
    if one.reviewed_at is not None:
        moved = max(one.reviewed_at, one.updated_at)
        late = open_days(moved, as_of) > UNMERGED_DAYS
        text = f"{one.key} was reviewed on {_day(one.reviewed_at)} and is still not merged"
        return (one.reviewed_at, text) if late else None
    waited, opened = open_days(one.created_at, as_of), _day(one.created_at)
    if waited > pace.usual:
        days = wording.count(max(1, round(pace.usual)), "working day")
        return one.created_at, f"{one.key} has waited for a review since {opened}; 85 % are merged within {days}"
    if not one.reviewers and waited > NO_REVIEWER_DAYS:
        return one.created_at, f"{one.key} has had no reviewer since {opened}"
    return None


def last_activity(requests: Requests) -> dict[str, datetime]:
    """Return when the code of each piece of work last moved."""
    return {key: max(one.updated_at for one in own) for key, own in requests.items() if own}


def merged_at(life: Life, requests: Requests) -> datetime | None:
    """Return when the code of a piece of work was merged at last."""
    return max((one.merged_at for one in requests.get(life.item.key, ()) if one.merged_at is not None), default=None)


def _day(at: datetime) -> str:
    return wording.day(at.date())


def _risk(signal: str, severity: str, item: str, since: datetime | None, text: str) -> Risk:
    return Risk.model_validate({"signal": signal, "severity": severity, "item": item, "since": since, "text": text})
