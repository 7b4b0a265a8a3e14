from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from pmbridge.sandbox.story.agenda import Agenda
from pmbridge.sandbox.story.events import MilestoneReleased
from pmbridge.sandbox.story.script import Script

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
END = START + timedelta(days=1)


def released(at: datetime) -> MilestoneReleased:
    return MilestoneReleased(at=at, title="1.0", tag="v1.0.0")


def test_what_is_planned_happens_in_order_of_time():
    agenda, seen = Agenda(START, END), []
    for hours in (5, 1, 3):
        agenda.plan(START + timedelta(hours=hours), lambda: seen.append(agenda.time))
    agenda.run()
    assert seen == [START + timedelta(hours=hours) for hours in (1, 3, 5)]


def test_what_is_planned_for_one_instant_happens_as_it_was_planned():
    agenda, seen = Agenda(START, END), []
    for name in "abc":
        agenda.plan(START, lambda name=name: seen.append(name))
    agenda.run()
    assert seen == ["a", "b", "c"]


def test_the_past_is_never_entered_again():
    agenda, seen = Agenda(START, END), []
    agenda.plan(START + timedelta(hours=2), lambda: agenda.plan(START, lambda: seen.append(agenda.time)))
    agenda.run()
    assert seen == [START + timedelta(hours=2)]


def test_nothing_happens_at_the_end_or_never():
    agenda, seen = Agenda(START, END), []
    agenda.plan(END, lambda: seen.append("end"))
    agenda.plan(None, lambda: seen.append("never"))
    agenda.run()
    assert seen == []


def test_events_of_one_instant_are_spread_over_seconds():
    script = Script(Random(1), END)
    for _ in range(20):
        script.record(released(START))
    assert all(timedelta() < b.at - a.at < timedelta(seconds=10) for a, b in pairwise(script.events))


def test_events_that_would_fall_beyond_the_end_have_not_happened():
    script = Script(Random(1), END)
    script.record(released(END - timedelta(milliseconds=1)))
    script.record(released(END - timedelta(milliseconds=1)))
    assert len(script.events) == 1
