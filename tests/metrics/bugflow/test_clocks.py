from __future__ import annotations

from datetime import timedelta

import numpy
import pytest

from pmbridge.history.chronicle import NEVER
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.clocks import (
    READINGS,
    Clock,
    Wait,
    compare,
    open_days,
    resolved_at,
    times,
    told_at,
    waits,
)
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.model.instants import from_micros


def read(came, defect):
    """Read one defect's clock."""
    (at,) = came(Defects.of([defect])).tolist()
    return None if at == NEVER else from_micros(at)


def test_open_bugs_count_with_the_age_they_have(defect, at):
    found = waits([defect(0, ended=4), defect(0)], resolved_at, at(10))
    assert [(one.days, one.cause) for one in found] == [(4, 1), (10, 0)]


def test_declining_is_not_repairing(defect, at):
    (found,) = waits([defect(0, ended=4, outcome=Outcome.DECLINED)], resolved_at, at(10))
    assert found.cause == 2


def test_the_clock_of_a_re_opened_bug_runs_to_its_final_end(defect, at):
    one = defect(0, ended=[2, 20], reopened=[12])
    assert waits([one], resolved_at, at(30))[0].days == 20
    assert open_days([one], at(30))[0].days == 10


def test_bugs_already_waiting_when_the_window_begins_come_in_at_their_age(defect, at):
    found = waits([defect(0, ended=3), defect(0, ended=8), defect(6)], resolved_at, at(10), at(5))
    assert [(one.days, one.entry) for one in found] == [(8, 5), (4, 0)]


def test_a_defect_is_told_when_its_last_reporter_was(bug, at):
    heard, waiting = bug(0, told_at=at(3), from_customers=True), bug(1, from_customers=True)
    assert read(told_at, Defect(heard, (heard, waiting), at(0))) is None
    assert read(told_at, Defect(heard, (heard,), at(0))) == at(3)


def test_only_customers_wait_to_be_told(bug, at):
    ticket, ours = bug(0, told_at=at(3), from_customers=True), bug(1)
    handed = bug(1, from_customers=True, is_report=False)
    assert read(told_at, Defect(handed, (ticket, handed, ours), at(0))) == at(3)
    assert read(told_at, Defect(ours, (ours,), at(1))) is None


def test_every_clock_that_can_be_read_has_its_name(bug, at):
    told = {
        "acknowledged_at": at(1),
        "answered_at": at(2),
        "restored_at": at(3),
        "deployed_at": at(6),
        "told_at": at(7),
    }
    one = bug(0, ended=5, from_customers=True, **told)
    found = {clock: read(came, Defect(one, (one,), at(0))) for clock, came in READINGS.items()}
    assert found == {
        Clock.ACKNOWLEDGE: at(1),
        Clock.FIRST_RESPONSE: at(2),
        Clock.RESTORE: at(3),
        Clock.RESOLVE: at(5),
        Clock.DEPLOYED: at(6),
        Clock.TOLD: at(7),
    }
    assert set(READINGS) == set(Clock)


def test_a_few_endings_are_listed_and_not_drawn():
    found = times([Wait("A-1", 3, 1), Wait("A-2", 9, 0), Wait("A-3", 11, 0)])
    assert found.curve is None
    assert found.quantile(0.5) is None
    assert found.restricted_mean is None
    assert found.bounds(0.5) == (None, None)
    assert found.chance_within(3, 1) is None
    assert found.waiting == ("A-3", "A-2")


def test_the_median_is_that_of_all_bugs_and_not_of_the_closed_ones():
    """Sixty days after a launch of steady arrivals, the closed ones are the quick ones."""
    dice = numpy.random.default_rng(7)
    born, lasts = dice.uniform(0, 60, 4000), dice.exponential(15, 4000)
    found = [Wait(str(n), min(d, 60 - b), int(b + d <= 60)) for n, (b, d) in enumerate(zip(born, lasts, strict=True))]
    closed = [one.days for one in found if one.cause == 1]
    median = times(found).quantile(0.5)
    assert median == pytest.approx(15 * numpy.log(2), rel=0.06)
    assert numpy.median(closed) < 0.85 * median


def test_declined_bugs_raise_the_time_to_a_repair():
    repaired = [Wait(f"A-{n}", n, 1) for n in range(1, 21)]
    declined = [Wait(f"B-{n}", 0.5, 2) for n in range(20)]
    assert times(repaired).quantile(0.4) == 8
    assert times([*repaired, *declined]).quantile(0.4) == 16
    assert times([*repaired, *declined]).quantile(0.6) is None


def test_what_has_waited_longer_has_its_own_chance():
    found = times([Wait(str(n), n, 1) for n in range(1, 21)])
    assert found.chance_within(5, 0) == pytest.approx(0.25)
    assert found.chance_within(5, 10) == pytest.approx(0.5)
    assert found.restricted_mean == pytest.approx(10.5)


def test_groups_are_compared_only_when_both_have_enough_endings():
    quick = [Wait(str(n), n / 10, 1) for n in range(1, 30)]
    slow = [Wait(str(n), n, 1) for n in range(1, 30)]
    assert compare({"web": quick, "api": slow}).p < 0.001
    assert compare({"web": quick, "api": slow[:3]}) is None


def test_a_zone_makes_no_difference_to_a_duration(bug, at):
    from zoneinfo import ZoneInfo

    one = bug(0, ended=4)
    there = Defect(one, (one,), at(0).astimezone(ZoneInfo("Asia/Kolkata")))
    assert waits([there], resolved_at, at(10).astimezone(ZoneInfo("America/Lima")))[0].days == 4
    assert timedelta(days=4) == one.ended_at - one.created_at
