from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.confidence import Gap
from pmbridge.metrics.gaps import bulk_closed, gaps_of, impossible, jumps

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=60)


def walked(tale: Any) -> tuple[Life, ...]:
    history = tale.history()
    return lives(canonical_items(records(history), history.links, ()), Categories(history.statuses))


def keys(found: list[Life]) -> list[str]:
    return [life.item.key for life in found]


def test_a_thousand_items_closed_in_one_minute_are_a_bulk(story: Any) -> None:
    tale = story()
    for n in range(1000):
        tale.item(f"A-{n:04}", BEGIN)
        tale.status(f"A-{n:04}", BEGIN + timedelta(days=1, milliseconds=60 * n), "done")
    tale.item("B-1", BEGIN)
    tale.status("B-1", BEGIN + timedelta(days=9), "done")
    found = bulk_closed(walked(tale), ZONE)
    assert len(found) == 1000
    assert "B-1" not in keys(found)


def test_ten_items_in_ten_minutes_are_no_bulk_and_eleven_are(story: Any) -> None:
    def closed(count: int) -> int:
        tale = story()
        for n in range(count):
            tale.item(f"A-{n:02}", BEGIN)
            tale.status(f"A-{n:02}", BEGIN + timedelta(days=1, minutes=0.9 * n), "done")
        return len(bulk_closed(walked(tale), ZONE))

    assert (closed(10), closed(11)) == (0, 11)


def test_a_day_of_mass_closing_is_a_bulk_whoever_closes(story: Any) -> None:
    tale = story()
    for n in range(20):
        tale.item(f"A-{n:02}", BEGIN)
        tale.status(f"A-{n:02}", BEGIN + timedelta(days=1, minutes=20 * n), "done")
    for n in range(5):
        tale.item(f"B-{n:02}", BEGIN)
        tale.status(f"B-{n:02}", BEGIN + timedelta(days=3 + n), "done")
    assert len(bulk_closed(walked(tale), ZONE)) == 20


def test_gaps_are_shares_with_a_fix_a_team_can_act_on(story: Any) -> None:
    tale = story()
    tale.item("A-1", BEGIN, points=3.0)
    tale.status("A-1", BEGIN + timedelta(days=1), "done")
    tale.item("A-2", BEGIN)
    tale.status("A-2", BEGIN + timedelta(days=1), "active")
    tale.item("A-3", BEGIN, points=1.0, assignees=("u1",))
    tale.status("A-3", AS_OF - timedelta(days=1), "active")
    tale.item("A-4", BEGIN, status="strange", points=2.0)
    found = {one.gap: one for one in gaps_of(walked(tale), AS_OF, ZONE)}
    assert {gap: one.share for gap, one in found.items()} == {
        Gap.UNMAPPED: 0.25,
        Gap.JUMPS: 1.0,
        Gap.ZOMBIES: 0.5,
        Gap.NO_ESTIMATE: 0.25,
        Gap.NO_ASSIGNEE: 0.5,
    }
    assert found[Gap.NO_ESTIMATE].fix == "Estimate 1 item (A-2)"


def test_an_item_closed_before_it_was_created_is_impossible(story: Any) -> None:
    tale = story()
    tale.item("A-1", BEGIN, closed_at=BEGIN - timedelta(days=1))
    tale.item("A-2", AS_OF + timedelta(days=1))
    tale.item("A-3", BEGIN)
    assert keys(impossible(walked(tale), AS_OF)) == ["A-1", "A-2"]


def test_work_that_was_active_for_minutes_only_is_a_jump(story: Any) -> None:
    tale = story()
    tale.item("A-1", BEGIN)
    tale.status("A-1", BEGIN + timedelta(minutes=1), "active")
    tale.status("A-1", BEGIN + timedelta(minutes=5), "done")
    assert keys(jumps(walked(tale))) == ["A-1"]
