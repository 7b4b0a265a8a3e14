"""The signals of merge requests that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.assessment import Risk
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.metrics.percentile import percentile
from pmbridge.metrics.risks import Watched
from pmbridge.model import MergeRequest, MergeRequestState

#: Working days without a reviewer, between a review or an approval and the merge, with failing pipelines, and with
#: an unresolved thread that are still usual.
NO_REVIEWER_DAYS = 1
UNMERGED_DAYS = 2
FAILING_DAYS = 2
UNRESOLVED_DAYS = 2
#: The least a review may take, whatever the past says.
_LEAST_DAYS = 2.0
_ENOUGH = 20

OpenDays = Callable[[datetime, datetime], float]
#: The merge requests of each piece of work, by its key.
Requests = Mapping[str, Sequence[MergeRequest]]
#: Since when it waits, and in words for what.
_Wait = tuple[datetime, str]
_Late = Callable[[datetime, float], bool]


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
    """List open work whose merge request waits, each piece once, by the one that has waited longest."""
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

    def late(since: datetime, days: float) -> bool:
        return open_days(since, as_of) > days

    found = [*_hindered(one, late), *_approved(one, late)] or [*_unheeded(one, pace, late)]
    return (
        (min(since for since, _ in found), f"{one.key} {wording.together(text for _, text in found)}")
        if found
        else None
    )


def _hindered(one: MergeRequest, late: _Late) -> Iterator[_Wait]:
    """Yield what stands against the merge."""
    if one.failing_since is not None and late(one.failing_since, FAILING_DAYS):
        yield one.failing_since, f"has had failing pipelines since {_day(one.failing_since)}"
    if one.unresolved and late(oldest := min(one.unresolved), UNRESOLVED_DAYS):
        yield oldest, f"has {wording.count(len(one.unresolved), 'unresolved thread')} since {_day(oldest)}"


def _approved(one: MergeRequest, late: _Late) -> Iterator[_Wait]:
    if one.approved_at is not None and late(one.approved_at, UNMERGED_DAYS):
        yield one.approved_at, f"was approved on {_day(one.approved_at)} and is still not merged"


def _unheeded(one: MergeRequest, pace: ReviewPace, late: _Late) -> Iterator[_Wait]:
    """Yield that nobody reviews it, or that nothing came of the review."""
    if one.reviewed_at is not None:
        if late(max(one.reviewed_at, one.updated_at), UNMERGED_DAYS):
            yield one.reviewed_at, f"was reviewed on {_day(one.reviewed_at)} and is still not merged"
    elif late(one.created_at, pace.usual):
        days = wording.count(max(1, round(pace.usual)), "working day")
        text = f"has waited for a review since {_day(one.created_at)}; 85 % are merged within {days}"
        yield one.created_at, text
    elif not one.reviewers and late(one.created_at, NO_REVIEWER_DAYS):
        yield one.created_at, f"has had no reviewer since {_day(one.created_at)}"


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
