"""The data quality of a whole product: the gaps of all its running milestones told as one, and what to mend first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import prod

from pmbridge.assess.quality import Quality
from pmbridge.assessment import Confidence, Hygiene, HygieneFinding
from pmbridge.metrics.confidence import Found, Gap, Trust, after, gain
from pmbridge.metrics.wording import together

#: Gaps that a product's own findings tell already.
_TOLD = (Gap.UNMAPPED, Gap.HISTORY, Gap.NO_ESTIMATE, Gap.NO_DUE, Gap.NOT_UNITED)
#: How much a gap that touches everything takes from the score.
_WEIGHTS = {
    Gap.JUMPS: 0.5,
    Gap.BULK: 0.8,
    Gap.LATE_CLOSING: 0.5,
    Gap.ZOMBIES: 0.6,
    Gap.MIXED_UNITS: 0.3,
    Gap.NO_ASSIGNEE: 0.8,
    Gap.MISSING_LINKS: 0.7,
    Gap.NO_SEVERITY: 0.7,
    Gap.NO_VERSION: 0.7,
    Gap.DUPLICATES: 0.4,
    Gap.UNTESTED: 0.5,
    Gap.IMPOSSIBLE: 1.0,
}
_MOST_FIXES = 3
_MOST_ITEMS = 20

#: A gap of one milestone: its title, the gap, and the quality it is a part of.
_Place = tuple[str, Found, Quality]


def cleaned(clean: Hygiene, judged: Sequence[tuple[str, Quality]], total: int) -> Hygiene:
    """Add what running milestones lack, by title, to the findings of the product; ``total`` is all of its work.

    The fixes are those that gain most: the parts of all figures of all milestones that come back, as the caps of small
    samples let them show.
    """
    places: defaultdict[Gap, list[_Place]] = defaultdict(list)
    for title, held in judged:
        for gap in held.gaps:
            places[gap.gap].append((title, gap, held))
    findings = [_finding(found, total) for gap, found in places.items() if gap not in _TOLD]
    shares = [_WEIGHTS.get(Gap(one.gap), 0.0) * (one.share or 0.0) for one in findings]
    score = None if clean.score is None else max(0, round(clean.score * prod(1 - part for part in shares)))
    return clean.model_copy(
        update={"score": score, "findings": (*clean.findings, *findings), "fixes": _fixes(places.values())}
    )


def _finding(found: Sequence[_Place], total: int) -> HygieneFinding:
    one = _joined(found)
    share = round(len(one.items) / total, 4) if one.items and total else None
    return HygieneFinding(gap=one.gap.value, share=share, items=one.items[:_MOST_ITEMS], text=f"{one.fix}.")


def _joined(found: Sequence[_Place]) -> Found:
    first, *others = (gap for _, gap, _ in found)
    return first.joined(others)


def _fixes(places: Iterable[Sequence[_Place]]) -> tuple[str, ...]:
    ranked = sorted(
        ((_gain(found), _joined(found).fix, found) for found in places), key=lambda one: (-round(one[0], 9), one[1])
    )
    return tuple(f"{text}{_reward(found)}." for worth, text, found in ranked[:_MOST_FIXES] if worth > 1e-9)


def _gain(found: Iterable[_Place]) -> float:
    return sum(gain(gap, held.gaps, trust) for _, gap, held in found for trust in held.trusts.values())


def _reward(found: Iterable[_Place]) -> str:
    """Say which grades rise and where; where none does by this alone, how much the most hurt figure gains."""
    raised: defaultdict[tuple[Confidence, Confidence], list[tuple[str, str]]] = defaultdict(list)
    most: tuple[float, str] = (0.0, "")
    for title, gap, held in found:
        for trust in held.trusts.values():
            better = after(gap, held.gaps, trust)
            if better is not trust.grade:
                raised[trust.grade, better].append((trust.metric.value, title))
            most = max(most, _points(title, gap, held, trust))
    if raised:
        return ": " + "; ".join(_rise(*step, pairs) for step, pairs in sorted(raised.items()))
    return f": {most[1]}"


def _rise(before: Confidence, better: Confidence, pairs: Sequence[tuple[str, str]]) -> str:
    metrics, titles = (together(dict.fromkeys(column)) for column in zip(*pairs, strict=True))
    return f"{metrics} {before.value} → {better.value} in {titles}"


def _points(title: str, gap: Found, held: Quality, trust: Trust) -> tuple[float, str]:
    worth = gain(gap, held.gaps, trust)
    return worth, f"{trust.metric.value} of {title} gains {max(1, round(100 * worth))} points"
