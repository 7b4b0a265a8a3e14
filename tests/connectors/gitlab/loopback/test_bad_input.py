"""Odd answers of a server, sent over HTTP: read, or named, and never the end of a sync."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pmbridge.model import DeploymentStatus, FieldName, MergeRequestState
from pmbridge.store import open_store
from pmbridge.sync import sync_source
from pmbridge_gitlab import GitlabConnector

PROJECT = "acme/shop-web"
ALWAYS = 10_000
Row = dict[str, Any]


@pytest.fixture(params=["auto", "events"])
def reader(connected, request: pytest.FixtureRequest) -> GitlabConnector:
    made: GitlabConnector = connected(history=request.param)
    return made


def read(reader: GitlabConnector):
    (page,) = reader.fetch_pages(
        PROJECT, since=None, cursor=None, reference=reader.fetch_reference([PROJECT])
    )  # fmt: skip
    return page


def each(change: Callable[[Row], Row]) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [change(row) for row in rows]


def milestones(page) -> list[tuple[str | None, str | None]]:
    return [(c.before, c.after) for c in page.changes if c.field is FieldName.MILESTONES]


def test_histories_in_any_order_are_told_in_theirs(sandbox, site, ann, day, reader) -> None:
    one, two = (site.add_milestone(PROJECT, title) for title in ("1.0", "2.0"))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=one)
    site.set_milestone(issue, two, at=day(3), by=ann)
    site.close_issue(issue, at=day(4), by=ann)
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="_events$", change=lambda rows: rows[::-1])
    page = read(reader)
    assert milestones(page) == [
        (None, f"milestone:{one}"),
        (f"milestone:{one}", None),
        (None, f"milestone:{two}"),
    ]
    assert page.partial_history == ()


@pytest.mark.parametrize("zone", ["+05:30", "-11:00"])
def test_instants_of_any_offset_mean_the_same_moment(sandbox, site, ann, day, reader, zone) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.close_issue(issue, at=day(4), by=ann)
    shift = datetime.fromisoformat(f"2026-01-01T00:00:00{zone}").utcoffset() or timedelta()

    def abroad(row: Row) -> Row:
        moved = {}
        for name in ("created_at", "updated_at", "closed_at"):
            at = datetime.fromisoformat(row[name]) if row.get(name) else None
            moved[name] = None if at is None else (at + shift).replace(tzinfo=None).isoformat() + zone
        return row | moved

    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/issues$", change=each(abroad))
    (item,) = read(reader).items
    assert (item.created_at, item.closed_at) == (day(0), day(4))


def test_what_lies_in_the_future_is_kept_as_the_server_says_it(site, ann, day, reader) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.close_issue(issue, at=day(400), by=ann)
    page = read(reader)
    assert page.items[0].closed_at == day(400)
    assert [c.at for c in page.changes if c.field is FieldName.STATUS] == [day(400)]


def test_numbers_may_come_as_texts(sandbox, site, ann, day, reader) -> None:
    one = site.add_milestone(PROJECT, "1.0")
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=one, weight=3)
    site.set_weight(issue, 5, at=day(1), by=ann)

    def as_texts(row: Row) -> Row:
        more = {"milestone": row["milestone"] | {"id": str(row["milestone"]["id"])}, "weight": str(row["weight"])}
        return row | {"id": str(row["id"]), "iid": str(row["iid"]), **more}

    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/issues$", change=each(as_texts))
    page = read(reader)
    assert (page.items[0].id, page.items[0].key, page.items[0].points) == (str(issue), f"{PROJECT}#1", 5.0)
    assert page.items[0].milestones == (f"milestone:{one}",)
    assert page.partial_history == ()


OPTIONAL = (
    "description", "milestone", "assignees", "assignee", "author", "labels", "time_stats", "_links", "web_url", "epic",
    "severity", "weight", "closed_at", "closed_by", "issue_type", "type", "due_date", "iteration", "references",
    "moved_to_id", "confidential", "title", "epic_iid", "task_completion_status", "blocking_issues_count",
)  # fmt: skip


def test_everything_that_may_be_null_is(sandbox, site, ann, day, reader, tmp_path) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, labels=["web"], description="- [ ] works")
    site.add_note(issue, "A word", at=day(1), by=ann)
    nothing = dict.fromkeys(OPTIONAL)
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/issues$", change=each(lambda row: row | nothing))
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        proof = sync_source(reader, store, holder="test")
    assert proof.status.value in ("complete", "partial")
    (item,) = read(reader).items
    assert (item.title, item.labels, item.author, item.type) == ("", (), None, "issue")


def test_an_activity_of_nothings_sends_to_the_event_lists(sandbox, site, ann, day, connector) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.close_issue(issue, at=day(4), by=ann)

    def blank(answer: Row) -> Row:
        nodes = ((answer["data"].get("project") or {}).get("workItems") or {}).get("nodes") or ()
        for widget in (w for node in nodes for w in node.get("widgets") or ()):
            for discussion in (widget.get("discussions") or {}).get("nodes") or ():
                for note in discussion["notes"]["nodes"]:
                    note |= {"body": None, "author": None, "systemNoteMetadata": None}
        return answer

    sandbox.gitlab.faults.tamper_next(ALWAYS, path="graphql", change=blank)
    page = read(connector)
    assert [c.after for c in page.changes if c.field is FieldName.STATUS] == ["closed"]
    assert any("event lists were read" in note for note in page.notes)


def test_a_deleted_milestone_has_been_one(site, ann, day, reader) -> None:
    gone, kept = (site.add_milestone(PROJECT, title) for title in ("0.9", "1.0"))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=gone)
    site.set_milestone(issue, kept, at=day(3), by=ann)
    left = site.create_issue(PROJECT, "Left", at=day(0), by=ann, milestone=gone)
    site.delete_milestone(gone)
    site.close_issue(left, at=day(5), by=ann)
    page = read(reader)
    assert {item.title: item.milestones for item in page.items} == {"Cart": (f"milestone:{kept}",), "Left": ()}
    assert (None, f"milestone:{kept}") in milestones(page)
    assert page.partial_history == ()


def test_an_issue_may_name_a_milestone_that_the_list_has_no_more(sandbox, site, ann, day, reader, tmp_path) -> None:
    one = site.add_milestone(PROJECT, "1.0")
    site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=one)

    def forget(answer: Any) -> Any:
        seen = answer.get("data", {}).get("p0") if isinstance(answer, dict) else None
        if seen:
            seen["milestones"]["nodes"] = []
        return answer

    sandbox.gitlab.faults.tamper_next(ALWAYS, path="graphql", change=forget)
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        proof = sync_source(reader, store, holder="test")
    assert (proof.status.value, proof.gaps) == ("complete", ())
    assert read(reader).items[0].milestones == (f"milestone:{one}",)


def test_two_milestones_of_one_name_stay_two(site, ann, day, reader) -> None:
    own, shared = site.add_milestone(PROJECT, "1.0"), site.add_group_milestone(site.add_group("acme"), "1.0")
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=own)
    site.set_milestone(issue, shared, at=day(2), by=ann)
    found = reader.fetch_reference([PROJECT]).milestones
    assert sorted((m.id, m.project) for m in found) == [(f"milestone:{own}", PROJECT), (f"milestone:{shared}", "acme")]
    assert milestones(read(reader))[-1] == (None, f"milestone:{shared}")


def test_a_project_that_moved_is_named_and_the_others_are_read(sandbox, site, ann, day, connected, tmp_path) -> None:
    site.add_project("acme/pay")
    site.create_issue("acme/pay", "Pay", at=day(0), by=ann)
    site.projects[site.project(PROJECT).id].path = "acme/shop-front"
    sandbox.gitlab.faults.fail_next(ALWAYS, status=301, headers={"Location": "/x"}, path="/projects/acme%2Fshop-web")
    made = connected(projects=[PROJECT, "acme/pay"])
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        proof = sync_source(made, store, holder="test")
    assert proof.status.value == "partial"
    assert {gap.project for gap in proof.gaps} == {PROJECT}
    assert any("write its new path in `projects`" in gap.text for gap in proof.gaps)


def test_the_work_of_a_ghost_is_still_read(site, ann, day, reader) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, assignees=[ann])
    site.close_issue(issue, at=day(1), by=ann)
    del site.users[ann]
    site.issues[issue].assignees.clear()
    page = read(reader)
    assert [c.after for c in page.changes if c.field is FieldName.STATUS] == ["closed"]
    assert page.partial_history == ()


WAITS = ("approvedBy", "headPipeline", "pipelines", "resolvableDiscussionsCount", "resolvedDiscussionsCount")


def test_code_of_which_nothing_is_told_is_read(sandbox, site, ann, day, connector) -> None:
    site.add_merge_request(PROJECT, "a", branch="a", at=day(1), by=ann)
    site.add_deployment(PROJECT, "production", "production", finished_at=day(1), ref="v1")
    texts = ("title", "description", "sourceBranch", "author", "reviewers", "notes", "mergeCommitSha")
    gone = dict.fromkeys((*texts, *WAITS))

    def bare(answer: Row) -> Row:
        for node in ((answer["data"].get("project") or {}).get("changed") or {}).get("nodes") or ():
            node |= gone | {"state": "locked", "draft": None}
        return answer

    nothing = dict.fromkeys(("ref", "sha", "deployable", "environment", "user")) | {"status": "brand-new"}
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="graphql", change=bare)
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/deployments$", change=each(lambda row: row | nothing))
    found = list(connector.fetch_delivery(PROJECT, since=None))
    (asked,) = [m for part in found for m in part.merge_requests]
    (made,) = [d for part in found for d in part.deployments]
    assert (asked.title, asked.branch, asked.state, asked.author) == ("", "", MergeRequestState.OPEN, None)
    assert (made.environment, made.status, made.production) == ("unknown", DeploymentStatus.RUNNING, False)
