"""Slip: moves of the due date, and the forecast against the date of today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.model import Freeze
from pmbridge.reports.audit import milestone_page

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"]}})


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of a milestone whose due date was moved twice, and back once."""
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-02", due="2026-05-08")
    for at, due in ((0, "2026-04-10"), (10, "2026-05-15"), (20, "2026-05-15"), (25, "2026-05-08")):
        told.observe("version:1", (BEGIN + at * DAY).isoformat(), "1.0", "2026-03-02", due)
    for n in range(20):
        told.item(f"S-{n:02}", BEGIN - DAY, milestones=("version:1",))
    for n in range(8):
        told.status(f"S-{n:02}", BEGIN + 3 * n * DAY, "done")
    return told


def found(tale: Any, day: int = 30, *freezes: Freeze) -> MilestoneAssessment:
    return assess(
        tale.history(), SETTINGS, product="shop", as_of=BEGIN + day * DAY, config_digest="c", version="1",
        freezes={"1.0": freezes},
    ).milestones[0]  # fmt: skip


def test_every_move_is_dated_and_the_sum_is_against_the_first_promise(tale: Any) -> None:
    slip = found(tale).slip
    assert (slip.promised, slip.moved) == (date(2026, 4, 10), 28)
    assert [(one.on, one.before, one.after) for one in slip.moves] == [
        (date(2026, 3, 12), date(2026, 4, 10), date(2026, 5, 15)),
        (date(2026, 3, 27), date(2026, 5, 15), date(2026, 5, 8)),
    ]


def test_the_forecast_is_held_against_the_date_of_today(tale: Any) -> None:
    one = found(tale)
    assert one.slip.p50 == (one.forecast.p50 - date(2026, 5, 8)).days
    assert one.slip.p85 == (one.forecast.p85 - date(2026, 5, 8)).days


def test_a_freeze_names_the_promise(tale: Any) -> None:
    freeze = Freeze(milestone="1.0", at=BEGIN + 12 * DAY, author="pm", reason="plan", due=date(2026, 5, 1))
    assert (found(tale, 30, freeze).slip.promised, found(tale, 30, freeze).slip.moved) == (date(2026, 5, 1), 7)


def test_a_move_of_later_is_not_known_yet(tale: Any) -> None:
    slip = found(tale, 11).slip
    assert (slip.moved, len(slip.moves)) == (35, 1)


def test_the_page_tells_both_kinds_apart(tale: Any) -> None:
    assessment = assess(
        tale.history(), SETTINGS, product="shop", as_of=BEGIN + 30 * DAY, config_digest="c", version="1"
    )
    text = str(milestone_page(assessment, assessment.milestones[0]))
    assert "28 days later than 10 Apr 2026 in 2 moves; against the date of today " in text


def test_a_milestone_without_dates_has_no_slip(story: Any) -> None:
    told = story()
    told.milestone("version:1", "1.0")
    told.item("S-1", BEGIN, milestones=("version:1",))
    slip = found(told).slip
    assert (slip.promised, slip.moved, slip.moves, slip.p50) == (None, None, (), None)
