"""The signals of a milestone as a whole product gives them: each with its words, and since when it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Risk
from pmbridge.config.product import ProductSettings
from pmbridge.model import History, MergeRequest, Person

NOW = datetime(2026, 5, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BASE: dict[str, Any] = {"title": "Shop", "projects": {"jira": ["SHOP"]}}


def run(history: History, **more: Any) -> dict[tuple[str, str | None], Risk]:
    """Return the signals of milestone 2.0."""
    made = ProductSettings.model_validate({**BASE, **more})
    told = assess(history, made, product="shop", as_of=NOW, config_digest="c", version="1")
    one = next(m for m in told.milestones if m.title == "2.0")
    return {(risk.signal, risk.item): risk for risk in one.risks}


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of thirty pieces that took one to ten days each, and of two that are still to be done."""
    told = story()
    told.milestone("version:2", "2.0", start=date(2026, 3, 2), due=date(2026, 6, 30))
    told.milestone("version:3", "3.0", start=date(2026, 3, 2), due=date(2026, 9, 30))
    for n in range(30):
        key = f"D-{n:02}"
        told.item(key, NOW - 80 * DAY, milestones=("version:2",), assignees=("u1",))
        told.status(key, NOW - (70 - 2 * n) * DAY, "active")
        told.status(key, NOW - (69 - 2 * n - n % 10) * DAY, "done")
    for key in ("S-1", "S-2"):
        told.item(key, NOW - 20 * DAY, milestones=("version:2",), assignees=("u1",))
    return told


def test_work_older_than_six_of_seven_others_is_ageing_and_older_than_nearly_all_of_critical_age(tale: Any) -> None:
    for n, days in enumerate((14, 14, 14, 14, 30, 30, 30)):
        tale.item(f"L-{n}", NOW - 80 * DAY, milestones=("version:2",), assignees=("u1",))
        tale.status(f"L-{n}", NOW - 60 * DAY, "active")
        tale.status(f"L-{n}", NOW - (60 - days) * DAY, "done")
    for key, days in (("A-1", 13), ("A-2", 17), ("A-3", 35)):
        tale.item(key, NOW - 70 * DAY, milestones=("version:2",), assignees=("u1",))
        tale.status(key, NOW - days * DAY, "active")
    found = {at: risk for at, risk in run(tale.history()).items() if "age" in at[0]}
    assert list(found) == [("critical age", "A-3"), ("ageing", "A-2")]
    assert found["ageing", "A-2"].since == NOW - 17 * DAY
    assert "85 % of comparable work is done within 14 days" in found["ageing", "A-2"].text
    assert found["critical age", "A-3"].since == NOW - 35 * DAY


def test_silence_is_stale_when_it_is_longer_than_silences_usually_are_here(tale: Any) -> None:
    tale.status("S-1", NOW - 16 * DAY, "active")
    assert run(tale.history())["stale", "S-1"].since == NOW - 16 * DAY
    for n in range(30):
        key = f"L-{n:02}"
        tale.item(key, NOW - 79 * DAY, milestones=("version:2",), assignees=("u1",))
        tale.status(key, NOW - 70 * DAY, "active")
        tale.status(key, NOW - 30 * DAY, "done")
    assert ("stale", "S-1") not in run(tale.history())


def test_code_that_moved_is_no_silence_and_a_stuck_review_is_told_with_its_age(tale: Any) -> None:
    tale.status("S-1", NOW - 16 * DAY, "active")
    asked = MergeRequest(
        source="jira", id="7", key="acme/web!7", project="acme/web", url="https://lab.example/7", title="S-1 pay",
        branch="x", state="open", items=("S-1",), reviewers=("u2",), created_at=NOW - 9 * DAY, updated_at=NOW - DAY,
        failing_since=NOW - 6 * DAY, unresolved=(NOW - 8 * DAY, NOW - DAY),
    )  # fmt: skip
    found = run(replace(tale.history(), merge_requests=(asked,)))
    assert ("stale", "S-1") not in found
    assert found["review stuck", "S-1"].since == NOW - 8 * DAY
    assert found["review stuck", "S-1"].text == (
        "S-1: acme/web!7 has had failing pipelines since 21 May 2026 and has 2 unresolved threads since 19 May 2026."
    )


