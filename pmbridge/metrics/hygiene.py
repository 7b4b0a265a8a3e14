"""How good the trackers' data is: the gaps that weaken figures, each with its fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod

import numpy

from pmbridge.assessment import Hygiene, HygieneFinding
from pmbridge.history.chronicle import CANCELLED, CATEGORY_CODE, DONE, excerpt
from pmbridge.history.contradictions import contradicting
from pmbridge.history.merging import MergedMilestone
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.phases import Life
from pmbridge.metrics import wording
from pmbridge.model import MilestoneState, StatusCategory

#: How much a gap that touches everything takes from the score.
_WEIGHTS = {
    "unmapped status": 1.0,
    "history gap": 1.0,
    "no due date": 1.0,
    "mirrors disagree": 0.8,
    "mirrors in different milestones": 0.8,
    "several mirrors": 0.8,
    "mirror of itself": 0.8,
    "no estimate": 0.3,
}
_MOST_ITEMS = 20
#: One face done and the other open for longer than this is no delay between trackers any more.
PATIENCE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Faces:
    """A piece of work whose faces disagree: one is done, another is open."""

    canonical: CanonicalItem
    since: datetime


def hygiene(
    lives: Sequence[Life],
    milestones: Sequence[MergedMilestone],
    disagreeing: Iterable[Faces],
    as_of: datetime,
    others: Iterable[HygieneFinding] = (),
) -> Hygiene:
    """Collect the findings, with those that ``others`` made of rows that are no work.

    The score is 100 times the product of ``1 - weight * share`` over the gaps that have a share.
    """
    if not lives:
        return Hygiene(score=None, reasons=("there are no items",))
    findings = [
        *_items("unmapped status", _unmapped(lives), len(lives), "have a status without a category: map it"),
        *_items("history gap", _with_gaps(lives), len(lives), "have a history that contradicts itself"),
        *_items("no estimate", _unestimated(lives), len(lives), "are open without an estimate"),
        *_disagreeing(disagreeing, len(lives), as_of),
        *others,
        *_undated(milestones),
        *_conflicts(milestones),
    ]
    kept = prod(1 - _WEIGHTS.get(f.gap, 0.0) * f.share for f in findings if f.share is not None)
    return Hygiene(score=max(0, round(100 * kept)), findings=tuple(findings))


def _items(gap: str, keys: Sequence[str], total: int, text: str) -> list[HygieneFinding]:
    if not keys:
        return []
    sentence = f"{wording.count(len(keys), 'item')} {text} ({wording.listed(keys)})."
    return [_finding(gap, keys, total, sentence)]


def _finding(gap: str, keys: Sequence[str], total: int, text: str) -> HygieneFinding:
    return HygieneFinding(gap=gap, share=round(len(keys) / total, 4), items=tuple(keys[:_MOST_ITEMS]), text=text)


def _unmapped(lives: Sequence[Life]) -> list[str]:
    told = excerpt(lives)
    places = numpy.flatnonzero(told.category[told.last] == CATEGORY_CODE[StatusCategory.UNMAPPED])
    return [lives[place].item.key for place in places.tolist()]


def _with_gaps(lives: Sequence[Life]) -> list[str]:
    torn = set(numpy.flatnonzero(contradicting(lives[0].canonical.primary.columns)).tolist())
    if not torn:
        return []
    return [life.item.key for life in lives if any(face.place in torn for face in life.canonical.faces)]


def _unestimated(lives: Sequence[Life]) -> list[str]:
    """List open work without an estimate, where estimating is a habit at all."""
    told = excerpt(lives)
    counted, category = told.counted[told.last], told.category[told.last]
    estimated = ~numpy.isnan(told.points[told.last])
    if not (counted & estimated).any():
        return []
    still = counted & ~estimated & (category != DONE) & (category != CANCELLED)
    return [lives[place].item.key for place in numpy.flatnonzero(still).tolist()]


def _disagreeing(faces: Iterable[Faces], total: int, as_of: datetime) -> list[HygieneFinding]:
    late = [one for one in faces if as_of - one.since > PATIENCE]
    if not late:
        return []
    keys = [one.canonical.item.key for one in late]
    pairs = [" / ".join(face.item.key for face in one.canonical.faces) for one in late]
    text = f"One face is done and another open for more than 5 days: {wording.listed(pairs)}."
    return [_finding("mirrors disagree", keys, total, text)]


def _undated(milestones: Sequence[MergedMilestone]) -> list[HygieneFinding]:
    running = [m for m in milestones if m.state is MilestoneState.OPEN]
    undated = [m.title for m in running if m.due is None]
    if not undated:
        return []
    text = f"No due date: {wording.listed(undated)}."
    return [HygieneFinding(gap="no due date", share=round(len(undated) / len(running), 4), text=text)]


def _conflicts(milestones: Iterable[MergedMilestone]) -> list[HygieneFinding]:
    texts = [text for milestone in milestones for text in milestone.conflicts]
    return [HygieneFinding(gap="dates disagree", share=None, text=text) for text in texts]
