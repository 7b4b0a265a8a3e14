from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pmbridge.assessment import Dimension, Figure, HealthStatus, Risk
from pmbridge.document import Chart, plain
from pmbridge.model import MilestoneState
from pmbridge.reports.audit import milestone_page
from pmbridge.reports.diff import diff_page
from pmbridge.reports.sections import burnup, days_told

AMBER, GREEN, RED = HealthStatus.AMBER, HealthStatus.GREEN, HealthStatus.RED


@pytest.fixture
def page(assessment):
    return lambda milestone: plain(milestone_page(assessment, milestone))


def earning(milestone, unit: str, planned: float = 40.0, **more: object):
    figures = {"bac": 217.0, "ev": 19.0, "pv": planned}
    known = {name: Figure(value=value, unit=unit) for name, value in figures.items()}
    update = {**known, "spi_t": Figure(value=0.9, unit="")}
    return milestone.model_copy(update={"earned_value": milestone.earned_value.model_copy(update=update), **more})


def launched(milestone, **more: object):
    at = datetime(2026, 10, 20, 9, tzinfo=UTC)
    bugs = milestone.bugs.model_copy(update={"launched_at": at, "reports": 20, "defects": 15, "backlog": 13, **more})
    return milestone.model_copy(update={"bugs": bugs, "launched_at": at, "state": MilestoneState.RELEASED})


def test_every_side_that_is_not_green_is_named_with_a_reason(milestone, page):
    told = milestone.health.reasons[0].text
    sides = (
        Dimension(name="schedule", status=RED, reasons=("It slips.", told)),
        Dimension(name="budget", status=AMBER, reasons=("The money is gone by May.", "Every EUR earns little.")),
        Dimension(name="scope", status=RED, reasons=("Scope grew.",)),
        Dimension(name="data", status=GREEN, reasons=("All read.",)),
    )
    text = page(milestone.model_copy(update={"health": milestone.health.model_copy(update={"dimensions": sides})}))
    assert "2 more sides not green:" in text
    assert "budget: The money is gone by May." in text
    assert "scope: Scope grew." in text
    assert "schedule: It slips." not in text
    assert "data: All read." not in text


def test_what_has_no_estimate_is_counted_with_what_of_it_is_open(milestone, page):
    assert "· 6 without estimate ·" in page(milestone)
    signals = tuple(Risk(signal="unestimated", severity="low", item=key, since=None, text=key) for key in ("A", "B"))
    text = page(milestone.model_copy(update={"risks": signals}))
    assert "6 without estimate, 2 of them open" in text
    assert "Warning signs: 2 unestimated" in text


def test_work_is_earned_value_and_only_money_a_budget(milestone, page):
    assert "Earned value: 19 of 217 points of the baseline · planned by now 40 · schedule index" in page(
        earning(milestone, "points")
    )
    assert "Budget: earned 19 of 217 EUR · planned by now 40 · schedule index SPI(t) 0.90" in page(
        earning(milestone, "EUR")
    )


def test_no_schedule_index_once_a_milestone_has_ended_or_before_anything_was_planned(milestone, page):
    assert "SPI(t)" not in page(earning(milestone, "points", state=MilestoneState.RELEASED))
    assert "SPI(t)" not in page(earning(milestone, "points", planned=0.2))


def test_a_launched_milestone_points_to_its_bugs(milestone, page):
    assert "After the launch: " not in page(milestone)
    assert "After the launch: 13 defects open; see pmbridge bugs 'Checkout 2.0'" in page(launched(milestone))
    stable = launched(milestone, stabilised_on=date(2026, 11, 2))
    assert "13 defects open, stable since 2 Nov 2026; see" in page(stable)


def test_the_burn_up_of_an_ended_milestone_ends_two_weeks_after_it(milestone):
    dates = milestone.burnup.dates
    assert days_told(milestone) == len(dates)
    assert dates[days_told(launched(milestone)) - 1] == date(2026, 11, 3)
    still = milestone.burnup.model_copy(update={"scope": (44,) * 40, "done": (*range(10), *(9,) * 30)})
    closed = milestone.model_copy(update={"burnup": still, "state": MilestoneState.CLOSED})
    assert dates[days_told(closed) - 1] == dates[9] + timedelta(days=14)
    (chart,) = burnup(closed)
    assert isinstance(chart, Chart)
    assert "the last full week" not in chart.summary


def test_money_that_changed_is_told_without_cents(milestone, assessment):
    def spent(value: float):
        ac = Figure(value=value, unit="EUR")
        return milestone.model_copy(update={"earned_value": milestone.earned_value.model_copy(update={"ac": ac})})

    text = plain(diff_page(assessment, spent(40_000.4), assessment, spent(42_138.8)))
    assert "40 000 EUR" in text
    assert "42 139 EUR" in text
