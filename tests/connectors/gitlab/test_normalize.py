from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pmbridge.model import Level, LinkKind, MilestoneState, StatusCategory
from pmbridge_gitlab import normalize
from pmbridge_gitlab.normalize import Origin
from pmbridge_gitlab.settings import LabelScopes

Row = dict[str, Any]
Make = Callable[..., Row]

ORIGIN = Origin("gl", "acme/shop-web", LabelScopes())


def test_an_issue_whose_optional_fields_are_all_null_is_an_item(make_issue: Make) -> None:
    item = normalize.item(make_issue(time_stats=None, author=None, labels=None, assignees=None, severity=None), ORIGIN)
    assert (item.id, item.key, item.project) == ("1012", "acme/shop-web#12", "acme/shop-web")
    assert (item.status, item.status_name, item.category) == ("opened", "opened", StatusCategory.TODO)
    assert (item.type, item.level) == ("issue", Level.STANDARD)
    absent = (item.author, item.points, item.severity, item.priority, item.estimate_seconds, item.spent_seconds)
    assert absent == (None,) * 6
    assert (item.due, item.start, item.closed_at, item.resolution, item.description) == (None,) * 5
    assert (item.assignees, item.labels, item.milestones, item.checklist, item.remote_links) == ((),) * 5


def test_an_issue_with_only_the_keys_that_every_server_sends_is_an_item() -> None:
    bare = {"id": 1, "iid": 2, "state": "opened", "created_at": "2026-03-02", "updated_at": "2026-03-02"}
    item = normalize.item(bare, ORIGIN)
    assert item.created_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert item.type == "issue"


def test_a_full_issue_keeps_all_it_says(make_issue: Make, make_user: Make, make_milestone: Make) -> None:
    row = make_issue(
        state="closed",
        issue_type="incident",
        severity="HIGH",
        closed_at="2026-03-05T09:00:00.000+01:00",
        confidential=True,
        weight=3,
        labels=["type::bug", "priority::1", "a, b"],
        assignees=[make_user(8), make_user(9)],
        milestone=make_milestone(77),
        due_date="2026-04-01",
        time_stats={"time_estimate": 7200, "total_time_spent": 1800},
        description="- [x] pays\n- [ ] ships\n\nJira: https://acme.atlassian.net/browse/SHOP-1",
    )
    item = normalize.item(row, ORIGIN)
    assert item.category is StatusCategory.DONE
    assert item.closed_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert (item.type, item.severity, item.priority, item.points) == ("incident", "HIGH", "1", 3.0)
    assert item.labels == ("type::bug", "priority::1", "a, b")
    assert item.assignees == ("8", "9")
    assert item.milestones == ("milestone:77",)
    assert item.due == date(2026, 4, 1)
    assert (item.estimate_seconds, item.spent_seconds) == (7200, 1800)
    assert item.restricted
    assert [(check.text, check.ticked) for check in item.checklist] == [("pays", True), ("ships", False)]
    (link,) = item.remote_links
    assert (link.url, link.relationship) == ("https://acme.atlassian.net/browse/SHOP-1", "Jira")


@pytest.mark.parametrize(
    ("kind", "level"),
    [("issue", Level.STANDARD), ("test_case", Level.STANDARD), ("task", Level.SUBTASK), ("epic", Level.EPIC)],
)
def test_the_type_tells_the_level(make_issue: Make, kind: str, level: Level) -> None:
    item = normalize.item(make_issue(issue_type=kind), ORIGIN)
    assert (item.type, item.level) == (kind, level)


def test_an_issue_is_met_at_two_addresses_whichever_the_server_tells(make_issue: Make) -> None:
    here, there = "https://gl.example/a/-/issues/12", "https://gl.example/a/-/work_items/12"
    told = [normalize.item(make_issue(web_url=url), ORIGIN) for url in (here, there, "https://gl.example/a/12")]
    assert [(one.url, one.also_at) for one in told] == [
        (here, (there,)), (there, (here,)), ("https://gl.example/a/12", ()),
    ]  # fmt: skip


