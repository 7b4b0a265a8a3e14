"""The risk signals of one running milestone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pmbridge.assess.network import later
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Risk
from pmbridge.history.days import day_begins, local_day
from pmbridge.metrics import wording
from pmbridge.metrics.exposure import Dependencies
from pmbridge.metrics.item_signals import Context, Pace, item_signals, undocumented
from pmbridge.metrics.resources import People
from pmbridge.metrics.risks import Timeline, risks
from pmbridge.metrics.stability import Stability

_SEVERITIES = ("high", "medium", "low")


def signals(
    stands: Standing, around: Surroundings, links: Dependencies, people: People, steady: Stability
) -> tuple[Risk, ...]:
    """List every signal of the open work and of the milestone as a whole, the most severe first."""
    if stands.plan.finished is not None:
        return ()
    reading, counted = around.reading, stands.scope
    share = 1 - counted.unestimated / counted.items if counted.items else 0.0
    days = {work.key: local_day(work.joined_at, reading.zone) for work in stands.open_work}
    timeline = Timeline(reading.today, stands.milestone.start, stands.milestone.due)
    done = [life for life in stands.lives if life.phases[-1].done and life.completed_at is not None]
    found = (
        *risks(stands.open_work, share, timeline, days),
        *item_signals(stands.open_work, _context(stands, around, links)),
        *undocumented(done),
        *_whole(links, people, steady),
    )
    pages = {life.item.key: life.item.url for life in stands.lives}
    linked = (one.model_copy(update={"url": pages.get(one.item or "")}) for one in found)
    return tuple(sorted(linked, key=lambda one: (_SEVERITIES.index(one.severity), one.signal, one.item or "")))


def _context(stands: Standing, around: Surroundings, links: Dependencies) -> Context:
    # As the day began, so that a signal comes once a day at most while nothing happens.
    return Context(
        as_of=day_begins(around.reading.today, around.reading.zone),
        times=around.times,
        pace=Pace.of(stands.lives, around.who.bots),
        bots=around.who.bots,
        open_days=around.calendars.open_days,
        later=later(stands, links.suppliers, around.network),
        cleared=around.network.cleared,
    )


def _whole(links: Dependencies, people: People, steady: Stability) -> Iterator[Risk]:
    """Yield the signals that no single item has."""
    for group in links.cycles:
        text = f"{wording.listed(group)} wait for each other, so none of them can go on."
        yield Risk(signal="dependency circle", severity="high", item=group[0], since=None, text=text)
    if links.unknown:
        text = f"Work here waits for {wording.listed(links.unknown)}, which no synced project holds."
        yield Risk(signal="unknown blocker", severity="medium", item=None, since=None, text=text)
    held = people.concentration
    if held is not None and held.is_thin:
        text = f"One person holds {wording.share(held.largest)} of the assigned open work."
        yield Risk(signal="bus factor", severity="medium", item=None, since=None, text=text)
    for team, weeks in sorted(people.overloaded.items()):
        text = f"Team {team} has more work than working time {_weeks(weeks)}."
        yield Risk(signal="overload", severity="medium", item=None, since=None, text=text)
    if steady.text is not None:
        yield Risk(signal="unstable flow", severity="low", item=None, since=None, text=steady.text)


def _weeks(weeks: Sequence[date]) -> str:
    return f"in {wording.count(len(weeks), 'week')} from {wording.day(weeks[0])} on"
