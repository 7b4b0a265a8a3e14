"""The doctor tells how sure it is of each field, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import CheckResult, CheckStatus
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN, JiraSite
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.fields import discover
from pmbridge_jira.mapping import Ground, Match, estimation, matches, report
from pmbridge_jira.settings import FieldSettings

GREENHOPPER = "com.pyxis.greenhopper.jira:"
CLASSIC = {"id": "cf1", "name": "Story Points", "schema": {"type": "number", "custom": "x:float"}}
TEAM = {"id": "cf2", "name": "Größe", "schema": {"type": "number", "custom": GREENHOPPER + "jsw-story-points"}}
TWIN = {"id": "cf3", "name": "story points", "schema": {"type": "number", "custom": "x:float"}}
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def told(*known: dict[str, Any], newest: Any = (), **settings: str) -> CheckResult:
    chosen = FieldSettings(**settings)
    found = discover(known, chosen)
    return next(iter(report(matches(known, found, chosen), found.missing, newest)))


def test_a_field_of_its_own_type_is_sure_whatever_its_name() -> None:
    found = told(TEAM)
    assert found.status is CheckStatus.OK
    assert "cf2 (Größe), sure: known by its type com.pyxis.greenhopper.jira:jsw-story-points" in found.text


def test_the_only_one_of_a_name_is_likely() -> None:
    found = told(CLASSIC)
    assert found.status is CheckStatus.OK
    assert "cf1 (Story Points), likely: known by its name" in found.text


def test_points_of_both_kinds_of_projects_are_read_and_told_apart() -> None:
    found = told(CLASSIC, TEAM)
    assert "read from cf2 (Größe), sure" in found.text
    assert "else cf1 (Story Points), likely" in found.text


def test_two_of_one_name_are_unsure_and_the_cure_is_named() -> None:
    found = told(CLASSIC, TWIN)
    assert found.status is CheckStatus.WARNING
    assert "unsure: known by its name, as are cf3" in found.text
    assert found.remedy == "set fields.story_points to the id that is meant"


def test_what_is_configured_is_beyond_doubt() -> None:
    found = told(CLASSIC, TWIN, story_points="cf3")
    assert (found.status, found.remedy) == (CheckStatus.OK, None)
    assert "cf3 (story points), as configured" in found.text


def test_the_use_of_a_field_is_counted_on_the_newest_items() -> None:
    newest = [{"fields": {"cf1": 3}}, {"fields": {"cf1": None}}, {"fields": {"cf1": 0}}, {"fields": {}}]
    assert told(CLASSIC, newest=newest).text.endswith("holds something on 2 of the 4 newest items")


def test_what_is_not_found_says_what_it_costs() -> None:
    found = told()
    assert (found.status, found.remedy) == (CheckStatus.WARNING, "set fields.story_points to the field's id")
    assert "count items in place of points" in found.text


@pytest.mark.parametrize(
    ("boards", "status"),
    [
        ({"A": "customfield_1"}, CheckStatus.OK),
        ({"A": "customfield_1", "B": "customfield_2"}, CheckStatus.WARNING),
        ({"A": "timeoriginalestimate", "B": ""}, None),
        ({}, None),
    ],
)
def test_boards_confirm_or_contradict_the_field_of_points(boards: dict[str, str], status: CheckStatus | None) -> None:
    found = estimation(boards, ["customfield_1"])
    assert (found and found.status) == status
    if status is CheckStatus.WARNING:
        assert found is not None
        assert "the board B estimates in customfield_2, which is not read" in found.text


def test_a_match_is_sure_by_its_ground() -> None:
    assert Match("sprint", "cf", "Sprint", Ground.TYPE, rivals=("other",)).is_sure
    assert not Match("sprint", "cf", "Sprint", Ground.NAME, rivals=("other",)).is_sure


@pytest.fixture(params=[False, True], ids=["cloud", "data center"])
def connector(request: pytest.FixtureRequest) -> Iterator[JiraConnector]:
    site = JiraSite(Clock(START + timedelta(days=1)), server=request.param)
    site.add_user("ada", "Ada", "ada@acme.example")
    site.add_project("SHOP", "Shop", "ada")
    site.add_board("SHOP", "Shop board")
    for n in range(8):
        points = float(n) if n % 2 else None
        site.create_issue("SHOP", "Story", f"Item {n}", at=START + timedelta(hours=n), by="ada", points=points)
    with Sandbox(jira=site) as sandbox:
        who = {} if site.server else {"email": BOT_EMAIL}
        section = {"url": sandbox.jira.url, "auth": {"token": TOKEN, **who}, "projects": ["SHOP"]}
        made = JiraConnector("jira", JiraSettings.model_validate(section), owner="acme")
        yield made
        made.close()


def test_a_whole_jira_is_looked_at_and_its_boards_are_asked(connector: JiraConnector) -> None:
    found = {check.name: check.text for check in connector.diagnose(["SHOP"])}
    assert "4 of the 8 newest items" in found["field story_points"]
    assert found["boards estimate"] == "in customfield_10016, which is read as story points"
    assert found["computable today"].startswith("versions as milestones, scope ledger")
    assert "sprints: true (sprints as milestones)" in found["would unlock more"]


def test_a_jira_without_boards_is_no_failure(connector: JiraConnector, monkeypatch: pytest.MonkeyPatch) -> None:
    from pmbridge.errors import NotFound
    from pmbridge_jira.client import Client

    get = Client.get

    def without_boards(self: Client, path: str, **params: Any) -> Any:
        if "agile" in path:
            raise NotFound("no such address")
        return get(self, path, **params)

    monkeypatch.setattr(Client, "get", without_boards)
    found = [check for check in connector.diagnose(["SHOP"]) if check.name != "clock"]
    assert not [check for check in found if check.status is CheckStatus.FAILED]
    assert "boards estimate" not in {check.name for check in found}
