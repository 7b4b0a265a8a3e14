from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmbridge.model import Level, MilestoneKind, MilestoneState, StatusCategory
from pmbridge_jira import normalize


def test_a_full_issue_is_read_field_by_field(issue, site, status):
    payload = issue(
        7,
        status=status("Shipped", "done", "10003"),
        resolution={"id": "10000", "name": "Done"},
        statuscategorychangedate="2026-03-03T08:00:00.000+0000",
        resolutiondate="2026-03-01T08:00:00.000+0000",
        reporter={"accountId": "acc-1", "displayName": "Ada"},
        assignee={"accountId": "acc-2", "displayName": "Bob"},
        priority={"id": "2", "name": "High"},
        labels=["web"],
        components=[{"id": "5", "name": "Checkout"}],
        fixVersions=[{"id": "20", "name": "1.0"}],
        versions=[{"id": "19", "name": "0.9"}],
        parent={"id": "9000", "key": "SHOP-0"},
        duedate="2026-04-01",
        timeoriginalestimate=3600,
        timeestimate=1800,
        timespent=600,
        security={"id": "1"},
        description={"type": "doc", "content": [{"type": "taskItem", "content": [{"type": "text", "text": "pay"}]}]},
        customfield_10016=3.0,
        customfield_10020=[{"id": 4, "name": "S1"}, {"id": 5, "name": "S2"}],
        customfield_10021=[{"value": "Impediment"}],
    )
    item = normalize.item(payload, site)
    assert (item.id, item.key, item.project) == ("10007", "SHOP-7", "SHOP")
    assert item.url == "https://acme.example/browse/SHOP-7"
    assert (item.status, item.status_name, item.category) == ("10003", "Shipped", StatusCategory.DONE)
    assert item.resolution == "Done"
    assert item.updated_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert item.closed_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert item.milestones == ("version:20", "sprint:4", "sprint:5", "epic:9000")
    assert item.affects == ("version:19",)
    assert (item.author, item.assignees, item.parent) == ("acc-1", ("acc-2",), "9000")
    assert (item.priority, item.labels, item.components) == ("High", ("web",), ("Checkout",))
    assert (item.points, item.estimate_seconds, item.remaining_seconds, item.spent_seconds) == (3.0, 3600, 1800, 600)
    assert item.due == date(2026, 4, 1)
    assert item.flagged
    assert item.restricted
    assert not item.customer_facing
    assert [check.text for check in item.checklist] == ["pay"]


def test_an_issue_whose_optional_fields_are_all_null_is_read_as_absent(issue, site):
    names = [name for name in (*site.fields.wanted,) if name not in issue()["fields"]]
    item = normalize.item(issue(**dict.fromkeys(names)), site)
    for name in ("resolution", "closed_at", "author", "priority", "severity", "parent", "points", "start", "due"):
        assert getattr(item, name) is None, name
    for name in ("assignees", "labels", "components", "milestones", "affects", "checklist", "remote_links"):
        assert getattr(item, name) == (), name
    assert (item.flagged, item.restricted, item.description) == (False, False, None)


def test_an_issue_that_has_only_the_necessary_fields_is_read(issue, site):
    assert normalize.item(issue(), site).title == "Item 1"


def test_zero_points_are_an_estimate(issue, site):
    assert normalize.item(issue(customfield_10016=0), site).points == 0.0


@pytest.mark.parametrize(
    ("issue_type", "level"),
    [
        ({"name": "Story", "hierarchyLevel": 0, "subtask": False}, Level.STANDARD),
        ({"name": "Epopee", "hierarchyLevel": 1}, Level.EPIC),
        ({"name": "Initiative", "hierarchyLevel": 2}, Level.EPIC),
        ({"name": "Step", "hierarchyLevel": -1}, Level.SUBTASK),
        ({"name": "Step", "subtask": True}, Level.SUBTASK),
        ({"name": "Epic"}, Level.EPIC),
        ({"name": "Bug"}, Level.STANDARD),
    ],
)
def test_the_level_comes_from_the_hierarchy_and_else_from_the_name(issue_type, level):
    assert normalize.level(issue_type) is level


