from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.calendar import Shift, default_calendar
from pmbridge.metrics.bugflow.bug import Bug, Graded, Turn
from pmbridge.metrics.bugflow.meter import Meter
from pmbridge.metrics.bugflow.sla import Promises, State, Target, Unit
from pmbridge.model import StatusCategory

BERLIN = default_calendar("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
#: A Monday, ten in the morning in Berlin.
MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)

INSTANTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 20), timezones=st.just(UTC))


def bug_of(created, ended=None, severities=(), **more):
    turns = [Turn(created, StatusCategory.TODO)] + ([Turn(ended, StatusCategory.DONE)] if ended else [])
    grades = tuple(Graded(*one) for one in severities) or (Graded(created, "critical"),)
    return Bug(id=("j", "1"), key="A-1", created_at=created, turns=tuple(turns), severities=grades, **more)


def promises(as_of, **targets):
    return Promises({word: Target.parse(text) for word, text in targets.items()}, BERLIN, BEGIN, as_of)


def test_a_friday_afternoon_bug_has_an_hour_of_work_behind_it_on_monday_across_the_clock_change():
    begin, end = datetime(2025, 3, 28, 15, 30, tzinfo=UTC), datetime(2025, 3, 31, 7, 30, tzinfo=UTC)
    assert Meter(BERLIN, begin, end).between(begin, end) * 60 == pytest.approx(60)
    assert (end - begin) / timedelta(hours=1) == 64


@given(a=INSTANTS, b=INSTANTS)
def test_the_meter_reads_what_the_calendar_counts(a, b):
    meter = Meter(BERLIN, BEGIN, datetime(2026, 12, 31, tzinfo=UTC))
    a, b = min(a, b), min(max(a, b), a + timedelta(days=40))
    assert meter.between(a, b) == pytest.approx(BERLIN.business_time(a, b) / timedelta(hours=1), abs=1e-6)


@given(t=INSTANTS, hours=st.floats(0.01, 200))
def test_the_meter_finds_the_instant_of_a_reading(t, hours):
    meter = Meter(BERLIN, BEGIN, datetime(2027, 6, 30, tzinfo=UTC))
    due = meter.when(meter.reading(t) + hours)
    assert due is not None
    assert meter.between(t, due) == pytest.approx(hours, abs=1e-6)


def test_a_business_day_is_the_hours_of_that_day():
    short = BERLIN.layered(exceptions={date(2026, 9, 8): (Shift(time(9), time(12)),)})
    meter = Meter(short, BEGIN, MONDAY + timedelta(days=9), in_days=True)
    begin = datetime(2026, 9, 8, 7, 0, tzinfo=UTC)
    assert meter.between(begin, begin + timedelta(hours=3)) == pytest.approx(1)
    assert meter.between(MONDAY, MONDAY + timedelta(days=7)) == pytest.approx(5)


def test_the_meter_does_not_know_what_lies_beyond_its_span():
    meter = Meter(BERLIN, BEGIN, MONDAY)
    assert meter.when(1e6) is None
    assert meter.reading(BEGIN - timedelta(days=30)) == 0


@pytest.mark.parametrize("text", ["2", "0bd", "2 weeks", "bd", "-1d"])
def test_a_promise_that_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="2bd"):
        Target.parse(text)


def test_all_units_are_read():
    assert Target.parse(" 4bh ") == (4, Unit.BUSINESS_HOURS)
    assert Target.parse("3d") == (3, Unit.DAYS)


def test_a_bug_resolved_in_time_is_met_and_a_late_one_breached():
    as_of = MONDAY + timedelta(days=14)
    measured = promises(as_of, critical="2bd")
    assert measured.standing(bug_of(MONDAY, MONDAY + timedelta(days=1))).state is State.MET
    assert measured.standing(bug_of(MONDAY, MONDAY + timedelta(days=3))).state is State.BREACHED


def test_open_past_its_target_is_a_breach():
    found = promises(MONDAY + timedelta(days=3), critical="2bd").standing(bug_of(MONDAY))
    assert found.state is State.BREACHED
    assert found.used > 1


def test_open_within_its_target_is_neither_kept_nor_broken_and_says_when_it_runs_out():
    found = promises(MONDAY + timedelta(hours=2), critical="2bd").attainment([bug_of(MONDAY)])
    assert (found.ratio.trials, found.ratio.immature) == (0, 1)
    assert found.ratio.value is None
    assert found.standings[0].due == MONDAY + timedelta(days=2)


def test_more_than_three_quarters_used_is_at_risk():
    measured = promises(MONDAY + timedelta(days=1, hours=6), critical="2bd")
    assert measured.standing(bug_of(MONDAY)).state is State.AT_RISK