def test_a_moved_issue_and_a_duplicate_say_so(make_issue: Make) -> None:
    assert normalize.item(make_issue(state="closed", moved_to_id=5), ORIGIN).resolution == "moved"
    links = {"closed_as_duplicate_of": "https://gitlab.example.com/api/v4/projects/3/issues/9"}
    assert normalize.item(make_issue(state="closed", _links=links), ORIGIN).resolution == "duplicate"
    assert normalize.item(make_issue(state="closed"), ORIGIN).resolution is None


def test_a_service_desk_issue_faces_customers(make_issue: Make, make_user: Make) -> None:
    assert not normalize.item(make_issue(), ORIGIN).customer_facing
    assert normalize.item(make_issue(service_desk_reply_to="c@example.org"), ORIGIN).customer_facing
    assert normalize.item(make_issue(author=make_user(1, username="support-bot")), ORIGIN).customer_facing


def test_an_unknown_state_is_unmapped(make_issue: Make) -> None:
    assert normalize.item(make_issue(state="locked"), ORIGIN).category is StatusCategory.UNMAPPED


def test_the_two_states_are_defined() -> None:
    assert [(s.id, s.category.value) for s in normalize.statuses("gl")] == [("opened", "todo"), ("closed", "done")]


def test_people_are_listed_once_and_token_accounts_are_bots(make_user: Make) -> None:
    users = [make_user(9), None, make_user(7), make_user(9), make_user(5, username="project_31_bot_a1b2")]
    found = normalize.people(users, "gl")
    assert [(p.id, p.bot) for p in found] == [("5", True), ("7", False), ("9", False)]
    assert found[1].username == "user7"


def test_a_person_named_like_a_bot_is_none(make_user: Make) -> None:
    assert not normalize.person(make_user(5, username="project_manager_bottom"), "gl").bot


def test_a_milestone_is_open_closed_or_released(make_milestone: Make) -> None:
    at = datetime(2026, 4, 2, tzinfo=UTC)
    row = make_milestone(due_date="2026-04-01", start_date="2026-03-01")
    opened = normalize.milestone(row, "gl", "acme/shop-web", None)
    assert (opened.id, opened.native_id, opened.state) == ("milestone:77", "77", MilestoneState.OPEN)
    assert (opened.start, opened.due, opened.released_at) == (date(2026, 3, 1), date(2026, 4, 1), None)
    assert normalize.milestone(row | {"state": "closed"}, "gl", "p", None).state is MilestoneState.CLOSED
    released = normalize.milestone(row | {"state": "closed"}, "gl", "p", at)
    assert (released.state, released.released_at) == (MilestoneState.RELEASED, at)


def test_the_first_release_that_happened_counts() -> None:
    releases: list[Row] = [
        {"released_at": "2026-04-05T00:00:00Z", "milestones": [{"id": 77}]},
        {"released_at": "2026-04-02T00:00:00Z", "milestones": [{"id": 77}, {"id": 78}]},
        {"released_at": "2027-04-02T00:00:00Z", "upcoming_release": True, "milestones": [{"id": 79}]},
        {"released_at": None, "milestones": [{"id": 80}]},
        {"released_at": "2026-04-02T00:00:00Z"},
    ]
    found = normalize.release_instants(releases)
    assert {key: at.day for key, at in found.items()} == {"77": 2, "78": 2}


def test_a_link_is_the_same_from_both_ends(make_issue: Make) -> None:
    left, right = make_issue(1), make_issue(2)
    for there, back, kind in [
        ("blocks", "is_blocked_by", LinkKind.BLOCKS),
        ("relates_to", "relates_to", LinkKind.RELATES),
    ]:
        (one,) = normalize.links(left, [right | {"issue_link_id": 5, "link_type": there}], "gl")
        (other,) = normalize.links(right, [left | {"issue_link_id": 5, "link_type": back}], "gl")
        assert one == other
        assert (one.item, one.target, one.kind) == ("1001", "1002", kind)