@pytest.mark.parametrize(
    ("key", "category"),
    [("new", "todo"), ("indeterminate", "active"), ("done", "done"), ("undefined", "unmapped"), (None, "unmapped")],
)
def test_a_status_is_mapped_by_the_key_of_its_category_whatever_its_name(status, key, category):
    assert normalize.category(status("Erledigt", key)) == category
    assert normalize.status_definition(status("Erledigt", key), "j").name == "Erledigt"


def test_the_parent_of_a_subtask_is_no_milestone(issue, site):
    subtask = issue(issuetype={"name": "Sub-task", "subtask": True, "hierarchyLevel": -1}, parent={"id": "9"})
    item = normalize.item(subtask, site)
    assert (item.parent, item.milestones) == ("9", ())


def test_customers_read_along_in_a_service_project(issue, site):
    payload = issue(project={"key": "HELP", "projectTypeKey": "service_desk"})
    assert normalize.item(payload, site).customer_facing


def test_people_come_from_every_corner_and_deleted_ones_are_passed_over(issue, history):
    payload = issue(
        reporter={"accountId": "a", "displayName": "Ada", "accountType": "atlassian"},
        assignee=None,
        worklog={"worklogs": [{"id": "1", "author": {"accountId": "b", "displayName": "Bot", "accountType": "app"}}]},
        histories=[history(1, author=None), history(2)],
    )
    people = {person.id: person for person in normalize.people([payload, payload], "j")}
    assert set(people) == {"a", "b", "acc-1"}
    assert people["b"].bot
    assert not people["a"].bot


def test_worklogs_say_when_the_work_was_done(issue):
    log = {"id": "1", "author": None, "started": "2026-03-02T09:00:00.000+0100", "timeSpentSeconds": 900}
    (read,) = normalize.worklogs(issue(worklog={"worklogs": [log]}), "j")
    assert (read.author, read.seconds, read.started_at.hour) == (None, 900, 8)


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ({"released": False, "archived": False}, MilestoneState.OPEN),
        ({"released": True, "archived": True}, MilestoneState.RELEASED),
        ({"released": False, "archived": True}, MilestoneState.CLOSED),
    ],
)
def test_a_version_is_open_released_or_closed(site, flags, state):
    payload = {"id": "20", "name": "1.0", "releaseDate": "2026-04-01", "startDate": "2026-03-01", **flags}
    version = normalize.version(payload, "SHOP", site)
    assert (version.id, version.kind, version.state) == ("version:20", MilestoneKind.VERSION, state)
    assert (version.start, version.due) == (date(2026, 3, 1), date(2026, 4, 1))
    released = datetime(2026, 4, 1, tzinfo=UTC) if state is MilestoneState.RELEASED else None
    assert version.released_at == released
    assert version.ref.id == "20"


def test_a_version_without_dates_has_none(site):
    version = normalize.version({"id": 20, "name": "1.0", "released": True}, "SHOP", site)
    assert (version.start, version.due, version.released_at, version.description) == (None, None, None, None)


def test_a_sprint_keeps_the_instant_it_was_completed(site):
    payload = {
        "id": 4,
        "name": "S1",
        "state": "closed",
        "startDate": "2026-03-01T09:00:00Z",
        "endDate": "2026-03-14T09:00:00Z",
        "completeDate": "2026-03-15T10:00:00Z",
    }
    sprint = normalize.sprint(payload, "SHOP", site)
    assert (sprint.id, sprint.state) == ("sprint:4", MilestoneState.CLOSED)
    assert (sprint.start, sprint.due) == (date(2026, 3, 1), date(2026, 3, 14))
    assert sprint.closed_at == datetime(2026, 3, 15, 10, tzinfo=UTC)
