"""Gaps in the data, of milestones and of the product, and what mending them is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.model import History, MergeRequest, Person, Worklog

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = BEGIN + timedelta(days=28)
DAY = timedelta(days=1)
BASE: dict[str, Any] = {"title": "Shop", "projects": {"jira": ["SHOP"]}, "calendar": {}}


def run(history: History, **settings: Any) -> Assessment:
    made = ProductSettings.model_validate({**BASE, **settings})
    return assess(history, made, product="shop", as_of=NOW, config_digest="c", version="1")


def found(assessment: Assessment) -> dict[str, tuple[str, ...]]:
    return {one.gap: one.items for one in assessment.hygiene.findings}


def last(assessment: Assessment) -> MilestoneAssessment:
    return assessment.milestones[-1]


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of twenty pieces of work, half of them done, each after days of work."""
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-02", due="2026-05-15")
    for n in range(20):
        key = f"S-{n:02}"
        told.item(key, BEGIN - DAY, milestones=("version:1",), points=3.0, assignees=(f"u{n % 4}",))
        if n < 10:
            told.status(key, BEGIN + n * DAY, "active")
            told.status(key, BEGIN + (n + 12) * DAY, "done", author=f"u{n % 4}")
    return told


def test_a_product_in_order_has_no_findings_and_nothing_to_mend(tale: Any) -> None:
    hygiene = run(tale.history()).hygiene
    assert (hygiene.findings, hygiene.fixes, hygiene.score) == ((), (), 100)


def test_work_closed_long_after_its_merge_is_a_finding(tale: Any) -> None:
    history = tale.history()
    merged = tuple(
        MergeRequest(
            source="gitlab", id=f"{n}", key=f"web!{n}", project="web", url="https://g.example", title="Mend it",
            branch=f"s-{n:02}-mend-it", state="merged", created_at=BEGIN, updated_at=BEGIN + DAY,
            merged_at=BEGIN + (n + 2) * DAY,
        )
        for n in range(10)
    )  # fmt: skip
    assessment = run(replace(history, merge_requests=merged))
    assert len(found(assessment)["closed late"]) == 10
    assert any(text.startswith("Close work when it is merged") for text in assessment.hygiene.fixes)
    assert "closed late" in [one.worst for one in last(assessment).data.figures]


def test_a_link_that_only_the_text_makes_is_missing(tale: Any) -> None:
    tale.item("S-20", BEGIN, milestones=("version:1",), points=3.0, assignees=("u1",), description="blocked by S-15")
    tale.link("S-15", "S-16")
    assessment = run(tale.history())
    assert found(assessment)["missing links"] == ("S-20",)
    tale.link("S-15", "S-20")
    assert "missing links" not in found(run(tale.history()))


def test_bugs_of_one_title_are_duplicates_until_they_are_linked(tale: Any) -> None:
    tale.milestone("version:0", "0.9", released="2026-03-01", due="2026-03-01")
    for key, title in (
        ("B-1", "Login fails after reset"),
        ("B-2", "After reset login fails"),
        ("B-3", "Other trouble"),
    ):
        tale.item(key, BEGIN, type="Bug", title=title, priority="High", points=1.0)
    assert found(run(tale.history()))["duplicates"] == ("B-2",)
    tale.link("B-2", "B-1", "duplicates")
    assert "duplicates" not in found(run(tale.history()))


def test_bugs_without_severity_are_a_finding_where_a_release_is_watched(tale: Any) -> None:
    tale.milestone("version:0", "0.9", released="2026-03-01", due="2026-03-01")
    tale.item("B-1", BEGIN, type="Bug", priority="High", points=1.0)
    tale.item("B-2", BEGIN, type="Bug", points=1.0)
    assessment = run(tale.history())
    assert found(assessment)["no severity"] == ("B-2",)
    launched = next(one for one in assessment.milestones if one.title == "0.9")
    assert ("bug flow", "C", "no severity") in [(f.figure, f.confidence.value, f.worst) for f in launched.data.figures]


def test_bugs_that_name_no_version_are_a_finding_where_most_name_one(tale: Any) -> None:
    tale.milestone("version:0", "0.9", released="2026-03-01", due="2026-03-01")
    for n in range(3):
        tale.item(f"B-{n}", BEGIN, type="Bug", title=f"Crash {n}", priority="High", affects=("version:0",), points=1.0)
    tale.item("B-3", BEGIN, type="Bug", title="Other", priority="High", points=1.0)
    assert found(run(tale.history()))["no affected version"] == ("B-3",)
    for n in range(4, 8):
        tale.item(f"B-{n}", BEGIN, type="Bug", title=f"Slow {n}", priority="High", points=1.0)
    assert "no affected version" not in found(run(tale.history())), "nobody is asked for what is no habit"


