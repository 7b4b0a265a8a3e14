from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.metrics.acceptance.arrivals import arrival_trend

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=100)


def days(*values):
    return [BEGIN + timedelta(days=value) for value in values]


def test_evenly_spread_arrivals_have_no_trend():
    assert arrival_trend(days(10, 30, 50, 70, 90), BEGIN, END) == pytest.approx(0)


def test_arrivals_that_grow_rarer_are_below_zero_and_the_formula_holds():
    u = arrival_trend(days(5, 10, 15, 20, 25, 30), BEGIN, END)
    assert u == pytest.approx((0.175 - 0.5) * 72**0.5)


def test_too_few_arrivals_say_nothing():
    assert arrival_trend(days(1, 2, 3, 4), BEGIN, END) is None
    assert arrival_trend(days(1, 2, 3, 4, 5), END, BEGIN) is None


def test_what_lies_outside_the_window_is_not_seen():
    assert arrival_trend(days(1, 2, 3, 4, 100, 120), BEGIN, END) is None
