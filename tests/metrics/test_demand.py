from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Ledger
from pmbridge.config.product import ProductSettings

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"]}})
IN = {"milestones": ("version:1",)}


def book(tale: Any, day: int = 40) -> Ledger:
    assessment = assess(
        tale.history(), SETTINGS, product="shop", as_of=BEGIN + day * DAY, config_digest="c", version="1"
    )
    return assessment.milestones[0].ledger


def origins(tale: Any) -> dict[str, str | None]:
    return {entry.item: entry.origin for entry in book(tale).entries if entry.delta > 0}


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of ten planned pieces of work, the first of which is done after ten days."""
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-03", due="2026-04-12")
    for n in range(10):
        told.item(f"S-{n}", BEGIN, points=2.0, **IN)
    told.status("S-0", BEGIN + 10 * DAY, "done")
    return told


def test_additions_are_told_apart_by_what_they_hang_on(tale: Any) -> None:
    tale.item("NEW", BEGIN + 9 * DAY, **IN)
    tale.item("BUG", BEGIN + 9 * DAY, type="Bug", **IN)
    tale.item("FOUND", BEGIN + 9 * DAY, **IN)
    tale.link("FOUND", "S-3", "relates")
    tale.item("PART", BEGIN + 10.5 * DAY, **IN)
    tale.link("PART", "S-0", "relates")
    tale.item("NAMED", BEGIN + 20 * DAY, type="Bug", **IN)
    tale.link("S-5", "NAMED", "splits")
    tale.item("CHILD", BEGIN + 9 * DAY, parent="S-4", **IN)
    assert origins(tale) == {
        "NEW": "newly asked for",
        "BUG": "from defects",
        "FOUND": "found on the way",
        "PART": "split off",
        "NAMED": "split off",
        "CHILD": "found on the way",
    }


def test_an_epic_around_everything_and_work_elsewhere_explain_nothing(tale: Any) -> None:
    tale.item("EPIC", BEGIN, type="Epic", **IN)
    tale.item("ELSE", BEGIN)
    tale.item("A", BEGIN + 9 * DAY, parent="EPIC", **IN)
    tale.item("B", BEGIN + 9 * DAY, **IN)
    tale.link("B", "ELSE", "relates")
    assert set(origins(tale).values()) == {"newly asked for"}


def test_a_part_that_comes_days_after_the_end_is_no_split(tale: Any) -> None:
    tale.item("LATE", BEGIN + 12 * DAY, **IN)
    tale.link("LATE", "S-0", "relates")
    assert origins(tale) == {"LATE": "found on the way"}


def test_movement_is_measured_in_items_and_in_points(tale: Any) -> None:
    tale.item("NEW", BEGIN + 9 * DAY, points=6.0, **IN)
    tale.item("UNSIZED", BEGIN + 35 * DAY, **IN)
    tale.leave("S-1", BEGIN + 12 * DAY, "version:1")
    tale.change("S-2", BEGIN + 12 * DAY, "points", 1.0)
    found = book(tale)
    assert found.movement is not None
    assert (found.movement.creep, found.movement.net, found.movement.churn) == (0.2, 0.1, 0.3)
    assert found.movement.late == 0.1
    # On 20 points: 6 and the usual 2 came, 2 left, 1 was taken off.
    assert found.movement_points is not None
    assert (found.movement_points.creep, found.movement_points.net) == (0.4, 0.25)
    assert (found.movement_points.churn, found.movement_points.late) == (0.55, 0.1)


def test_without_estimates_there_is_no_movement_in_points(story: Any) -> None:
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-03")
    told.item("S-0", BEGIN, **IN)
    found = book(told)
    assert found.movement_points is None
    assert found.movement is not None
    assert (found.movement.creep, found.movement.late) == (0.0, None)


def test_the_reason_of_growth_names_where_it_came_from(tale: Any) -> None:
    for n in range(3):
        tale.item(f"N-{n}", BEGIN + 9 * DAY, **IN)
    tale.item("BUG", BEGIN + 9 * DAY, type="Bug", **IN)
    assessment = assess(
        tale.history(), SETTINGS, product="shop", as_of=BEGIN + 30 * DAY, config_digest="c", version="1"
    )
    texts = [one for side in assessment.milestones[0].health.dimensions for one in side.reasons]
    assert "Scope grew by 4 items since the baseline (1 from defects, 3 newly asked for)." in texts
