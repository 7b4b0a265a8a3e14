"""How many defects escaped, came back or were brought in, and what had been missing to see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy

from pmbridge.assess.acceptance import Evidence
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assess.bugs.words import is_regression
from pmbridge.assessment import ComponentLesson, Detection, Lesson
from pmbridge.history.categories import normalised
from pmbridge.history.micros import Whole
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow import ratios
from pmbridge.metrics.bugflow.lessons import Basis, by_component, lessons
from pmbridge.metrics.bugflow.ratios import CONTAINMENT_DAYS, Regressions, Tier
from pmbridge.metrics.bugflow.spells import Flags
from pmbridge.model import ExecutionStatus, LinkKind

#: The part of a milestone's life in which a requirement comes late.
_LATE = 0.25


def detections(one: Launched, field: BugField) -> Iterator[Detection]:
    """Set what was found before the launch against what users met after it."""
    for grave in (False, True):
        before = (field.grave_before if grave else field.found_before).get(one.key, 0)
        which = one.defects.take(field.bugs.severity.told(field.ranks.is_grave)) if grave else slice(None)
        yield from _detections(one, field, before, one.defects.arrived[which], grave=grave)


def _detections(one: Launched, field: BugField, before: int, arrivals: Whole, *, grave: bool) -> Iterator[Detection]:
    for days in CONTAINMENT_DAYS:
        found = ratios.detection(before, arrivals, one.launch.at, field.as_of, days)
        share, bounds = found.ratio.value, found.ratio.interval
        yield Detection(
            days=days,
            grave=grave,
            before=before,
            after=found.after,
            detected=None if share is None else round(share, 4),
            interval=None if bounds is None else (round(bounds[0], 4), round(bounds[1], 4)),
            mature=found.mature,
        )


def escaped_rate(found: Sequence[Detection]) -> float | None:
    """Return the escaped share of the longest window that has passed, of all severities."""
    ripe = [one for one in found if one.mature and not one.grave and one.detected is not None]
    return None if not ripe or ripe[-1].detected is None else round(1 - ripe[-1].detected, 4)


def regressions(one: Launched, field: BugField, evidence: Evidence) -> Regressions:
    """Find what broke something that worked: a link to its cause, a label, or a test that passed for an earlier one."""
    causes: dict[ItemId, ItemId] = {}
    for link in field.reading.history.links:
        if link.kind is LinkKind.CAUSES:
            a, b = (field.reading.owner.get((link.source, end)) for end in (link.item, link.target))
            if a is not None and b is not None:
                causes[b.canonical.primary.id] = a.canonical.primary.id
    linked, said = _among(causes, field), field.whole.look.told(is_regression) | _passed_before(one, field, evidence)
    by_repair = _among([one for one, cause in causes.items() if cause in field.bugs.place_of], field)
    firm = linked | said
    found = {Tier.CAUSED_BY_LINK: linked, Tier.SAID: said & ~linked, Tier.SAME_COMPONENT: field.after_change & ~firm}
    return ratios.regressions(
        {tier: int(one.defects.take(flags).sum()) for tier, flags in found.items()},
        len(one.defects),
        int(one.defects.take(by_repair).sum()),
    )


def _passed_before(one: Launched, field: BugField, evidence: Evidence) -> Flags:
    """Tell which bugs stand at a test that passed before the launch before this one, so that it worked then."""
    earlier = [other.at for other in field.launches.values() if other.at < one.launch.at]
    found: set[str] = set()
    for test in evidence.tests if earlier else ():
        runs = evidence.of(test) if test.key in evidence.linked else ()
        if any(run.status is ExecutionStatus.PASS and run.at <= max(earlier) for run in runs):
            found.update(evidence.linked[test.key])
    return numpy.array([key in found for key in field.bugs.keys], numpy.bool_)


def _among(ids: Iterable[ItemId], field: BugField) -> Flags:
    """Tell which bugs these are; what is no bug is none of them."""
    found = numpy.zeros(len(field.bugs), numpy.bool_)
    found[[field.bugs.place_of[id_] for id_ in ids if id_ in field.bugs.place_of]] = True
    return found


def learned(
    one: Launched, field: BugField, evidence: Evidence
) -> tuple[tuple[Lesson, ...], tuple[ComponentLesson, ...]]:
    """Ask what had been missing, of every defect that is linked to a requirement, and of every component."""
    bases, linked = _bases(one, field, evidence)
    single = [
        Lesson(item=x.defect, component=x.component, gap=x.gap.value, requirement=x.requirement, tests=x.tests)
        for x in lessons(one.defects.where(one.defects.any_of(_among(linked, field))), linked)
    ]
    rows = by_component(one.defects, [(_area(life), basis) for life, basis in bases])
    return tuple(single), tuple(
        ComponentLesson(
            component=r.component, escaped=r.escaped, requirements=r.requirements, tested=r.tested, late=r.late
        )
        for r in rows
    )


def _bases(
    one: Launched, field: BugField, evidence: Evidence
) -> tuple[list[tuple[Life, Basis]], dict[ItemId, list[Basis]]]:
    """Return the requirements of the milestone with their tests, and those each bug is linked to."""
    reading, settings = field.reading, field.settings
    milestone = next(m for m in reading.milestones if m.key == one.key)
    types = set(map(normalised, settings.types.requirement))
    wanted = [life for life in reading.visitors(milestone) if normalised(life.item.type) in types]
    start = min((life.created_at for life in wanted), default=one.launch.at)
    late_from = one.launch.at - (one.launch.at - start) * _LATE if wanted else one.launch.at
    bases = {life.canonical.primary.id: _basis(life, evidence, life.created_at >= late_from) for life in wanted}
    linked: defaultdict[ItemId, list[Basis]] = defaultdict(list)
    for link in reading.history.links:
        if link.kind in (LinkKind.DUPLICATES, LinkKind.TESTS):
            continue
        for a, b in ((link.item, link.target), (link.target, link.item)):
            bug, requirement = (reading.owner.get((link.source, end)) for end in (a, b))
            if bug is not None and requirement is not None and requirement.canonical.primary.id in bases:
                linked[bug.canonical.primary.id].append(bases[requirement.canonical.primary.id])
    return [(life, bases[life.canonical.primary.id]) for life in wanted], dict(linked)


def _basis(life: Life, evidence: Evidence, late: bool) -> Basis:
    tests = evidence.by_requirement.get(life.item.key, {})
    return Basis(life.item.key, late, tuple(tests), tuple(key for key, passed in tests.items() if passed))


def _area(life: Life) -> str | None:
    return life.item.components[0] if life.item.components else None
