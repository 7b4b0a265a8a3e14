"""Merge requests and deployments, read from a GitLab on loopback by either interface."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pmbridge.connector import Delivering, Delivery
from pmbridge.model import Deployment, DeploymentStatus, MergeRequest, MergeRequestState
from pmbridge.sandbox import Sandbox
from pmbridge.sandbox.access import Token
from pmbridge.sandbox.gitlab import graphql, graphql_shape
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge_gitlab import GitlabConnector

PROJECT = "acme/shop-web"


@pytest.fixture(params=["graphql", "rest"])
def way(request: pytest.FixtureRequest, site: GitlabSite) -> str:
    """The interface the server offers."""
    if request.param == "rest":
        site.widgets = None
    return str(request.param)


@pytest.fixture
def bea(site: GitlabSite) -> int:
    return site.add_user("b.user", "Bea User")


def merge_requests(found: list[Delivery]) -> dict[str, MergeRequest]:
    return {m.key: m for part in found for m in part.merge_requests}


def deployments(found: list[Delivery]) -> list[Deployment]:
    return [d for part in found for d in part.deployments]


def read(connector: GitlabConnector, since: datetime | None = None) -> list[Delivery]:
    assert isinstance(connector, Delivering)
    return list(connector.fetch_delivery(PROJECT, since=since))


def test_a_merge_request_is_told_whole(site, ann, bea, day, connector, way) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    asked = site.add_merge_request(
        PROJECT, "Mend the cart", branch="1-mend", at=day(1), by=ann, description="Closes #1", reviewers=[bea],
        closes=[issue],
    )  # fmt: skip
    site.review(asked, "Please split this.", at=day(2), by=bea)
    site.review(asked, "Done.", at=day(3), by=ann)
    site.approve(asked, at=day(4), by=bea)
    site.merge(asked, at=day(5), by=ann)
    (one,) = merge_requests(found := read(connector)).values()
    assert (one.key, one.title, one.branch, one.state) == (
        f"{PROJECT}!1", "Mend the cart", "1-mend", MergeRequestState.MERGED,
    )  # fmt: skip
    assert (one.author, one.reviewers, one.items) == (str(ann), (str(bea),), (str(issue),))
    assert (one.created_at, one.updated_at, one.merged_at, one.closed_at) == (day(1), day(5), day(5), None)
    assert one.commit == site.merge_requests[asked].merge_commit
    assert one.url.endswith(f"/{PROJECT}/-/merge_requests/1")
    assert one.reviewed_at == (day(4) if way == "graphql" else None)
    assert [note for part in found for note in part.notes] == ([] if way == "graphql" else [UNREVIEWED])


UNREVIEWED = (
    f"When merge requests of {PROJECT} were reviewed or approved, whether their pipelines fail and which threads are "
    "unresolved is not known: only the GraphQL interface tells it cheaply."
)


def test_what_an_open_merge_request_waits_for_is_told_with_its_instants(site, ann, bea, day, connector, way) -> None:
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann, approvals_required=1)
    for at, status in ((2, "failed"), (3, "success"), (4, "failed"), (5, "canceled"), (6, "failed"), (7, "running")):
        site.run_pipeline(asked, at=day(at), status=status)
    first = site.object(asked, "This needs a test.", at=day(8), by=bea)
    site.object(asked, "So does this.", at=day(9), by=bea)
    site.review(asked, "Nice otherwise.", at=day(9), by=bea)
    site.resolve(asked, first, at=day(10))
    site.approve(asked, at=day(11), by=bea)
    (one,) = merge_requests(read(connector)).values()
    waits = (one.failing_since, one.approved_at, one.unresolved)
    assert waits == ((day(4), day(11), (day(9),)) if way == "graphql" else (None, None, None))


def test_an_open_merge_request_that_waits_for_nothing_says_so(site, ann, bea, day, connector) -> None:
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann, approvals_required=2)
    site.run_pipeline(asked, at=day(2), status="failed")
    site.run_pipeline(asked, at=day(3), status="success")
    site.approve(asked, at=day(4), by=bea)
    bare = site.add_merge_request(PROJECT, "Pay", branch="pay", at=day(1), by=ann)
    ended = site.add_merge_request(PROJECT, "Old", branch="old", at=day(1), by=ann)
    site.run_pipeline(ended, at=day(2), status="failed")
    site.merge(ended, at=day(3), by=ann)
    found = [(m.failing_since, m.approved_at, m.unresolved) for m in merge_requests(read(connector)).values()]
    assert found == [(None, None, ()), (None, None, ()), (None, None, None)]
    assert site.merge_requests[bare].approvers == []


def test_what_is_older_than_the_remarks_one_sees_is_at_least_as_old(site, ann, bea, day, connector) -> None:
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann)
    site.approve(asked, at=day(2), by=bea)
    site.object(asked, "This needs a test.", at=day(3), by=bea)
    for n in range(25):
        site.review(asked, "And?", at=day(4) + timedelta(hours=n), by=bea)
    (one,) = merge_requests(read(connector)).values()
    oldest_seen = day(4) + timedelta(hours=5)
    assert (one.approved_at, one.unresolved) == (oldest_seen, (oldest_seen,))


def test_a_pipeline_that_fails_later_is_told_though_nobody_touched_its_merge_request(
    sandbox, site, ann, day, connector
) -> None:
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann)
    run = site.run_pipeline(asked, at=day(1), status="running")
    assert [m.failing_since for m in merge_requests(read(connector)).values()] == [None]
    site.end_pipeline(run, at=day(5), status="failed")
    sandbox.gitlab.requests.clear()
    (one,) = merge_requests(read(connector, since=day(4))).values()
    assert (one.failing_since, one.updated_at) == (day(5), day(1))
    code = [entry for entry in sandbox.gitlab.requests if "mergeRequests" in str(entry.body)]
    assert len(code) == 1, "what is open is asked for in the same question as what was touched"


def test_a_pipeline_that_failed_in_a_fork_is_told_in_the_first_run_of_the_next_day(
    sandbox, site, ann, day, connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = graphql_shape.Answered(lambda *_: [], "Pipeline", connection=True)
    monkeypatch.setitem(graphql._TYPES["Project"], "pipelines", elsewhere)
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann)
    site.run_pipeline(asked, at=day(5), status="failed")
    connector.fetch_reference([PROJECT])
    assert merge_requests(read(connector, since=sandbox.clock.now() - timedelta(hours=1))) == {}
    connector.fetch_reference([PROJECT])
    (one,) = merge_requests(read(connector, since=sandbox.clock.now() - timedelta(hours=12))).values()
    assert one.failing_since == day(5)


def test_a_server_that_knows_no_count_of_threads_tells_the_rest(
    site, ann, bea, day, connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(graphql._TYPES["MergeRequest"], "resolvedDiscussionsCount")
    asked = site.add_merge_request(PROJECT, "Cart", branch="cart", at=day(1), by=ann)
    site.review(asked, "Hm.", at=day(2), by=bea)
    found = read(connector)
    (one,) = merge_requests(found).values()
    assert (one.reviewed_at, one.unresolved) == (day(2), None)
    (note,) = [note for part in found for note in part.notes]
    assert note == (
        f"Whether pipelines of merge requests of {PROJECT} fail, which are approved and which threads are unresolved "
        "is not known: GitLab 16.4 or newer tells it."
    )


def test_drafts_and_given_up_ones_are_known_and_a_robot_reviews_nothing(site, ann, day, connector, way) -> None:
    robot = site.add_user("project_1_bot_ab12", "Robot", bot=True)
    draft = site.add_merge_request(PROJECT, "Draft: SHOP-7 Cart", branch="x", at=day(1), by=ann, draft=True)
    site.review(draft, "Coverage fell by 2 %.", at=day(2), by=robot)
    gone = site.add_merge_request(PROJECT, "Old", branch="y", at=day(1), by=ann)
    site.abandon(gone, at=day(6), by=ann)
    found = merge_requests(read(connector))
    assert (found[f"{PROJECT}!1"].draft, found[f"{PROJECT}!1"].reviewed_at) == (True, None)
    assert (found[f"{PROJECT}!2"].state, found[f"{PROJECT}!2"].closed_at) == (MergeRequestState.CLOSED, day(6))
    assert not found[f"{PROJECT}!2"].draft


def test_a_hundred_merge_requests_cost_a_handful_of_requests(sandbox, site, ann, day, connector) -> None:
    issues = [site.create_issue(PROJECT, f"Item {n}", at=day(0), by=ann) for n in range(120)]
    for n, issue in enumerate(issues, 1):
        site.add_merge_request(
            PROJECT, f"Do {n}", branch=f"{n}-do", at=day(1) + timedelta(minutes=n), by=ann, closes=[issue]
        )
    found = merge_requests(read(connector))
    assert [m.items for m in found.values()] == [(str(issue),) for issue in issues]
    asked = [entry.body["query"].split("(")[0] for entry in sandbox.gitlab.requests if entry.path == "/api/graphql"]
    assert asked == ["query mergeRequests", "query closing"] * 3
    assert not any("merge_requests" in entry.path for entry in sandbox.gitlab.requests)


def test_a_server_that_cannot_tell_closed_issues_at_once_is_asked_one_by_one(
    sandbox, site, ann, day, connector
) -> None:
    site.widgets = site.widgets - {"WorkItemWidgetDevelopment"}
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.add_merge_request(PROJECT, "Cart", branch="x", at=day(1), by=ann, description="Fixes #1", closes=[issue])
    site.add_merge_request(PROJECT, "No issue is named here", branch="y", at=day(1), by=ann)
    found = merge_requests(read(connector))
    assert [m.items for m in found.values()] == [(str(issue),), ()]
    paths = [entry.path for entry in sandbox.gitlab.requests if entry.path.endswith("closes_issues")]
    assert paths == ["/api/v4/projects/acme%2Fshop-web/merge_requests/1/closes_issues"]


def test_an_issue_of_another_project_is_found_too(site, ann, day, connector) -> None:
    site.add_project("acme/pay")
    issue = site.create_issue("acme/pay", "Pay", at=day(0), by=ann)
    site.add_merge_request(
        PROJECT, "Pay", branch="x", at=day(1), by=ann, description="Closes acme/pay#1", closes=[issue]
    )
    (one,) = merge_requests(read(connector)).values()
    assert one.items == (str(issue),)


def test_only_what_was_touched_is_read_again(site, ann, bea, day, connector, way) -> None:
    old, other = (
        site.add_merge_request(PROJECT, title, branch=title, at=day(n), by=ann) for n, title in enumerate(("a", "b"))
    )
    site.merge(other, at=day(2), by=ann)
    site.add_deployment(PROJECT, "production", "production", finished_at=day(3), ref="v1")
    site.review(old, "Is this still wanted?", at=day(20), by=bea)
    found = read(connector, since=day(10))
    assert [m.title for m in merge_requests(found).values()] == ["a"]
    assert deployments(found) == []


def test_deployments_say_how_they_ended_and_whether_users_work_there(site, day, connector, way) -> None:
    for place, tier, ref, status, at in (
        ("production", "production", "v1", "failed", day(1)),
        ("production", "production", "v1", "success", day(2)),
        ("eu/live", "production", "v1", "canceled", day(3)),
        ("staging", "staging", "main", "skipped", day(4)),
        ("review/12-cart", "development", "12-cart", "success", day(5)),
    ):
        site.add_deployment(PROJECT, place, tier, finished_at=at, ref=ref, status=status)
    site.add_deployment(
        PROJECT, "staging", "staging", finished_at=None, ref="main", status="running", started_at=day(6)
    )
    found = deployments(read(connector))
    assert [(d.environment, d.production, d.status, d.at, d.ref) for d in found] == [
        ("production", True, DeploymentStatus.FAILED, day(1), "v1"),
        ("production", True, DeploymentStatus.SUCCESS, day(2), "v1"),
        ("eu/live", True, DeploymentStatus.CANCELLED, day(3), "v1"),
        ("staging", False, DeploymentStatus.CANCELLED, day(4), "main"),
        ("staging", False, DeploymentStatus.RUNNING, day(6), "main"),
    ]
    assert found[0].commit == found[1].commit


def test_a_deployment_that_ends_replaces_itself(site, day, connector) -> None:
    id = site.add_deployment(
        PROJECT, "production", "production", finished_at=None, ref="v2", status="running", started_at=day(6)
    )
    (before,) = deployments(read(connector))
    site.end_deployment(id, at=day(7))
    (after,) = deployments(read(connector, since=day(6)))
    assert (before.id, before.status) == (after.id, DeploymentStatus.RUNNING)
    assert (after.status, after.at) == (DeploymentStatus.SUCCESS, day(7))


def test_where_no_tier_is_told_names_decide_and_a_note_says_so(site, day, connector) -> None:
    for place in ("production", "qa"):
        site.add_deployment(PROJECT, place, "", finished_at=day(1), ref="v1")
    found = read(connector)
    assert {d.environment: d.production for d in deployments(found)} == {"production": True, "qa": False}
    (note,) = [note for part in found for note in part.notes]
    assert note == f"{PROJECT} tells no tier of production, qa: whether that is production was taken from its name."


def test_more_than_a_page_of_deployments_is_read_though_one_is_touched_meanwhile(sandbox, site, day, connector) -> None:
    made = [
        site.add_deployment(PROJECT, "production", "production", finished_at=day(1) + timedelta(minutes=n), ref="v1")
        for n in range(230)
    ]
    reading = connector.fetch_delivery(PROJECT, since=None)
    first: list[Delivery] = []
    while not deployments(first):
        first.append(next(reading))
    site.end_deployment(made[3], at=day(9), status="failed")
    found = deployments([*first, *reading])
    assert {d.id for d in found} == {str(id) for id in made}


def test_a_hundred_deployments_of_one_instant_do_not_stop_the_reading(site, day, connector) -> None:
    made = [site.add_deployment(PROJECT, "staging", "staging", finished_at=day(1), ref="v1") for _ in range(210)]
    assert {d.id for d in deployments(read(connector))} == {str(id) for id in made}


def test_a_token_that_may_not_see_the_code_gives_notes_and_no_error(sandbox, site, connected) -> None:
    blind = connected("blind")
    site.tokens.add(Token("blind", str(site.bot)))
    sandbox.gitlab.faults.fail_next(50, status=403, path="merge_requests|deployments|graphql")
    found = read(blind)
    assert [note.split(" were not read")[0] for part in found for note in part.notes] == [
        f"Merge requests of {PROJECT}",
        f"Deployments of {PROJECT}",
    ]


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [({"merge_requests": False}, (0, 1)), ({"deployments": False}, (1, 0)), ({"days": 3}, (0, 0))],
)
def test_settings_say_what_is_read(site, ann, day, connected, settings, kinds) -> None:
    site.add_merge_request(PROJECT, "a", branch="a", at=day(1), by=ann)
    site.add_deployment(PROJECT, "production", "production", finished_at=day(1), ref="v1")
    made = connected(delivery=settings)
    found = read(made)
    assert (len(merge_requests(found)), len(deployments(found))) == kinds


def test_nobody_is_left_of_a_merge_request_s_people(site, ann, bea, day, connector) -> None:
    asked = site.add_merge_request(PROJECT, "a", branch="a", at=day(1), by=ann, reviewers=[bea])
    site.review(asked, "Hm.", at=day(2), by=bea)
    del site.users[ann], site.users[bea]
    (one,) = merge_requests(read(connector)).values()
    assert (one.author, one.reviewers, one.reviewed_at) == (None, (), None)


def test_a_sandbox_of_the_story_has_what_the_launch_went_through(sandbox: Sandbox, connected) -> None:
    from pmbridge.sandbox.story import Role, build

    now = sandbox.clock.now()
    with Sandbox(sandbox.clock) as told:
        index = build(
            told.jira.site, told.gitlab.site, seed=7, now=now, jira_url=told.jira.url, gitlab_url=told.gitlab.url
        )
        made = connected(url=told.gitlab.url)
        found = read(made)
    launch = index.milestone(Role.LAUNCHED).released_at
    production = [d for d in deployments(found) if d.production]
    there = [d for d in production if abs(d.at - launch) < timedelta(seconds=1)]
    assert [d.status for d in there] == [DeploymentStatus.SUCCESS]
    after = [d for d in sorted(production, key=lambda d: d.at) if d.at > there[0].at]
    refs = [d.ref for d in after if d.status is DeploymentStatus.SUCCESS]
    assert len(refs) - len(set(refs)) == 1, "one came again after a later one: a rollback"
    assert {d.status for d in production} == {DeploymentStatus.SUCCESS, DeploymentStatus.FAILED}
    waiting = [m for m in merge_requests(found).values() if m.state is MergeRequestState.OPEN]
    assert sum(now - m.updated_at > timedelta(days=20) for m in waiting) >= 2
    assert sum(m.draft for m in waiting) == 1
    assert any(m.branch.startswith("feature/SHOP-") for m in waiting)
