"""Earned value against the baselines people agreed on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.model import Freeze

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"]}})


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of twenty pieces of work of which one is done every third day."""
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-02", due="2026-05-29")
    for n in range(20):
        told.item(f"S-{n:02}", BEGIN - DAY, milestones=("version:1",))
    for n in range(10):
        told.status(f"S-{n:02}", BEGIN + 3 * n * DAY, "active")
        told.status(f"S-{n:02}", BEGIN + (3 * n + 2) * DAY, "done")
    return told


def freeze(day: int, due: str | None, approver: str | None = "cio") -> Freeze:
    return Freeze(
        milestone="1.0", at=BEGIN + day * DAY, author="pm", reason=f"plan of day {day}", approver=approver,
        due=None if due is None else date.fromisoformat(due),
    )  # fmt: skip


def found(tale: Any, *freezes: Freeze, day: int = 30) -> MilestoneAssessment:
    assessment = assess(
        tale.history(), SETTINGS, product="shop", as_of=BEGIN + day * DAY, config_digest="c", version="1",
        freezes={"1.0": freezes},
    )  # fmt: skip
    return assessment.milestones[0]


def test_the_first_baseline_is_the_only_one_until_another_is_agreed(tale: Any) -> None:
    value = found(tale, freeze(0, "2026-04-10")).earned_value
    assert value.spi_t.value is not None
    assert value.spi_t_original is None


def test_a_later_plan_looks_better_and_the_first_one_is_told_beside_it(tale: Any) -> None:
    first, second = freeze(0, "2026-04-10"), freeze(20, "2026-05-29")
    alone, both = found(tale, first).earned_value, found(tale, first, second).earned_value
    assert both.spi_t_original is not None
    assert both.spi_t_original.value == alone.spi_t.value
    assert both.spi_t.value is not None
    assert both.spi_t.value > both.spi_t_original.value


def test_moving_the_due_date_is_no_recovery_until_people_agree(tale: Any) -> None:
    frozen = found(tale, freeze(0, "2026-04-10")).earned_value.spi_t.value
    unfrozen = found(tale, freeze(0, None)).earned_value.spi_t.value
    assert frozen < unfrozen


def test_a_freeze_of_later_does_not_count_yet(tale: Any) -> None:
    first, later = freeze(0, "2026-04-10"), freeze(40, "2026-05-29")
    assert found(tale, first, later) == found(tale, first)


def test_a_first_baseline_that_can_earn_nothing_says_why(tale: Any) -> None:
    value = found(tale, freeze(0, "2026-02-01"), freeze(20, "2026-05-29")).earned_value
    assert value.spi_t_original.value is None
    assert "first baseline: the milestone was due before its baseline began" in value.reasons


def test_a_promise_made_anew_twice_is_a_risk(tale: Any) -> None:
    freezes = [freeze(day, "2026-05-29") for day in (0, 10, 20)]
    assert all(risk.signal != "baseline moved" for risk in found(tale, *freezes[:2]).risks)
    risk = next(risk for risk in found(tale, *freezes).risks if risk.signal == "baseline moved")
    assert risk.text == "The baseline was agreed on anew 2 times, last on 22 Mar 2026 (plan of day 20)."
    assert risk.since == freezes[-1].at