@pytest.mark.parametrize(("dates", "worst"), [({}, "launch known by its day"), ({"0.9": "2026-03-01 09:30"}, None)])
def test_a_launch_of_which_only_the_day_is_known_weakens_what_is_counted_from_it(
    tale: Any, dates: dict[str, str], worst: str | None
) -> None:
    tale.milestone("version:0", "0.9", released="2026-03-01T00:00", due="2026-03-01")
    calendar = {"calendar": {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": "9-17"}, "launch": {"dates": dates}}
    launched = next(one for one in run(tale.history(), **calendar).milestones if one.title == "0.9")
    assert {f.figure: f.worst for f in launched.data.figures}["bug flow"] == worst


def test_people_who_log_nothing_are_counted_and_never_named(tale: Any) -> None:
    logs = tuple(
        Worklog(source="jira", id=f"{n}", item=f"S-{n:02}", author="u0", started_at=BEGIN + n * DAY, seconds=3600)
        for n in range(4)
    )
    money = {"rates": {"default": 100}, "milestones": {"1.0": 50000}}
    assessment = run(replace(tale.history(), worklogs=logs), budget=money)
    text = next(one.text for one in assessment.hygiene.findings if one.gap == "no worklogs")
    assert text == "Log time: 3 of 4 people who finished work lately logged none."
    assert ("cost", "D") in [(f.figure, f.confidence.value) for f in last(assessment).data.figures]


def test_requirements_without_a_test_matter_where_tests_are_kept(tale: Any) -> None:
    assert "no test" not in found(run(tale.history()))
    asked = run(tale.history(), acceptance={"fresh_days": 20})
    assert len(found(asked)["no test"]) == 20
    assert asked.hygiene.fixes[0].endswith("acceptance D → A in 1.0.")


def test_the_fixes_of_a_product_are_those_that_gain_most_over_all_milestones(tale: Any) -> None:
    tale.milestone("version:2", "2.0", start="2026-03-02", due="2026-07-15")
    for n in range(20):
        tale.item(f"T-{n:02}", BEGIN - DAY, milestones=("version:2",), points=None if n < 12 else 3.0)
    for n in range(10, 13):
        tale.status(f"S-{n}", BEGIN, "active")
        tale.change(f"S-{n}", BEGIN + DAY, "assignees", None, out=f"u{n % 4}")
    hygiene = run(tale.history(), teams={"web": {"people": ["u0", "u1"]}}).hygiene
    assert len(hygiene.fixes) <= 3
    assert hygiene.fixes[0].startswith("Estimate 12 items (T-00, T-01, T-02 and 9 more): earned value")
    assert hygiene.fixes[0].endswith("→ A in 2.0.")
    assert any(text.startswith("Assign 3 items in progress") for text in hygiene.fixes)
    assert hygiene.score is not None
    assert hygiene.score < 100


def test_only_figures_that_a_milestone_has_are_graded(tale: Any) -> None:
    figures = {one.figure for one in last(run(tale.history())).data.figures}
    assert figures.isdisjoint({"cost", "load", "dependencies", "acceptance", "bug flow"})
    assert {"scope", "throughput", "forecast", "earned value"} <= figures


def test_a_tracker_read_long_before_the_others_caps_every_figure(tale: Any) -> None:
    told = run(apart(tale.history(), 3 * DAY))
    figures = last(told).data.figures
    assert {one.confidence.value for one in figures} <= {"C", "D"}
    assert {one.cap for one in figures} >= {"jira was read 3 days before the rest"}
    (lag,) = [one for one in told.hygiene.findings if one.gap == "sync lag"]
    assert lag.text == "jira was read 3 days before the rest. See `pmbridge sync` for what holds it up."


def apart(history: History, lag: timedelta, interval: timedelta | None = None) -> History:
    """Let another tracker be read later than the first by some time."""
    (jira,) = history.sources
    later = replace(jira, name="gitlab", synced_at=NOW)
    return replace(history, sources=(replace(jira, synced_at=NOW - lag, interval=interval), later))


@pytest.mark.parametrize(
    ("lag", "interval", "words"),
    [
        (timedelta(hours=3), timedelta(minutes=15), "3 hours before the rest, though usually no more than 15 minutes"),
        (timedelta(minutes=50), timedelta(minutes=15), None),
        (timedelta(hours=47), timedelta(days=1), None),
        (timedelta(hours=49), timedelta(days=1), "2 days before the rest, though usually no more than 24 hours"),
        (timedelta(hours=23), None, None),
    ],
)
def test_a_lag_is_held_against_the_usual_interval(
    tale: Any, lag: timedelta, interval: timedelta | None, words: str | None
) -> None:
    told = run(apart(tale.history(), lag, interval))
    found = [one.text for one in told.hygiene.findings if one.gap == "sync lag"]
    assert len(found) == (words is not None)
    assert all(words in text for text in found if words)


def test_a_lag_of_now_is_none_of_an_earlier_day(tale: Any) -> None:
    history = apart(tale.history(), DAY, timedelta(minutes=15))
    made = ProductSettings.model_validate(BASE)
    then = assess(history, made, product="shop", as_of=NOW - 3 * DAY, config_digest="c", version="1")
    assert "sync lag" not in found(then)


def test_estimates_in_two_units_hurt_what_adds_them_up(tale: Any) -> None:
    for n in range(6):
        tale.item(f"H-{n}", BEGIN - DAY, milestones=("version:1",), estimate_seconds=7200, assignees=("u1",))
    told = run(tale.history())
    assert found(told)["mixed estimates"] == tuple(f"H-{n}" for n in range(6))
    fixes = told.hygiene.fixes
    assert any(text.startswith("Estimate 6 items in points, as the rest (H-0, H-1, H-2 and 3") for text in fixes)
    assert {one.figure: one.worst for one in last(told).data.figures}["earned value"] == "mixed estimates"


def test_accounts_of_one_name_make_the_load_doubtful(tale: Any) -> None:
    for n in range(3):
        tale.item(f"G-{n}", BEGIN - DAY, "gitlab", key=f"acme/web#{n}", assignees=("g1",))
    people = (
        Person(source="jira", id="u1", name="Ada", username="ada"),
        Person(source="gitlab", id="g1", name="Ada L", username="ada"),
    )
    both = {"projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}, "teams": {"web": {"people": ["u0", "u2"]}}}
    told = run(replace(tale.history(), people=people), **both)
    assert {one.figure: one.worst for one in last(told).data.figures}["load"] == "people not united"
    assert [one.gap for one in told.hygiene.findings].count("people not united") == 1
    assert any(text.startswith("Say in `people` who is who of 2 accounts") for text in last(told).data.fixes)
