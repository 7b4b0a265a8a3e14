"""The quality side of a milestone's health: the gate near the due date, and what it rests on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assess.explain import explain
from pmbridge.assessment import MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.model import History

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PLAIN = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"]}})
ASKED = ProductSettings.model_validate(
    {"title": "Shop", "projects": {"jira": ["SHOP"]}, "acceptance": {"fresh_days": 9}}
)


@pytest.fixture
def history(story: Any) -> History:
    """Tell of twenty stories of which nineteen are done, due after a hundred days."""
    tale = story()
    tale.milestone("version:1", "1.0", start="2026-03-02", due="2026-06-10")
    for n in range(20):
        tale.item(f"S-{n:02}", BEGIN - DAY, milestones=("version:1",))
        if n:
            tale.status(f"S-{n:02}", BEGIN + 3 * n * DAY, "active")
            tale.status(f"S-{n:02}", BEGIN + (3 * n + 2) * DAY, "done")
    return tale.history()


def one(history: History, day: int, settings: ProductSettings = ASKED) -> MilestoneAssessment:
    as_of = BEGIN + day * DAY
    return assess(history, settings, product="shop", as_of=as_of, config_digest="c", version="1").milestones[0]


def side(found: MilestoneAssessment) -> tuple[str, str]:
    quality = next(one for one in found.health.dimensions if one.name == "quality")
    return quality.status.value, quality.reasons[0]


def test_where_nobody_configured_acceptance_quality_is_not_applicable_and_colours_nothing(history: History) -> None:
    assert side(one(history, 99, PLAIN)) == ("unknown", "not applicable: no acceptance is configured")


def test_a_closed_gate_is_amber_near_the_due_date_and_red_at_its_end(history: History) -> None:
    assert side(one(history, 60)) == ("unknown", "the gate counts from 20 days before the due date on")
    assert side(one(history, 85))[0] == "amber"
    assert side(one(history, 98))[0] == "red"
    assert one(history, 98).health.status.value == "red"


def test_what_turns_the_schedule_names_what_else_holds_the_milestone_back(history: History) -> None:
    health = one(history, 90).health
    assert any(reason.rule == "quality.gate" for reason in health.reasons)
    assert health.remedy is not None
    assert "quality still holds it back" in health.remedy or health.remedy.startswith("Prove S-")


def test_the_colour_of_quality_is_explained_rule_by_rule(history: History) -> None:
    found = one(history, 90)
    told = explain(history, ASKED, found, "quality.gate", as_of=BEGIN + 90 * DAY, freezes={})
    named = {one.name: one.value for one in told.inputs}
    assert named["verdict"] == "no-go"
    assert named["requirements-verified (must)"].startswith("fails: ")
    assert named["evidence"] == found.acceptance.evidence_digest
    assert told.events


def test_what_has_ended_is_not_asked_any_more(story: Any) -> None:
    tale = story()
    tale.milestone("version:1", "1.0", start="2026-03-02", due="2026-06-10", released="2026-06-10")
    tale.item("S-1", BEGIN, milestones=("version:1",))
    assert side(one(tale.history(), 120)) == ("unknown", "it has ended")
