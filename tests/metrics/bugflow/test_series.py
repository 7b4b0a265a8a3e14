from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.bugflow.ageing import BUCKETS, ageing, buckets, retriage
from pmbridge.metrics.bugflow.bug import Defect, Outcome
from pmbridge.metrics.bugflow.series import Days, series

ZONE = ZoneInfo("Europe/Berlin")


def days_of(at, last=30):
    return Days.between(at(0), at(last), ZONE)


def test_a_day_is_the_product_zones_day_whatever_zone_the_tracker_is_in(defect, at):
    days = Days(date(2026, 9, 1), date(2026, 9, 3), ZONE)
    late = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
    tokyo = late.astimezone(ZoneInfo("Asia/Tokyo"))
    assert days.place(late) == days.place(tokyo) == 1
    assert days.place(datetime(2026, 9, 1, 21, 59, tzinfo=UTC)) == 0
    assert days.place(datetime(2026, 9, 3, 22, 0, tzinfo=UTC)) is None
    assert days.place(datetime(2026, 8, 31, 21, 59, tzinfo=UTC)) is None


def test_the_days_of_a_clock_change_are_whole_days():
    days = Days(date(2026, 10, 24), date(2026, 10, 26), ZONE)
    assert days.place(datetime(2026, 10, 25, 22, 59, tzinfo=UTC)) == 1
    assert days.place(datetime(2026, 10, 25, 23, 0, tzinfo=UTC)) == 2


def test_it_counts_what_came_what_went_and_what_is_open(bug, at):
    root = bug(1, ended=[3, 8], reopened=[5])
    double = bug(2, ended=2.5, outcome=Outcome.DUPLICATE)
    found = series([root, double], [Defect(root, (root, double), at(1))], [bug(4)], days_of(at, 9))
    assert found.reports == (0, 1, 1, 0, 0, 0, 0, 0, 0, 0)
    assert found.defects == (0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    assert found.internal == (0, 0, 0, 0, 1, 0, 0, 0, 0, 0)
    assert found.closures == (0, 0, 0, 1, 0, 0, 0, 0, 1, 0)
    assert found.fixed == (0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    assert found.reopens == (0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    assert found.backlog == (0, 1, 1, 0, 0, 1, 1, 1, 0, 0)
    assert found.weekly(found.defects)[:9] == (0, 1, 1, 1, 1, 1, 1, 1, 0)


def test_a_change_of_severity_moves_a_bug_within_the_backlog(defect, at):
    found = series([], [defect(1, severities=[(1, None), (3, "blocker")], ended=6)], [], days_of(at, 7))
    assert dict(found.by_severity) == {"blocker": (0, 0, 0, 1, 1, 1, 0, 0), None: (0, 1, 1, 0, 0, 0, 0, 0)}


LIVES = st.lists(
    st.tuples(st.integers(0, 25), st.lists(st.integers(0, 60), max_size=5), st.lists(st.integers(0, 60), max_size=3)),
    max_size=25,
)


@given(lives=LIVES)
def test_the_balance_holds_for_any_lives(bug, at, lives):
    defects = []
    for created, moves, grades in lives:
        later = sorted({created + 0.1 + m / 4 for m in moves})
        words = [(created, "major")] + [(created + g / 3, f"s{g % 3}") for g in sorted(grades)]
        root = bug(created, ended=later[::2], reopened=later[1::2], severities=words)
        defects.append(Defect(root, (root,), root.created_at))
    found = series([], defects, [], days_of(at, 45))
    before = 0
    for place, net in enumerate(found.net):
        assert found.backlog[place] == before + net
        before = found.backlog[place]
        assert sum(row[place] for row in found.by_severity.values()) == found.backlog[place]
    assert found.backlog[-1] == sum(one.root.is_open for one in defects)
    assert min(found.backlog, default=0) >= 0


def test_open_bugs_are_sorted_by_age_and_severity(defect, at):
    found = ageing([defect(0), defect(8, severity="blocker"), defect(9, severity="blocker", ended=9.5)], at(10))
    assert found.counts == {"blocker": (1, 0, 0, 0, 0, 0), None: (0, 0, 1, 0, 0, 0)}
    assert found.total == 2
    assert found.oldest_days == 10
    assert ageing([], at(1)).oldest_days is None


def test_the_buckets_have_no_gap():
    assert [BUCKETS[place] for place in buckets(numpy.array([0, 2.9, 3, 7.99, 8, 30.5, 31, 60.9, 61]))] == [
        "0-2", "0-2", "3-7", "3-7", "8-14", "15-30", "31-60", "31-60", "over 60",
    ]  # fmt: skip


def test_severities_lowered_before_a_report_are_seen(bug):
    lowered = bug(1, severities=[(1, "blocker"), (5, "minor")])
    assert retriage([lowered, bug(1, severity="minor"), bug(1)]) == {("blocker", "minor"): 1, ("minor", "minor"): 1}
