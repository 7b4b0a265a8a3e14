from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from pmbridge.metrics.bugflow.series import Days, series
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.metrics.bugflow.stabilisation import Criteria, hypercare_exit, stability, steady_limit

CALM = Criteria(weekly_arrivals=2)
RANKS = Ranks.of()


def flow(defects, at, last):
    return series([], defects, [], Days.between(at(0), at(last), ZoneInfo("UTC")))


def test_it_is_stable_from_the_first_day_that_begins_a_calm_fortnight(defect, at):
    early = [defect(n / 2, ended=n / 2 + 1) for n in range(12)]
    found = stability(flow(early, at, 30), CALM, RANKS, ())
    assert found.on is not None
    first = at(0).date()
    assert found.on == first + timedelta(days=11)
    assert found.confirmed_on == found.on + timedelta(days=14)


def test_the_fortnight_must_have_passed(defect, at):
    early = [defect(n / 2, ended=n / 2 + 1) for n in range(12)]
    found = stability(flow(early, at, 20), CALM, RANKS, ())
    assert found.on is None
    assert found.earliest == at(11).date()
    assert found.missing == ("calm, but not yet for 14 days",)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([{"created": 2, "severity": "Blocker"}], "gravest"),
        ([{"created": 2, "severity": "critical"}] * 3, "second"),
        (
            [{"created": t, "ended": t + 0.4} for begin in (8, 18, 28, 38) for t in (begin, begin + 1, begin + 2)],
            "arrived",
        ),
        ([{"created": 28}], "backlog"),
    ],
)
def test_each_criterion_holds_it_back_and_is_named(defect, at, more, said):
    defects = [defect(created=n, ended=n + 0.5) for n in range(0, 40, 7)]
    defects += [defect(**one) for one in more]
    found = stability(flow(defects, at, 40), CALM, RANKS, ())
    if found.on is None:
        assert any(said in text for text in found.missing)
    else:
        assert said == "backlog"


def test_a_day_that_is_not_over_ends_no_window(defect, at):
    seen = flow([defect(0, ended=1)], at, 13)
    assert stability(seen, CALM, RANKS, ()).on == at(0).date()
    assert stability(seen, CALM, RANKS, (), over=13).on is None


def test_a_growing_backlog_is_not_stable_even_when_arrivals_are_few(defect, at):
    found = stability(flow([defect(n) for n in range(0, 40, 6)], at, 40), CALM, RANKS, ())
    assert found.on is None
    assert any("backlog" in text for text in found.missing)


def test_an_alarm_ends_the_calm(defect, at):
    quiet = [defect(0, ended=1)]
    found = stability(flow(quiet, at, 30), CALM, RANKS, {20})
    assert found.on == at(0).date()
    late = stability(flow(quiet, at, 30), CALM, RANKS, {10, 30})
    assert late.on == at(11).date()
    assert stability(flow(quiet, at, 23), CALM, RANKS, {10, 23}).missing == ("an alarm on arrivals is raised",)


def test_a_word_nobody_ranked_is_not_taken_for_low_or_grave():
    assert RANKS.rank("weird") is None
    assert RANKS.rank(None) is None
    assert RANKS.rank("HIGHEST") == 1
    assert RANKS.weight("blocker") > RANKS.weight("major") > RANKS.weight("trivial")
    assert RANKS.weight(None) == 2


def test_calm_is_what_a_steady_time_brings_at_most():
    assert steady_limit([], 2) == 2
    assert steady_limit([4, 6], 2) == pytest.approx(5 + 2**0.5)
    assert steady_limit([0, 0], 2) == 2


def test_hypercare_ends_when_everything_is_known_and_well(defect, at):
    stable = stability(flow([defect(0, ended=1)], at, 30), CALM, RANKS, ())
    assert hypercare_exit(stable, 0.95, 0.9, True).allowed
    unknown = hypercare_exit(stable, None, 0.9, None)
    assert not unknown.allowed
    assert len(unknown.missing) == 2
    assert hypercare_exit(stable, 0.5, 0.9, False).missing == (
        "50 % of promises were kept where 90 % are wanted",
        "knowledge has not been transferred",
    )


def test_no_bugs_at_all_are_stable(at):
    assert stability(flow([], at, 20), CALM, RANKS, ()).on == at(0).date()
