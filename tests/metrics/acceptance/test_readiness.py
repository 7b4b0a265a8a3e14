from __future__ import annotations

from datetime import date, timedelta

import numpy
import pytest

from pmbridge.metrics.acceptance.daily import Watched, daily
from pmbridge.metrics.acceptance.readiness import newly_met, readiness
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading, proof

TODAY = date(2026, 11, 24)


def counted(gate, met_days_ago):
    """Must-haves that began to hold some days ago, looked at for nine weeks."""
    ends = [gate.ago(back) for back in range(63, -1, -1)]
    watched = [Watched(gate.need(f"R-{n}"), [(gate.ago(90), None)]) for n in range(len(met_days_ago))]
    tests = [gate.test_case(f"T-{n}", created_at=gate.ago(90)) for n in range(len(met_days_ago))]
    how = Reading(Freshness(gate.now, timedelta(days=90)))
    proofs = [
        proof(test, [] if days is None else [gate.run(test.id, days=days)], how)
        for test, days in zip(tests, met_days_ago, strict=True)
    ]
    return daily(watched, proofs, {("s", f"T-{n}"): [f"R-{n}"] for n in range(len(met_days_ago))}, ends)


def test_a_week_counts_the_must_haves_that_became_proven_in_it(gate):
    found = counted(gate, [1, 2, 8, 8.5, 15, None])
    assert newly_met(found) == (0, 0, 0, 0, 0, 0, 1, 2, 2)
    assert found.unmet[-1] == 1


def test_less_than_a_week_says_nothing():
    class Short:
        musts = numpy.ones((3, 5), bool)

    assert newly_met(Short()) == ()
    assert readiness(2, (), "m", TODAY).refusal == "no whole week has passed yet"


def test_all_proven_needs_no_date():
    found = readiness(0, (1, 2, 3), "m", TODAY)
    assert (found.p50, found.refusal) == (None, None)


@pytest.mark.parametrize(
    ("weekly", "reason"),
    [
        ((0, 0, 0), "no newly proven must-have in 3 weeks"),
        ((2, 0, 1, 1), "only 3 weeks brought a newly proven must-have; 4 are needed"),
    ],
)
def test_fewer_than_four_weeks_that_brought_one_are_refused(weekly, reason):
    found = readiness(5, weekly, "m", TODAY)
    assert (found.p50, found.refusal) == (None, reason)


def test_the_dates_follow_from_the_pace_and_are_the_same_each_time():
    found = readiness(8, (2, 3, 2, 2, 3, 2, 2, 3), "m", TODAY)
    assert found == readiness(8, (2, 3, 2, 2, 3, 2, 2, 3), "m", TODAY)
    assert TODAY + timedelta(weeks=2) < found.p50 < TODAY + timedelta(weeks=6)
    assert found.p50 <= found.p85 <= found.p95
