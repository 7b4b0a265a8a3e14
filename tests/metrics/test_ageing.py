from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.ageing import CycleTimes, Durations, Old, Percentiles, aggregate_age, cycle_times, rises
from pmbridge.metrics.stability import stability

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(weeks=14)


def walked(tale: Any) -> tuple[Life, ...]:
    history = tale.history()
    return lives(canonical_items(records(history), history.links, ()), Categories(history.statuses))


def told(story: Any, spans: list[tuple[float, float | None]]) -> tuple[Life, ...]:
    """Tell of work begun on a day, and done so many days later or not at all."""
    tale = story()
    for n, (start, days) in enumerate(spans):
        tale.item(f"A-{n}", BEGIN - timedelta(days=1))
        tale.status(f"A-{n}", BEGIN + timedelta(days=start), "active")
        if days is not None:
            tale.status(f"A-{n}", BEGIN + timedelta(days=start + days), "done")
    return walked(tale)


def test_work_still_open_makes_the_percentiles_longer(story: Any) -> None:
    finished = [(n, float(n % 10 + 1)) for n in range(40)]
    alone = cycle_times(told(story, finished), AS_OF).percentiles("Story")
    both = cycle_times(told(story, [*finished, *((float(n), None) for n in range(10))]), AS_OF).percentiles("Story")
    assert alone.p85 == 9
    assert both.p85 is None
    assert alone.p95 == 10


def test_what_never_was_active_or_was_cancelled_has_no_cycle_time(story: Any) -> None:
    tale = story()
    tale.item("A-1", BEGIN)
    tale.status("A-1", BEGIN + timedelta(days=2), "done")
    tale.item("A-2", BEGIN)
    found = cycle_times(walked(tale), AS_OF)
    assert found.finished == 0
    assert found.percentiles("Story") == Percentiles(None, None)
    assert found.chance("Story", 3, 3) is None


def test_an_age_is_judged_against_both_limits() -> None:
    limits = Percentiles(5, 9)
    assert [limits.judge(age) for age in (5, 5.1, 9.1)] == [Old.USUAL, Old.AGEING, Old.CRITICAL]
    assert Percentiles(None, None).judge(1000) is Old.USUAL


def test_the_chance_to_end_soon_is_conditional_on_the_age() -> None:
    times = CycleTimes({"Story": Durations(tuple(float(n) for n in range(1, 11)), (True,) * 10)})
    assert times.chance("Story", 0, 5) == pytest.approx(0.5)
    assert times.chance("Story", 6, 2) == pytest.approx(0.5)
    assert times.chance("Story", 10, 5) is None
    assert times.longer_than("Bug", 7.5) == [8, 9, 10]


def test_a_type_speaks_for_itself_once_there_is_enough_of_it() -> None:
    quick, slow = Durations((1.0,) * 20, (True,) * 20), Durations((30.0,) * 5, (True,) * 5)
    times = CycleTimes({"Bug": quick, "Story": slow})
    assert times.percentiles("Bug").p95 == 1
    assert times.percentiles("Story").p85 == 30
    assert times.percentiles("Story").judge(20) is Old.USUAL


@given(days=st.lists(st.integers(1, 40), min_size=2, max_size=30), age=st.integers(0, 30), ahead=st.integers(0, 30))
def test_more_time_never_lowers_the_chance(days: list[int], age: int, ahead: int) -> None:
    times = CycleTimes({"Story": Durations(tuple(map(float, days)), (True,) * len(days))})
    sooner, later = times.chance("Story", age, ahead), times.chance("Story", age, ahead + 1)
    assert (sooner is None) == (later is None) == (age >= max(days))
    assert sooner is None or later is None or 0 <= sooner <= later <= 1


def test_the_alarm_on_aggregate_age_needs_four_rises_running() -> None:
    assert aggregate_age([1, 2.5]) == 3.5
    assert rises([1, 2, 3, 4, 5])
    assert not rises([1, 2, 3, 3, 5])
    assert not rises([2, 3, 4, 5])


def test_a_steady_flow_obeys_littles_law_and_is_not_mentioned(story: Any) -> None:
    found = stability(told(story, [(2.0 * n, 4.0) for n in range(48)]), AS_OF)
    assert found.is_steady is True
    assert found.text is None


def test_work_that_is_begun_and_left_lying_is_an_unstable_flow(story: Any) -> None:
    spans = [(2.0 * n, 4.0 if n % 4 == 0 else None) for n in range(48)]
    found = stability(told(story, spans), AS_OF)
    assert found.is_steady is False
    assert "more is begun than finished" in (found.text or "")
    assert found.arrivals > found.departures


def test_a_young_flow_is_averaged_from_its_beginning(story: Any) -> None:
    spans = [(70.0 - n % 7, 4.0 if n < 6 else None) for n in range(14)]
    found, law = stability(told(story, spans), AS_OF), stability(told(story, spans), AS_OF, weeks=24).law
    assert found.law is not None
    assert law is not None
    assert "over 5 weeks" in (found.text or "")
    assert found.law.ratio == pytest.approx(law.ratio)
    assert found.law.wip == pytest.approx(law.wip)


def test_too_few_finishes_say_nothing(story: Any) -> None:
    found = stability(told(story, [(80.0, 1.0)]), AS_OF)
    assert (found.law, found.is_steady, found.text) == (None, None, None)
