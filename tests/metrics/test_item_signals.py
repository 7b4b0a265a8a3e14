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
from pmbridge.metrics.ageing import cycle_times
from pmbridge.metrics.flow_times import aggregate_age, efficiency, lead_times
from pmbridge.metrics.item_signals import Context, Later, Pace, item_signals
from pmbridge.metrics.proof_signals import undocumented
from pmbridge.metrics.risks import Watched
from pmbridge.model import Check

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=60)
DAY = timedelta(days=1)
FACES = frozenset({("jira", "version:1")})


def walked(tale: Any) -> tuple[Life, ...]:
    history = tale.history()
    return lives(canonical_items(records(history), history.links, ()), Categories(history.statuses))


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of thirty pieces of work that took one to ten days, two of them in review."""
    told = story()
    for n in range(30):
        key = f"D-{n:02}"
        told.item(key, BEGIN, milestones=("version:1",))
        told.status(key, BEGIN + n * DAY, "active")
        told.status(key, BEGIN + (n + 1 + n % 10) * DAY, "review")
        told.status(key, BEGIN + (n + 3 + n % 10) * DAY, "done")
    return told


def signals(tale: Any, key: str, bots: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Risk]:
    known = walked(tale)
    life = next(one for one in known if one.item.key == key)
    context = Context(
        as_of=AS_OF,
        times=cycle_times(known, AS_OF),
        pace=Pace.of(known, bots),
        bots=bots,
        open_days=lambda a, b: (b - a) / DAY * 5 / 7,
        later=more.get("later", {}),
        cleared=more.get("cleared", {}),
    )
    return {risk.signal: risk for risk in item_signals([Watched(life, (), BEGIN)], context)}


def test_work_older_than_nearly_all_others_is_of_critical_age_with_its_chance_to_end(tale: Any) -> None:
    tale.item("A-1", BEGIN)
    tale.status("A-1", AS_OF - 40 * DAY, "active")
    found = signals(tale, "A-1")
    assert found["critical age"].severity == "high"
    assert found["critical age"].since == AS_OF - 40 * DAY
    assert "95 % of comparable work is done within" in found["critical age"].text


def test_young_work_that_people_touch_has_no_signal(tale: Any) -> None:
    tale.item("A-1", BEGIN)
    tale.status("A-1", AS_OF - 2 * DAY, "active")
    assert signals(tale, "A-1") == {}


def test_a_robot_s_edit_does_not_make_work_fresh(tale: Any) -> None:
    tale.item("A-1", BEGIN)
    tale.status("A-1", AS_OF - 20 * DAY, "active")
    tale.change("A-1", AS_OF - DAY, "labels", "seen", author="robot")
    assert "stale" in signals(tale, "A-1", bots=(("jira", "robot"),))
    assert "stale" not in signals(tale, "A-1")


def test_work_that_waits_longer_than_waits_last_is_said_to(tale: Any) -> None:
    tale.item("A-1", BEGIN)
    tale.status("A-1", AS_OF - 9 * DAY, "active")
    tale.status("A-1", AS_OF - 8 * DAY, "review")
    assert "Blocked outside" in signals(tale, "A-1")["waiting long"].text
    tale.item("A-2", BEGIN)
    tale.status("A-2", AS_OF - 2 * DAY, "active")
    tale.status("A-2", AS_OF - DAY, "review")
    assert "waiting long" not in signals(tale, "A-2")


def test_a_flag_that_was_left_and_a_blocker_that_comes_too_late(tale: Any) -> None:
    tale.item("A-1", AS_OF - DAY, flagged="true")
    later = {"A-1": Later("B-2", date(2026, 6, 1), "its own due date")}
    found = signals(tale, "A-1", later=later, cleared={"A-1": ("C-3",)})
    assert found["stale flag"].text == "A-1 is flagged, yet all that blocked it (C-3) is closed."
    assert found["depends on later"].text == ("A-1 waits for B-2, which is expected by 1 Jun 2026 (its own due date).")


def test_done_with_open_boxes_is_done_without_evidence(tale: Any) -> None:
    tale.item("A-1", BEGIN, checklist=(Check(text="tested", ticked=False), Check(text="written", ticked=True)))
    tale.status("A-1", BEGIN + DAY, "done")
    life = next(one for one in walked(tale) if one.item.key == "A-1")
    (risk,) = undocumented([life])
    assert risk.text == "A-1 is done with 1 open box in its checklist."
    assert risk.since == BEGIN + DAY


def test_times_a_customer_feels(tale: Any) -> None:
    known = walked(tale)
    p50, p85 = lead_times(known, FACES)
    assert p50.n == 30
    assert (p50.value or 0) < (p85.value or 0)
    share = efficiency(known, FACES)
    assert 0.5 < (share.value or 0) < 1
    assert aggregate_age(known, FACES, AS_OF).value == 0


def test_without_waiting_states_there_is_no_efficiency(story: Any) -> None:
    told = story()
    told.item("A-1", BEGIN, milestones=("version:1",))
    told.status("A-1", BEGIN + DAY, "active")
    assert aggregate_age(walked(told), FACES, AS_OF).value == 59
    told.status("A-1", BEGIN + 3 * DAY, "done")
    assert efficiency(walked(told), FACES).status.value == "not_applicable"
    assert lead_times((), FACES)[0].status.value == "insufficient"
