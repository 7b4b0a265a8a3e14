from __future__ import annotations

import pytest

from pmbridge.metrics.acceptance.flaky import flakiness


def judged(gate, *runs):
    return flakiness(runs, gate.now)


def test_a_pass_and_a_fail_on_one_commit_and_environment_are_flaky(gate):
    assert judged(gate, gate.run(commit="a", days=2), gate.run(status="fail", commit="a", days=1)).flaky


@pytest.mark.parametrize("other", [{"commit": "b"}, {"commit": "a", "environment": "live"}, {"commit": None}])
def test_another_commit_or_environment_or_none_is_no_contradiction(gate, other):
    runs = gate.run(commit="a", days=2), gate.run(status="fail", days=1, **other)
    assert not judged(gate, *runs).flaky


def test_a_pass_that_took_a_second_try_is_flaky(gate):
    assert judged(gate, gate.run(retried=True)).flaky


def test_five_clean_passes_clear_a_test_and_four_do_not(gate):
    torn = [gate.run(commit="a", days=10), gate.run(status="fail", commit="a", days=9)]
    clean = [gate.run(commit=f"c{day}", days=day) for day in range(1, 6)]
    assert judged(gate, *torn, *clean[:4]).flaky
    assert not judged(gate, *torn, *clean).flaky


def test_a_contradiction_is_forgotten_after_two_weeks(gate):
    assert not judged(gate, gate.run(commit="a", days=16), gate.run(status="fail", commit="a", days=15)).flaky


def test_the_score_is_flips_a_run(gate):
    found = judged(gate, gate.run(days=3), gate.run(status="fail", days=2), gate.run(days=1))
    assert found.score == 1.0
    assert found.failures == pytest.approx((0.0615, 0.7923), abs=1e-4)


def test_a_test_that_neither_passed_nor_failed_is_not_judged(gate):
    assert judged(gate, gate.run(status="skipped")) is None
    assert judged(gate, gate.run()).score is None
