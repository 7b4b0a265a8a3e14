from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from pmbridge.connector import CheckStatus, Connector, Surface, load
from pmbridge.errors import BadAnswer
from pmbridge.model import MilestoneKind, RefKind, StatusCategory
from pmbridge_jira import JiraConnector

RIGHTS = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS", "ADMINISTER_PROJECTS")


def test_the_connector_is_found_under_its_name_and_fulfils_the_contract(connector):
    assert load("jira") is JiraConnector
    assert isinstance(connector, Connector)
    assert (Surface.COMMENT, RefKind.ITEM) in connector.capabilities
    assert (Surface.DESCRIPTION, RefKind.VERSION) in connector.capabilities


def test_importing_the_package_does_not_import_the_client_library():
    program = "import sys, pmbridge_jira; sys.exit('jira' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_making_and_closing_a_connector_sends_nothing(connector, tracker):
    assert connector.projects() == ("SHOP",)
    assert connector.usage().requests == 0
    connector.close()
    assert tracker.sent == []


def test_the_account_and_the_clock_are_the_trackers(connector):
    assert connector.whoami().id == "me"
    assert connector.whoami().bot
    assert connector.now() == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert connector.usage().requests == 3, "the deployment, the account, the clock"


def test_the_reference_holds_statuses_versions_and_what_is_missing(connector, tracker, status):
    tracker.on("GET", "status", [status("Fertig", "done", "3"), status("Neu", "new", "1")])
    tracker.on("GET", "project/SHOP/version", {"values": [{"id": "20", "name": "1.0"}], "isLast": True})
    tracker.on("GET", "field", [])
    reference = connector.fetch_reference(["SHOP"])
    assert [(s.id, s.category) for s in reference.statuses] == [("3", StatusCategory.DONE), ("1", StatusCategory.TODO)]
    assert [m.id for m in reference.milestones] == ["version:20"]
    assert reference.missing_fields == ("story_points", "sprint", "flagged")


def test_what_is_remembered_of_histories_is_one_connectors_own_and_gone_with_the_next_reference(
    connector, settings, tracker, issue, history, change
):
    tracker.on("GET", "status", [])
    tracker.on("GET", "project/SHOP/version", {"values": [], "isLast": True})
    told = issue(histories=[history(1, change("assignee", "a", "b", "Ada", "Bob"))])
    assert len(connector.normalize("SHOP", {"1": told}, None).changes) == 2
    known = connector._lexicon
    connector.normalize("SHOP", {"1": told}, None)
    assert connector._lexicon is known
    assert "Bob" in repr(known._known)
    assert JiraConnector("other", settings, owner="o")._lexicon_of(known.fields) is not known
    connector.fetch_reference(["SHOP"])
    assert connector._lexicon is None


def test_sprints_are_read_from_every_board_once_and_a_kanban_board_has_none(settings, tracker):
    tracker.on("GET", "status", [])
    tracker.on("GET", "project/SHOP/version", {"values": [], "isLast": True})
    tracker.on("GET", "/rest/agile/1.0/board", {"values": [{"id": 1}, {"id": 2}, {"id": 3}], "isLast": True})
    sprint = {"id": 4, "name": "S1", "state": "active"}
    tracker.on("GET", "/rest/agile/1.0/board/1/sprint", {"values": [sprint], "isLast": True})
    tracker.on("GET", "/rest/agile/1.0/board/2/sprint", {"values": [sprint], "isLast": True})
    tracker.on("GET", "/rest/agile/1.0/board/3/sprint", {"errorMessages": ["no sprints"]}, status=400)
    connector = JiraConnector("j", settings.model_copy(update={"sprints": True}), owner="o")
    (milestone,) = connector.fetch_reference(["SHOP"]).milestones
    connector.close()
    assert (milestone.id, milestone.kind) == ("sprint:4", MilestoneKind.SPRINT)


def test_a_site_without_an_epic_level_has_no_epics_and_a_search_in_circles_is_refused(settings, tracker, issue):
    tracker.on("GET", "status", [])
    tracker.on("GET", "project/SHOP/version", {"values": [], "isLast": True})
    tracker.on("GET", "issuetype", [{"id": "1", "name": "Story", "hierarchyLevel": 0}])
    connector = JiraConnector("j", settings.model_copy(update={"epics": True}), owner="o")
    assert connector.fetch_reference(["SHOP"]).milestones == ()
    tracker.on("GET", "issuetype", [{"id": "2", "name": "Epopee", "hierarchyLevel": 1}])
    tracker.on("POST", "search/jql", {"issues": [issue(1)], "nextPageToken": "t"})
    with pytest.raises(BadAnswer, match="already sent"):
        connector.fetch_reference(["SHOP"])
    connector.close()
    assert "issuetype in (2)" in tracker.bodies("search/jql")[0]["jql"]


def test_the_count_is_the_trackers_own(connector, tracker):
    tracker.on("POST", "search/approximate-count", {"count": 153})
    assert connector.count("SHOP") == 153
    assert tracker.bodies("search/approximate-count") == [{"jql": 'project = "SHOP"'}]


