"""The signals of single items: when each is raised, with its words and its age."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assessment import Risk
from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.risks import Timeline, Watched, risks

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NEAR = Timeline(TODAY, date(2026, 2, 1), date(2026, 4, 1))
FAR = Timeline(TODAY, date(2026, 3, 1), date(2026, 9, 1))


def ago(days: float) -> datetime:
    return NOON - days * DAY


def walked(tale: Any) -> dict[str, Life]:
    history = tale.history()
    found = lives(canonical_items(records(history), history.links, ()), Categories(history.statuses))
    return {life.item.key: life for life in found}


def told(
    tale: Any, *, estimated: float = 0.0, timeline: Timeline = FAR, blockers: tuple[str, ...] = (), **joined: date
) -> dict[tuple[str, str | None], Risk]:
    """Watch all work of a tale; ``blockers`` hold up A-1 for five days now."""
    open_work = [
        Watched(life, blockers, ago(30), ago(5)) if key == "A-1" and blockers else Watched(life, (), ago(30))
        for key, life in walked(tale).items()
    ]
    days = {key.replace("_", "-"): day for key, day in joined.items()}
    return {(risk.signal, risk.item): risk for risk in risks(open_work, estimated, timeline, days)}


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of one piece of work in progress and one that waits to begin, both held by somebody."""
    made = story()
    for key in ("A-1", "A-2"):
        made.item(key, ago(40), assignees=("u1",), points=1.0)
    made.status("A-1", ago(20), "active")
    return made


def test_work_in_order_has_no_signal(tale: Any) -> None:
    assert told(tale, estimated=1.0) == {}


def test_an_open_blocker_is_told_with_since_when_both_are_open(tale: Any) -> None:
    found = told(tale, blockers=("B-1", "B-2"))["blocked", "A-1"]
    assert found.text == "A-1 is blocked by B-1, B-2 (both open since 15 Mar 2026)."
    assert (found.severity, found.since) == ("high", ago(5))


def test_a_flag_is_told_with_how_often_and_for_how_long_in_all(tale: Any) -> None:
    for at, value in ((12, "true"), (9, None), (4, "true"), (3, None), (2, "true")):
        tale.change("A-2", ago(at), "flagged", value)
    found = told(tale)["blocked", "A-2"]
    assert found.text == "A-2 is flagged as impeded since 18 Mar 2026, for the third time; 6 days in all."
    assert (found.severity, found.since) == ("medium", ago(2))


def test_days_of_a_flag_and_of_a_blocker_count_once(tale: Any) -> None:
    for at, value in ((20, "true"), (10, None), (6, "true"), (3, None)):
        tale.change("A-1", ago(at), "flagged", value)
    found = told(tale, blockers=("B-1",))["blocked", "A-1"]
    assert found.text.endswith("(both open since 15 Mar 2026); 16 days in all.")


def test_work_in_progress_is_unassigned_since_it_lost_its_last_assignee(tale: Any) -> None:
    tale.change("A-1", ago(3), "assignees", None, out="u1")
    assert told(tale)["unassigned", "A-1"].since == ago(3)


@pytest.mark.parametrize(("timeline", "raised"), [(NEAR, True), (FAR, False)])
def test_work_due_soon_is_unassigned_where_others_are_held(tale: Any, timeline: Timeline, raised: bool) -> None:
    tale.item("A-3", ago(40), points=1.0)
    assert (("unassigned", "A-3") in told(tale, timeline=timeline)) is raised


def test_where_nobody_is_assigned_ahead_that_is_no_signal(story: Any) -> None:
    made = story()
    for n in range(4):
        made.item(f"A-{n}", ago(40))
    assert told(made, timeline=NEAR) == {}


@pytest.mark.parametrize(("share", "raised"), [(0.51, True), (0.5, False)])
def test_work_is_unestimated_where_most_has_an_estimate(tale: Any, share: float, raised: bool) -> None:
    tale.item("A-3", ago(40), assignees=("u1",))
    found = told(tale, estimated=share)
    assert (("unestimated", "A-3") in found) is raised
    assert all(risk.since == ago(30) for risk in found.values())


@pytest.mark.parametrize(("due", "raised"), [("2026-03-19", True), ("2026-03-20", False)])
def test_work_is_overdue_from_the_day_after_its_own_date(tale: Any, due: str, raised: bool) -> None:
    tale.item("A-3", ago(40), assignees=("u1",), due=due)
    found = told(tale)
    assert (("overdue", "A-3") in found) is raised
    if raised:
        assert found["overdue", "A-3"].since == datetime(2026, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(("joined", "raised"), [(date(2026, 3, 17), True), (date(2026, 3, 16), False)])
def test_scope_is_late_in_the_last_quarter(tale: Any, joined: date, raised: bool) -> None:
    found = told(tale, timeline=NEAR, A_2=joined)
    assert (("late scope", "A-2") in found) is raised


def test_without_both_dates_nothing_is_late(tale: Any) -> None:
    for start, due in ((None, date(2026, 4, 1)), (date(2026, 4, 2), date(2026, 4, 1)), (date(2026, 2, 1), None)):
        assert ("late scope", "A-2") not in told(tale, timeline=Timeline(TODAY, start, due), A_2=TODAY)
