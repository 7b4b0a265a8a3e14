"""The risk signals of one running milestone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from math import inf
from typing import Literal

import numpy

from pmbridge.assess.network import later
from pmbridge.assess.rebaselining import moved_often
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Acceptance, Risk
from pmbridge.history.chronicle import ACTIVE, WAITING, excerpt, latest
from pmbridge.history.days import day_begins, local_day
from pmbridge.history.micros import DAY
from pmbridge.metrics import wording
from pmbridge.metrics.ageing import aggregate_age, rises
from pmbridge.metrics.exposure import Dependencies
from pmbridge.metrics.item_signals import Context, Pace, item_signals
from pmbridge.metrics.load import told_elsewhere
from pmbridge.metrics.proof_signals import undocumented, unmerged, unproven, untested, without_merge
from pmbridge.metrics.resources import People
from pmbridge.metrics.reviews import last_activity, stuck_reviews
from pmbridge.metrics.risks import Timeline, risks
from pmbridge.metrics.stability import Stability
from pmbridge.model import Freeze
from pmbridge.model.instants import to_micros

_SEVERITIES = ("high", "medium", "low")
_NO_GATE = Acceptance(verdict="unknown", coverage=None, verified=None, pass_rate=None)
#: Weeks running in which the aggregate age must have risen.
_RISES = 4


def signals(
    stands: Standing,
    around: Surroundings,
    links: Dependencies,
    people: People,
    steady: Stability,
    gate: Acceptance = _NO_GATE,
    freezes: Sequence[Freeze] = (),
) -> tuple[Risk, ...]:
    """List the signals of the work and of the milestone as a whole, the most severe first, the oldest of these."""
    if stands.plan.finished is not None:
        return ()
    reading, counted = around.reading, stands.scope
    share = 1 - counted.unestimated / counted.items if counted.items else 0.0
    days = {work.key: local_day(work.joined_at, reading.zone) for work in stands.open_work}
    timeline = Timeline(reading.today, stands.milestone.start, stands.milestone.due, reading.zone)
    context = _context(stands, around, links)
    found = (
        *risks(stands.open_work, share, timeline, days),
        *item_signals(stands.open_work, context),
        *stuck_reviews(stands.open_work, around.requests, around.review_pace, context.open_days, context.as_of),
        *_unproven(stands, around, gate),
        *_whole(links, people, steady, around),
        *_old_together(stands, around),
        *moved_often(freezes, around),
    )
    pages = {life.item.key: life.item.url for life in stands.lives}
    linked = (one.model_copy(update={"url": pages.get(one.item or "")}) for one in found)
    return tuple(sorted(linked, key=_urgency))


def _urgency(one: Risk) -> tuple[int, str, float, str]:
    age = one.since.timestamp() if one.since is not None else inf
    return (_SEVERITIES.index(one.severity), one.signal, age, one.item or "")


def _unproven(stands: Standing, around: Surroundings, gate: Acceptance) -> Iterator[Risk]:
    """Yield finished work that shows too little for it, each piece once, by what says most."""
    now = latest(stands.lives)
    inside = excerpt(stands.lives).inside(stands.milestone.ids)[now.place]
    done = [stands.lives[place] for place in numpy.flatnonzero(now.done & inside).tolist()]
    results = {one.item: one.status for one in gate.requirements}
    found = (
        *untested(done, results),
        *unmerged(done, around.requests),
        *unproven(done, results, _asked("test", around)),
        *undocumented(done),
        *without_merge(done, around.requests, _asked("merge", around)),
    )
    yield from {one.item: one for one in reversed(found)}.values()


def _asked(proof: Literal["merge", "test"], around: Surroundings) -> list[str]:
    """List the types that have to show it."""
    return [type_ for type_, proofs in around.settings.health.evidence.items() if proof in proofs]


def _old_together(stands: Standing, around: Surroundings) -> Iterator[Risk]:
    """Yield the alarm that what is in progress grows older together week after week."""
    now = day_begins(around.reading.today, around.reading.zone)
    sums = [_aggregate_age(stands, now - timedelta(weeks=n)) for n in reversed(range(_RISES + 1))]
    if rises(sums, _RISES):
        text = f"The ages of all work in progress together rose {_RISES} weeks running, to {round(sums[-1])} days."
        since = now - timedelta(weeks=_RISES)
        yield Risk(signal="ageing together", severity="low", item=None, since=since, text=text)


def _aggregate_age(stands: Standing, at: datetime) -> float:
    told, now = excerpt(stands.lives), latest(stands.lives)
    running = (told.category == ACTIVE) | (told.category == WAITING)
    whose = told.life[running & told.inside(stands.milestone.ids) & told.during(at)]
    known = whose[now.begun[whose]]
    return aggregate_age(((to_micros(at) - now.began[known]) / DAY).tolist())


def _context(stands: Standing, around: Surroundings, links: Dependencies) -> Context:
    # As the day began, so that a signal comes once a day at most while nothing happens.
    return Context(
        as_of=day_begins(around.reading.today, around.reading.zone),
        times=around.times,
        pace=Pace.of(stands.lives, around.who.bots),
        bots=around.who.bots,
        open_days=around.calendars.open_days,
        later=later(stands, links.suppliers, around.network, around.reading),
        cleared=around.network.cleared,
        touched=last_activity(around.requests),
    )


def _whole(links: Dependencies, people: People, steady: Stability, around: Surroundings) -> Iterator[Risk]:
    """Yield the signals that no single item has; a circle is as old as the youngest work in it."""
    for group in links.cycles:
        text = f"{wording.listed(group)} wait for each other, so none of them can go on."
        since = max(around.network.life_of[key].created_at for key in group)
        yield Risk(signal="dependency circle", severity="high", item=group[0], since=since, text=text)
    if links.unknown:
        text = f"Work here waits for {wording.listed(links.unknown)}, which no synced project holds."
        yield Risk(signal="unknown blocker", severity="medium", item=None, since=None, text=text)
    held = people.concentration
    if held is not None and held.is_thin:
        text = f"One person holds {wording.share(held.largest)} of the assigned open work."
        yield Risk(signal="bus factor", severity="medium", item=None, since=people.leans_since, text=text)
    for team, weeks in sorted(people.overloaded.items()):
        others = told_elsewhere(people.elsewhere.get(team, {}))
        text = f"Team {team} has more work than working time {_weeks(weeks)}{f', {others}' if others else ''}."
        begun = day_begins(weeks[0], around.reading.zone) if weeks[0] <= around.reading.today else None
        yield Risk(signal="overload", severity="medium", item=None, since=begun, text=text)
    if steady.text is not None:
        yield Risk(signal="unstable flow", severity="low", item=None, since=None, text=steady.text)


def _weeks(weeks: Sequence[date]) -> str:
    return f"in {wording.count(len(weeks), 'week')} from {wording.day(weeks[0])} on"