def test_a_blocker_is_later_by_its_own_date_by_its_milestone_s_date_or_by_its_forecast(tale: Any) -> None:
    tale.item("B-1", NOW - 20 * DAY, due="2026-07-10")
    tale.item("B-2", NOW - 18 * DAY, milestones=("version:3",))
    tale.item("B-3", NOW - 18 * DAY, milestones=("version:2",))
    for blocker, work in (("B-1", "S-1"), ("B-2", "S-2")):
        tale.link(blocker, work)
    found = run(tale.history())
    assert found["depends on later", "S-1"].text == (
        "S-1 waits for B-1, which is expected by 10 Jul 2026 (its own due date)."
    )
    assert found["depends on later", "S-2"].text.startswith("S-2 waits for B-2, which is expected by ")
    assert found["depends on later", "S-2"].since == NOW - 18 * DAY
    tale.link("B-3", "D-00")
    assert ("depends on later", "D-00") not in run(tale.history())


def test_blockers_promised_by_a_milestone_are_told_where_it_has_no_forecast(tale: Any) -> None:
    tale.item("B-2", NOW - 18 * DAY, milestones=("version:3",))
    tale.link("B-2", "S-2")
    found = run(tale.history())["depends on later", "S-2"]
    assert found.text.endswith("which is expected by 30 Sep 2026 (the due date of 3.0).")


def test_work_in_a_circle_has_waited_since_the_youngest_of_it_came(tale: Any) -> None:
    tale.item("S-3", NOW - 3 * DAY, milestones=("version:2",))
    tale.link("S-2", "S-3")
    tale.link("S-3", "S-2")
    assert run(tale.history())["dependency circle", "S-2"].since == NOW - 3 * DAY


def test_a_blocker_that_is_closed_leaves_a_stale_flag(tale: Any) -> None:
    tale.item("B-1", NOW - 19 * DAY)
    tale.status("B-1", NOW - 5 * DAY, "done")
    tale.link("B-1", "S-1")
    tale.change("S-1", NOW - 8 * DAY, "flagged", "true")
    found = run(tale.history())
    assert found["stale flag", "S-1"].text == "S-1 is flagged, yet all that blocked it (B-1) is closed."
    assert found["stale flag", "S-1"].since == NOW - 8 * DAY


def test_a_team_with_too_much_to_do_two_weeks_running_is_overloaded(tale: Any) -> None:
    for n in range(12):
        tale.item(
            f"H-{n:02}", NOW - 9 * DAY, milestones=("version:2",), assignees=("u1",), remaining_seconds=40 * 3600,
            due="2026-06-12",
        )  # fmt: skip
    people = (Person(source="jira", id="u1", name="Uma", username="uma"),)
    found = run(replace(tale.history(), people=people), teams={"web": {"people": ["uma"]}})
    overload = found["overload", None]
    assert overload.text.startswith("Team web has more work than working time in 3 weeks from 25 May 2026 on")
    assert overload.since == datetime(2026, 5, 25, tzinfo=UTC)
    assert found["bus factor", None].text == "One person holds 100 % of the assigned open work."


def test_work_rests_on_one_person_since_the_piece_that_made_it_more_than_half(tale: Any) -> None:
    for key, days in (("R-1", 12), ("R-2", 6), ("R-3", 3)):
        tale.item(key, NOW - 20 * DAY, milestones=("version:2",), assignees=("u3",))
        tale.change(key, NOW - days * DAY, "assignees", "u2", out="u3")
    found = run(tale.history())["bus factor", None]
    assert (found.text, found.since) == ("One person holds 60 % of the assigned open work.", NOW - 3 * DAY)


def test_work_that_is_begun_and_never_finished_makes_the_flow_unstable_and_ages_together(tale: Any) -> None:
    for n in range(25):
        tale.item(f"P-{n:02}", NOW - 60 * DAY, milestones=("version:2",), assignees=(f"u{n}",))
        tale.status(f"P-{n:02}", NOW - 50 * DAY, "active")
    found = run(tale.history())
    assert "more is begun than finished" in found["unstable flow", None].text
    assert found["ageing together", None].text.startswith("The ages of all work in progress together rose 4 weeks")
    assert found["ageing together", None].since == datetime(2026, 4, 29, tzinfo=UTC)


def test_finished_work_without_what_its_type_has_to_show_is_told_since_its_finish(tale: Any) -> None:
    found = run(tale.history(), health={"evidence": {"Story": ["merge"]}})
    risk = found["done without evidence", "D-00"]
    assert risk.text == "D-00 is done without a merge request; work of type Story has one."
    assert risk.since == NOW - 69 * DAY