def test_lists_of_an_unexpected_shape_are_bad_answers(connector, tracker):
    tracker.on("GET", "status", {"values": []})
    with pytest.raises(BadAnswer, match="list was promised"):
        connector.fetch_reference(["SHOP"])
    tracker.on("GET", "status", [{"name": "no id"}])
    with pytest.raises(BadAnswer, match="unexpected shape"):
        connector.fetch_reference(["SHOP"])
    tracker.on("GET", "myself", [])
    with pytest.raises(BadAnswer, match="object was promised"):
        connector.whoami()


def test_the_kind_of_deployment_is_asked_once(connector, tracker):
    tracker.on("POST", "search/approximate-count", {"count": 1})
    connector.now()
    connector.count("SHOP")
    connector.count("SHOP")
    assert [route for _, route, _ in tracker.sent].count("/rest/api/2/serverInfo") == 1


def test_the_token_shows_nowhere(connector):
    connector.whoami()
    assert "s3cret" not in repr(connector)
    assert "s3cret" not in repr(vars(connector))


@pytest.fixture
def healthy(tracker, issue):
    tracker.on("POST", "search/jql", {"issues": [issue(1, customfield_10016=3), issue(2)], "isLast": True})
    tracker.on("GET", "/rest/agile/1.0/board", {"values": [{"id": 1, "name": "Board"}], "isLast": True})
    estimation = {"type": "field", "field": {"fieldId": "customfield_10016"}}
    tracker.on("GET", "/rest/agile/1.0/board/1/configuration", {"estimation": estimation})
    tracker.on("GET", "project/SHOP", {"key": "SHOP", "name": "Web shop", "projectTypeKey": "software"})
    tracker.on("GET", "mypermissions", {"permissions": {key: {"havePermission": True} for key in RIGHTS}})
    tracker.on("GET", "/rest/api/2/serverInfo", {
        "deploymentType": "Cloud", "version": "1001", "serverTime": datetime.now(UTC).isoformat(),
    })  # fmt: skip


@pytest.mark.usefixtures("healthy")
def test_a_healthy_source_passes_every_check(connector):
    results = {result.name: result for result in connector.diagnose(["SHOP"])}
    assert {result.status for result in results.values()} == {CheckStatus.OK}
    assert "a version's description" in results["SHOP: Administer projects"].text
    assert results["field story_points"].text == (
        "read from customfield_10016 (Story Points), likely: known by its name, and the only one of that name and "
        "type; holds something on 1 of the 2 newest items"
    )
    assert "sure: known by its type com.pyxis.greenhopper.jira:gh-sprint" in results["field sprint"].text
    assert results["boards estimate"].text == "in customfield_10016, which is read as story points"
    assert "forecasts in points" in results["computable today"].text
    assert "remote_links: true" in results["would unlock more"].text
    assert "account" in results


@pytest.mark.usefixtures("healthy")
def test_each_finding_names_what_is_lost_and_what_to_do(connector, tracker):
    tracker.on("GET", "mypermissions", {"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}})
    tracker.on("GET", "field", [])
    tracker.on(
        "GET",
        "/rest/api/2/serverInfo",
        {"deploymentType": "Cloud", "version": "1", "serverTime": "2026-01-01T00:00:00Z"},
    )
    tracker.on("GET", "project/SHOP", {"key": "SHOP", "projectTypeKey": "service_desk"})
    warnings = [r for r in connector.diagnose(["SHOP"]) if r.status is CheckStatus.WARNING]
    assert [r.name for r in warnings] == [
        *("clock", "field story_points", "field sprint", "field flagged", "boards estimate", "project SHOP"),
        *("SHOP: Add comments", "SHOP: Edit own comments", "SHOP: Delete own comments", "SHOP: Administer projects"),
    ]
    assert all(r.remedy for r in warnings if r.name != "project SHOP")


@pytest.mark.usefixtures("healthy")
def test_an_invisible_project_is_a_finding_and_the_next_one_is_still_looked_at(connector, tracker):
    tracker.on("GET", "project/GONE", {}, status=404)
    results = list(connector.diagnose(["GONE", "SHOP"]))
    assert [r.name for r in results if r.status is CheckStatus.FAILED] == ["project GONE"]
    assert "project SHOP" in {r.name for r in results}


@pytest.mark.usefixtures("healthy")
def test_a_refused_token_ends_the_diagnosis_with_the_cure(connector, tracker):
    tracker.on("GET", "myself", {}, status=401)
    results = list(connector.diagnose(["SHOP"]))
    assert results[-1].name == "account"
    assert results[-1].status is CheckStatus.FAILED
    assert "renew" in (results[-1].remedy or "")


def test_something_else_that_answers_in_json_is_a_finding(connector, tracker):
    tracker.on("GET", "/rest/api/2/serverInfo", {"status": "ok"})
    (finding,) = connector.diagnose(["SHOP"])
    assert (finding.name, finding.status) == ("reachability", CheckStatus.FAILED)
    assert "base address" in finding.text