def test_waiting_for_the_customer_stops_the_clock():
    as_of = MONDAY + timedelta(days=3)
    paused = bug_of(MONDAY, pauses=((MONDAY + timedelta(hours=1), None),))
    assert promises(as_of, critical="2bd").standing(paused).used == pytest.approx(1 / 8 / 2)
    for_a_day = bug_of(MONDAY, pauses=((MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)),))
    assert promises(as_of, critical="2bd").standing(for_a_day).used == pytest.approx(1)


def test_the_time_it_seemed_resolved_does_not_count():
    turns = tuple(
        Turn(MONDAY + timedelta(days=n), category)
        for n, category in [(0, StatusCategory.TODO), (1, StatusCategory.DONE), (3, StatusCategory.ACTIVE)]
    )
    again = Bug(
        id=("j", "1"), key="A-1", created_at=MONDAY, turns=turns, severities=(Graded(MONDAY, "critical"),),
        pauses=((MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)),),
    )  # fmt: skip
    assert promises(MONDAY + timedelta(days=4), critical="4bd").standing(again).used == pytest.approx(0.5)


def test_raising_the_severity_puts_the_stricter_target_over_all_the_time_used():
    raised = bug_of(MONDAY, severities=((MONDAY, "minor"), (MONDAY + timedelta(days=2), "blocker")))
    measured = promises(MONDAY + timedelta(days=2, hours=1), minor="10bd", blocker="1bd")
    assert measured.standing(raised).state is State.BREACHED


def test_lowering_the_severity_does_not_undo_a_breach():
    lowered = bug_of(MONDAY, MONDAY + timedelta(days=4), ((MONDAY, "blocker"), (MONDAY + timedelta(days=3), "minor")))
    measured = promises(MONDAY + timedelta(days=9), minor="10bd", blocker="1bd")
    assert measured.standing(lowered).state is State.BREACHED


def test_without_a_severity_there_is_no_target():
    nameless = bug_of(MONDAY, severities=((MONDAY, None),))
    found = promises(MONDAY + timedelta(days=9), blocker="1bd").attainment([nameless])
    assert found.standings[0].state is State.NO_TARGET
    assert found.ratio.trials == 0


def test_elapsed_units_count_nights_and_weekends():
    friday = MONDAY + timedelta(days=4)
    found = promises(friday + timedelta(days=3), critical="2d").standing(bug_of(friday))
    assert found.state is State.BREACHED
    assert promises(friday + timedelta(hours=12), critical="24h").standing(bug_of(friday)).due == friday + timedelta(
        hours=24
    )


def test_the_lists_for_today_are_ordered_by_urgency():
    as_of = MONDAY + timedelta(days=4)
    older, newer = bug_of(MONDAY), bug_of(MONDAY + timedelta(days=1))
    found = promises(as_of, critical="1bd").attainment([newer, older])
    assert [one.bug for one in found.open_breaches] == [older, newer]


@given(created=INSTANTS, hours=st.floats(0, 400), more=st.floats(0, 400))
def test_waiting_longer_never_uses_less(created, hours, more):
    as_of = created + timedelta(hours=hours + more + 1)
    measured = promises(as_of, critical="3bd")
    early = measured.standing(bug_of(created, created + timedelta(hours=hours + 0.1)))
    late = measured.standing(bug_of(created, created + timedelta(hours=hours + more + 0.1)))
    assert early.used <= late.used + 1e-9


@given(
    lives=st.lists(
        st.tuples(
            INSTANTS,
            st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=4),
            st.sampled_from([None, "blocker", "major", "odd"]),
        ),
        max_size=6,
    )
)
def test_many_promises_measured_at_once_are_each_measured_by_itself(lives):
    made = []
    for number, (created, moves, word) in enumerate(lives):
        turns = [Turn(created, StatusCategory.TODO)]
        for hours, over in moves:
            category = StatusCategory.DONE if over else StatusCategory.ACTIVE
            turns.append(Turn(turns[-1].since + timedelta(hours=hours), category))
        grades = (Graded(created, word), Graded(created + timedelta(hours=30), "minor"))
        pauses = ((created + timedelta(hours=3), created + timedelta(hours=20)),) if number % 2 else ()
        made.append(
            Bug(
                id=("j", str(number)),
                key=f"A-{number}",
                created_at=created,
                turns=turns,
                severities=grades,
                pauses=pauses,
            )
        )
    known = promises(datetime(2026, 12, 1, tzinfo=UTC), blocker="4bh", major="5d", minor="9bd")
    assert known.attainment(made).standings == tuple(map(known.standing, made))
