"""Whoever works for two products is counted with the work of both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assess.elsewhere import (
    NOWHERE,
    Commitment,
    Elsewhere,
    assigned_elsewhere,
    commitments,
    concerned,
    teammates,
)
from pmbridge.assess.people import identities
from pmbridge.assessment import Assessment, to_json
from pmbridge.config.product import ProductSettings
from pmbridge.model import History, Person

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = date(2026, 3, 13)
ADA = Person(source="jira", id="j1", name="Ada Lovelace", username="ada", email="ada@acme.example")
ADA_TOO = Person(source="gitlab", id="7", name="Ada L.", username="lovelace", email="ADA@acme.example")
BOB = Person(source="jira", id="j2", name="Bob", username="bob")
EVE = Person(source="gitlab", id="9", name="Eve", username="eve", email="eve@acme.example")
ROBOT = Person(source="gitlab", id="66", name="Robot", username="bob", bot=True)
EVERYBODY = (ADA, ADA_TOO, BOB, EVE, ROBOT)


def shop(**more: Any) -> ProductSettings:
    given: dict[str, Any] = {
        "title": "Shop",
        "projects": {"jira": ["SHOP"]},
        "teams": {"web": {"people": ["ada"], "capacity_hours": 160}},
    }
    return ProductSettings.model_validate(given | more)


def portal(**more: Any) -> ProductSettings:
    given = {"title": "Customer portal", "projects": {"gitlab": ["acme/portal"]}}
    return ProductSettings.model_validate(given | more)


def shop_history(story: Any, hours: int = 50) -> History:
    tale = story()
    tale.milestone("version:1", "1.0", start=date(2026, 2, 2), due=DUE)
    tale.item("S-1", NOW - 20 * DAY, milestones=("version:1",), assignees=("j1",), estimate_seconds=hours * 3600)
    told: History = tale.history()
    return History(**{name: getattr(told, name) for name in History.__slots__} | {"people": (ADA, BOB)})


def run(history: History, elsewhere: Elsewhere = NOWHERE, **more: Any) -> Assessment:
    return assess(history, shop(**more), product="shop", as_of=NOW, config_digest="c", version="1", elsewhere=elsewhere)


def texts(assessment: Assessment) -> list[str]:
    (milestone,) = assessment.milestones
    told = [risk.text for risk in milestone.risks if risk.signal == "overload"]
    return told + [reason.text for reason in milestone.health.reasons if reason.rule == "resources.load"]


def work(hours: float | None = 60, *accounts: tuple[str, str], due: date | None = DUE) -> Commitment:
    seconds = None if hours is None else round(hours * 3600)
    return Commitment("Customer portal", accounts or (("gitlab", "7"),), seconds, due)


def test_hours_for_another_product_add_to_those_of_this_one_and_the_text_says_so(story: Any) -> None:
    alone, both = run(shop_history(story)), run(shop_history(story), Elsewhere(EVERYBODY, (work(60),)))
    assert [one.week for one in both.load] == [one.week for one in alone.load]
    assert all((one.load or 0) < 1 for one in alone.load)
    assert texts(alone) == []
    assert [one.load for one in both.load][:2] == [
        pytest.approx((one.load or 0) * 110 / 50, abs=0.01) for one in alone.load[:2]
    ]
    assert len(texts(both)) == 2
    assert all(text.endswith(", 60 h of it for Customer portal.") for text in texts(both))


def test_nobody_and_no_work_is_named(story: Any) -> None:
    told = to_json(run(shop_history(story), Elsewhere(EVERYBODY, (work(600),))))
    assert "600 h of it for Customer portal" in told
    assert not [word for word in ("lovelace", "Ada L.", "acme.example", "Eve") if word in told]


def test_the_same_inputs_give_the_same_bytes_and_other_commitments_another_digest(story: Any) -> None:
    history = shop_history(story)
    some = Elsewhere(EVERYBODY, (work(60), work(3, ("jira", "j1"))))
    assert to_json(run(history, some)) == to_json(run(history, some))
    digests = {run(history, one).inputs_digest for one in (NOWHERE, some, Elsewhere(EVERYBODY, (work(61),)))}
    assert len(digests) == 3
    assert run(history, Elsewhere(EVERYBODY)) == run(history)


def test_without_estimates_no_work_is_held_against_a_pace_that_does_not_know_it(story: Any) -> None:
    history = shop_history(story, hours=0)
    assert run(history, Elsewhere(EVERYBODY, (work(60),))).load == run(history).load


def test_without_teams_nothing_is_counted(story: Any) -> None:
    assert run(shop_history(story), Elsewhere(EVERYBODY, (work(60),)), teams={}).load == ()


def resolved(elsewhere: Elsewhere, **more: Any) -> list[tuple[str, float]]:
    settings = shop(**more)
    who = identities(History(people=(ADA, BOB)), settings)
    return [(one.person, one.hours) for one in assigned_elsewhere(elsewhere, settings, who)]


def test_an_address_or_the_map_says_whose_commitments_they_are() -> None:
    eve = Elsewhere(EVERYBODY, (work(10, ("gitlab", "9")),))
    assert resolved(Elsewhere(EVERYBODY, (work(10),))) == [("ada", 10)]
    assert resolved(eve) == []
    assert resolved(eve, people={"ada": {"jira": "j1", "gitlab": "eve"}}) == [("ada", 10)]
    assert resolved(Elsewhere((ADA, EVE), (work(10, ("gitlab", "9")),))) == []


def test_somebody_without_an_account_here_is_found_by_the_map_or_an_address_and_by_no_name() -> None:
    eve = Elsewhere(EVERYBODY, (work(10, ("gitlab", "9")),))
    by_name, by_address = ({"web": {"people": ["ada", word]}} for word in ("eve", "eve@acme.example"))
    assert resolved(eve, teams=by_name) == []
    assert resolved(eve, teams=by_name, people={"eve": {"gitlab": "9"}}) == [("eve", 10)]
    assert resolved(eve, teams=by_address) == [("eve@acme.example", 10)]


def test_a_stranger_who_bears_a_name_elsewhere_is_nobody_here() -> None:
    cloud = Person(source="jira", id="5b1", name="Bob Smith", email="bob.smith@acme.example")
    stranger = Person(source="gitlab", id="12", name="Bob", username="bob.smith")
    settings = shop(teams={"web": {"people": ["bob.smith"]}})
    assert teammates((cloud, stranger), settings) == {("jira", "5b1")}
    who = identities(History(people=(cloud,)), settings)
    found = assigned_elsewhere(Elsewhere((cloud, stranger), (work(10, ("gitlab", "12")),)), settings, who)
    assert list(found) == []


def test_work_is_shared_among_people_and_not_among_accounts_or_robots() -> None:
    of_all = work(12, ("gitlab", "7"), ("jira", "j1"), ("gitlab", "9"), ("gitlab", "66"))
    assert resolved(Elsewhere(EVERYBODY, (of_all, work(None)))) == [("ada", 6), ("ada", 0)]


def test_only_accounts_that_may_matter_are_looked_at() -> None:
    assert concerned(EVERYBODY, shop()) == (ADA, ADA_TOO)
    assert teammates((ADA, ADA_TOO), shop()) == {("jira", "j1"), ("gitlab", "7")}
    robots = shop(teams={"web": {"people": ["bob"]}})
    assert concerned(EVERYBODY, robots) == (BOB, ROBOT)
    assert teammates((BOB, ROBOT), robots) == {("jira", "j2")}
    mapped = shop(people={"ada": {"gitlab": "eve"}})
    assert EVE in concerned(EVERYBODY, mapped)


def test_commitments_are_what_the_other_product_holds_to_be_open(story: Any) -> None:
    tale = story()
    tale.milestone("milestone:1", "M1", source="gitlab", kind="milestone", project="acme/portal", due=date(2026, 4, 1))
    common: dict[str, Any] = {"source": "gitlab", "project": "acme/portal", "assignees": ("7",)}
    tale.item("P-1", NOW - DAY, milestones=("milestone:1",), remaining_seconds=7200, estimate_seconds=9000, **common)
    tale.item("P-2", NOW - DAY, due="2026-03-09", **common)
    tale.item("P-3", NOW - DAY, **common)
    tale.status("P-3", NOW - DAY / 2, "review", source="gitlab")
    tale.item("P-4", NOW - DAY, **common | {"assignees": ()})
    tale.item("P-5", NOW + DAY, **common)
    history = tale.history()
    mine = (("gitlab", "7"),)
    open_ = [
        Commitment("Customer portal", mine, 7200, date(2026, 4, 1)),
        Commitment("Customer portal", mine, None, date(2026, 3, 9)),
    ]
    assert list(commitments(history, portal(status={"done": ["Blocked outside"]}), NOW)) == open_
    assert len(commitments(history, portal(), NOW)) == 3
    assert commitments(History(), portal(), NOW) == ()
