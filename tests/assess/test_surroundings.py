"""What surrounds a milestone: people over both trackers, their load, dependencies, money, the record, explanations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pmbridge.assess import assess
from pmbridge.assess.backtest import backtest
from pmbridge.assess.calendars import Calendars
from pmbridge.assess.explain import explain
from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config.product import ProductSettings
from pmbridge.history.records import records
from pmbridge.model import History, Person, RemoteLink, Worklog

DAY = timedelta(days=1)
BEGIN = datetime(2025, 9, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 2, 27, 12, tzinfo=UTC)
BOTH = {"title": "Shop", "zone": "Europe/Berlin", "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}}


def run(history: History, **more: Any) -> Assessment:
    settings = ProductSettings.model_validate({**BOTH, **more})
    return assess(history, settings, product="shop", as_of=NOW, config_digest="c", version="1")


def last(assessment: Assessment) -> MilestoneAssessment:
    return next(m for m in assessment.milestones if m.title == "2.0")


def changed(history: History, **fields: Any) -> History:
    return History(**{**{f: getattr(history, f) for f in history.__slots__}, **fields})


def told(story: Any, releases: int = 5) -> Any:
    tale = story()
    for n in range(releases):
        begin = BEGIN + n * 30 * DAY
        version = f"version:{n}"
        tale.milestone(version, f"1.{n}", start=begin.date(), due=(begin + 28 * DAY).date(), released=begin + 28 * DAY)
        for k in range(12):
            tale.item(f"R-{n}-{k:02}", begin, milestones=(version,))
            tale.status(f"R-{n}-{k:02}", begin + (2 * k + 1) * DAY, "active")
            tale.status(f"R-{n}-{k:02}", begin + (2 * k + 2) * DAY, "done")
    tale.milestone("version:9", "2.0", start=date(2026, 2, 2), due=date(2026, 3, 16))
    for k in range(16):
        tale.item(f"S-{k:02}", datetime(2026, 2, 1, tzinfo=UTC), milestones=("version:9",))
        if k < 8:
            tale.status(f"S-{k:02}", datetime(2026, 2, 3, tzinfo=UTC) + 2 * k * DAY, "active")
            tale.status(f"S-{k:02}", datetime(2026, 2, 5, tzinfo=UTC) + 2 * k * DAY, "done")
    return tale


PEOPLE = (
    Person(source="jira", id="j1", name="Ada", email="ada@acme.example"),
    Person(source="gitlab", id="7", name="Ada L.", username="ada", email="ADA@acme.example"),
    Person(source="jira", id="j2", name="Bob", email="bob@acme.example"),
)
TEAMS = {"teams": {"web": {"people": ["ada", "bob"]}}}


def test_work_in_both_trackers_loads_one_person_once(story: Any) -> None:
    tale = told(story)
    tale.item("W-1", datetime(2026, 2, 3, tzinfo=UTC), source="gitlab", assignees=("7",), due="2026-03-03")
    for k in (8, 9):
        tale.change(f"S-{k:02}", NOW - DAY, "assignees", "j1")
    for k in range(8):
        tale.change(f"S-{k:02}", NOW - 9 * DAY, "assignees", "j2")
    loads = run(changed(tale.history(), people=PEOPLE), **TEAMS).load
    assert {one.team for one in loads} == {"web"}
    assert [one.week for one in loads] == [date(2026, 2, 23) + n * 7 * DAY for n in range(4)]
    assert sum(one.load or 0 for one in loads) > 0


def test_calendars_lie_over_each_other(story: Any) -> None:
    settings = ProductSettings.model_validate(
        {
            **BOTH,
            "calendar": {"holidays": ["2026-03-02"]},
            "teams": {
                "web": {
                    "people": ["ada", "bob"],
                    "capacity_hours": 320,
                    "holidays": ["2026-03-03"],
                    "absences": {"ada": [{"first": "2026-03-04", "last": "2026-03-11"}]},
                }
            },
        }
    )
    calendars = Calendars.of(settings)
    team = settings.teams["web"]
    days = [date(2026, 3, n) for n in (2, 3, 4, 5, 12)]
    assert [calendars.product.is_open(day) for day in days] == [False, True, True, True, True]
    assert [calendars.teams["web"].is_open(day) for day in days] == [False, False, True, True, True]
    assert [calendars.of_person("ada").is_open(day) for day in days] == [False, False, False, False, True]
    full, half = calendars.capacity("web", team, date(2026, 3, 12)), calendars.capacity("web", team, date(2026, 3, 5))
    assert full == 2 * half > 0
    assert calendars.capacity("web", team, date(2026, 3, 3)) == 0
    assert calendars.away("ada", date(2026, 3, 2)) == 7
    assert calendars.away("bob", date(2026, 3, 2)) == 1


def test_a_link_to_another_tracker_s_page_is_a_dependency(story: Any) -> None:
    tale = told(story)
    tale.milestone("milestone:3", "3.0", source="gitlab", kind="milestone", due="2026-09-30")
    for k in range(12):
        tale.item(f"W-{k}", NOW - 40 * DAY, source="gitlab", milestones=("milestone:3",))
    tale.status("W-1", NOW - 9 * DAY, "active", source="gitlab")
    tale.status("W-1", NOW - 8 * DAY, "done", source="gitlab")
    page = RemoteLink(url="https://gitlab.example/browse/W-5", title="W-5", relationship="is blocked by")
    history = tale.history()
    items = tuple(i.model_copy(update={"remote_links": (page,)}) if i.id == "S-10" else i for i in history.items)
    one = last(run(changed(history, items=items)))
    side = next(d for d in one.health.dimensions if d.name == "risks")
    assert side.status.value in ("amber", "red")
    assert any("waits for W-5 of 3.0" in text for text in side.reasons)
    assert any(risk.signal == "depends on later" and risk.item == "S-10" for risk in one.risks)


def test_a_long_chain_of_waiting_work_binds_and_is_named(story: Any) -> None:
    tale = told(story)
    for k in range(8, 15):
        tale.link(f"S-{k:02}", f"S-{k + 1:02}")
    for n in range(5):
        for k in range(4):
            tale.item(f"L-{n}-{k}", BEGIN)
            tale.status(f"L-{n}-{k}", BEGIN + n * DAY, "active")
            tale.status(f"L-{n}-{k}", BEGIN + (n + 40) * DAY, "done")
    one = last(run(tale.history()))
    assert one.forecast.network is not None
    assert one.forecast.binds == "network"
    assert one.forecast.p85 == one.forecast.network.p85
    assert set(one.forecast.network.criticality) == {f"S-{k:02}" for k in range(8, 16)}
    assert any(reason.rule == "schedule.network" for reason in one.health.reasons)
    assert (one.health.remedy or "").startswith("Finish S-")


def test_money_is_what_was_logged_while_the_work_belonged_there(story: Any) -> None:
    tale = told(story)
    tale.item("X-1", datetime(2026, 1, 5, tzinfo=UTC))
    tale.join("X-1", datetime(2026, 2, 10, tzinfo=UTC), "version:9")
    logged = (("X-1", 5), ("X-1", 12), ("S-01", 6))
    logs = tuple(
        Worklog(source="jira", id=item + str(day), item=item, author="j1", started_at=at, seconds=36_000)
        for item, day in logged
        for at in [datetime(2026, 2, day, 9, tzinfo=UTC)]
    )
    budget = {"budget": {"rates": {"default": 50, "ada": 100}, "milestones": {"2.0": 4_000}}}
    one = last(run(changed(tale.history(), worklogs=logs, people=PEOPLE), **budget, **TEAMS))
    value = one.earned_value
    assert (value.bac.value, value.ac.value, value.ac.unit) == (4000, 2000, "EUR")
    assert value.ev.value == 2000
    assert value.cpi.value == 1.0
    assert value.eac.interval is not None
    assert value.exhausted_budget == "milestone"
    assert one.scope.items == 17


def test_the_record_is_made_from_what_was_known_then(story: Any) -> None:
    history = told(story, 5).history()
    settings = ProductSettings.model_validate(BOTH)
    found = backtest(history, settings, product="shop", as_of=NOW)
    (record,) = found.finishes
    assert (record.milestones, record.status) == (5, "uncalibrated")
    assert {one.milestone for one in record.past} == {f"1.{n}" for n in range(5)}
    assert all(one.made_on < one.finished_on for one in record.past)
    earlier = backtest(history, settings, product="shop", as_of=BEGIN + 100 * DAY)
    said = {(one.milestone, one.made_on): one.p85 for one in record.past}
    assert earlier.finishes
    assert all(said[one.milestone, one.made_on] == one.p85 for one in earlier.finishes[0].past)


def test_a_rule_is_explained_down_to_the_trackers_events(story: Any) -> None:
    tale = told(story)
    tale.item("NEW", datetime(2026, 2, 20, tzinfo=UTC), milestones=("version:9",))
    history = tale.history()
    settings = ProductSettings.model_validate(BOTH)
    one = last(run(history))
    known = {change.identity for record in records(history) for change in record.changes}
    slip = explain(history, settings, one, "schedule.slip", as_of=NOW, freezes={})
    assert len(slip.events) == 8
    assert {event.event for event in slip.events} <= known
    assert any(name.name == "weekly finishes, oldest first" for name in slip.inputs)
    creep = explain(history, settings, one, "scope.creep", as_of=NOW, freezes={})
    assert [event.event for event in creep.events] == ["jira:NEW:created"]
    assert {i.name: i.value for i in creep.inputs}["residual"] == "0"
    side = explain(history, settings, one, "data", as_of=NOW, freezes={})
    assert side.text.startswith("data is ")
    unknown = explain(history, settings, one, "scope.nothing", as_of=NOW, freezes={})
    assert unknown.text.startswith("scope.nothing is not among the reasons")
