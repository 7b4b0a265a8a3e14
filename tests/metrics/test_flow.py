from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import FigureStatus, Flow
from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.flow import flow, littles_law

NOW = datetime(2025, 2, 1, 12, tzinfo=UTC)


def measured(tale: Any, weekly: tuple[int, ...] = (0,)) -> Flow:
    history = tale.history()
    walked = lives([CanonicalItem(record) for record in records(history)], Categories(history.statuses))
    return flow(walked, frozenset({("jira", "v1")}), weekly, NOW)


def test_cycle_time_runs_from_the_first_activity_to_the_last_completion(story: Any):
    tale = story()
    for key, days in (("A", 2), ("B", 4), ("C", 10)):
        tale.item(key, "2025-01-01", milestones=("v1",))
        tale.status(key, "2025-01-05", "active")
        tale.status(key, "2025-01-06", "todo")
        tale.status(key, f"2025-01-{5 + days:02}", "done")
    found = measured(tale)
    assert (found.cycle_time_p50.value, found.cycle_time_p85.value, found.cycle_time_p50.n) == (4.0, 10.0, 3)


def test_what_was_never_active_has_no_cycle_time_and_that_is_said(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.status("A", "2025-01-05", "done")
    found = measured(tale)
    assert (found.cycle_time_p50.value, found.cycle_time_p50.status) == (None, FigureStatus.INSUFFICIENT)
    assert found.cycle_time_p50.reasons == ("1 finished without ever being in progress and have no cycle time",)


def test_work_in_progress_is_what_has_begun_and_is_not_finished(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.status("A", "2025-01-12", "active")
    tale.status("A", "2025-01-30", "review")
    tale.item("B", "2025-01-01", milestones=("v1",), status="active")
    tale.item("C", "2025-01-01", milestones=("v1",))
    tale.item("D", "2025-01-01", status="active")
    found = measured(tale)
    assert (found.wip.value, found.oldest_age.value) == (2, 31.0)


def test_without_work_in_progress_there_is_no_oldest(story: Any):
    found = measured(story())
    assert (found.wip.value, found.oldest_age.value, found.oldest_age.status) == (0, None, FigureStatus.NOT_APPLICABLE)


def test_throughput_is_the_mean_of_whole_weeks_and_never_a_made_up_zero(story: Any):
    assert measured(story(), (1, 0, 5)).throughput.value == 2.0
    none = measured(story(), (0, 0)).throughput
    assert (none.value, none.status, none.n) == (None, FigureStatus.INSUFFICIENT, 2)


def test_littles_law_holds_on_a_window_that_begins_and_ends_empty():
    law = littles_law([0, 1, 2, 5], [3, 4, 6, 8], 8)
    assert law is not None
    assert (law.wip, law.throughput, law.cycle_time) == (1.625, 0.5, 3.25)
    assert law.ratio == pytest.approx(1.0, abs=1e-12)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 40)), min_size=1, max_size=20))
def test_littles_law_is_an_identity_on_such_windows(work: list[tuple[float, float]]):
    law = littles_law([start for start, _ in work], [start + days for start, days in work], 100)
    assert law is not None
    assert law.ratio == pytest.approx(1.0)


def test_littles_law_is_silent_without_a_finish():
    assert littles_law([1.0], [9.0], 5) is None
