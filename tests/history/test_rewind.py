from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.rewind import rewind
from pmbridge.model import Deployment, Level, MergeRequest, MergeRequestState, MilestoneState, StatusCategory

T0 = datetime(2025, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC)


def test_items_changes_links_and_work_of_later_are_gone(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.item("B", "2025-01-09")
    tale.link("A", "B")
    tale.status("A", "2025-01-03", "active")
    tale.status("A", "2025-01-08", "done")
    then = rewind(tale.history(), at("2025-01-05"))
    assert [i.key for i in then.items] == ["A"]
    assert (then.items[0].status, then.items[0].category) == ("active", StatusCategory.ACTIVE)
    assert len(then.changes) == 1
    assert then.links == ()


def test_every_kind_of_field_is_set_back(story: Any):
    tale = story()
    tale.item(
        "A", "2025-01-02", points=3.0, due="2025-02-01", flagged=None, priority="Low", type="Story", labels=("x",),
        assignees=("u1",), title="Old", parent="P", description="d", severity="S1",
    )  # fmt: skip
    later = {
        "points": 5.0, "due": "2025-03-01", "flagged": "true", "priority": "High", "type": "Epic", "title": "New",
        "parent": "Q", "description": "e", "severity": "S2", "resolution": "Done", "status": "done",
    }  # fmt: skip
    for field, value in later.items():
        tale.change("A", "2025-01-09", field, value)
    tale.change("A", "2025-01-09", "labels", "y", out="x")
    tale.change("A", "2025-01-09", "assignees", "u2")
    item = rewind(tale.history(), at("2025-01-05")).items[0]
    assert (item.points, item.due, item.flagged, item.priority, item.type) == (
        3.0,
        date(2025, 2, 1),
        False,
        "Low",
        "Story",
    )
    assert (item.title, item.parent, item.description, item.severity) == ("Old", "P", "d", "S1")
    assert (item.resolution, item.status, item.category) == (None, "todo", StatusCategory.TODO)
    assert (item.labels, item.assignees, item.updated_at) == (("x",), ("u1",), item.created_at)


def test_what_a_merge_request_waits_for_is_unknown_before_its_instant(story: Any):
    asked = MergeRequest(
        source="lab", id="9", key="a/b!9", project="a/b", url="https://lab/9", title="t", branch="b", state="open",
        created_at=at("2025-01-02"), updated_at=at("2025-01-04"), failing_since=at("2025-01-06"),
        approved_at=at("2025-01-07"), unresolved=(at("2025-01-03"), at("2025-01-08")),
    )  # fmt: skip
    history = replace(story().history(), merge_requests=(asked,))
    now, between, before = (
        rewind(history, at(day)).merge_requests[0] for day in ("2025-01-08", "2025-01-06", "2025-01-02")
    )
    assert now == asked
    assert (between.failing_since, between.approved_at) == (asked.failing_since, None)
    assert (between.unresolved, between.updated_at) == ((at("2025-01-03"),), at("2025-01-04"))
    assert (before.failing_since, before.approved_at, before.unresolved) == (None, None, None)


def test_the_level_goes_back_with_the_type(story: Any):
    tale = story()
    tale.item("E", "2025-01-02", type="Epic", level=Level.EPIC)
    tale.item("S", "2025-01-02", type="Story")
    tale.item("A", "2025-01-02", type="Epic", level=Level.STANDARD)
    tale.change("A", "2025-01-09", "type", "Story")
    levels = {i.key: i.level for i in rewind(tale.history(), at("2025-01-05")).items}
    assert levels["A"] is Level.EPIC
    assert levels["S"] is Level.STANDARD


def test_a_release_in_the_future_has_not_happened(story: Any):
    tale = story()
    tale.milestone("v1", "1", released="2025-02-01", due="2025-02-01")
    tale.milestone("m1", "1", "gitlab", kind="milestone", closed="2025-02-03")
    before, between = (rewind(tale.history(), at(d)).milestones for d in ("2025-01-31", "2025-02-02"))
    assert [m.state for m in before] == [MilestoneState.OPEN, MilestoneState.OPEN]
    assert before[0].released_at is None
    assert [m.state for m in between] == [MilestoneState.RELEASED, MilestoneState.OPEN]


def test_a_milestone_has_the_title_and_dates_that_were_seen_then(story: Any):
    tale = story()
    tale.milestone("v1", "New", due="2025-03-01")
    tale.observe("v1", "2025-01-10", "Old", due="2025-02-01")
    tale.observe("v1", "2025-01-20", "New", due="2025-03-01")
    seen = [rewind(tale.history(), at(d)).milestones[0] for d in ("2025-01-05", "2025-01-15", "2025-01-25")]
    assert [(m.title, m.due) for m in seen] == [
        ("Old", date(2025, 2, 1)),
        ("Old", date(2025, 2, 1)),
        ("New", date(2025, 3, 1)),
    ]


def test_the_day_of_a_later_release_is_not_taken_for_the_plan(story: Any):
    tale = story()
    tale.milestone("v1", "1", due="2025-02-01", released="2025-02-01T00:00")
    tale.milestone("v2", "2", due="2025-02-03", released="2025-02-01T00:00")
    tale.milestone("v3", "3", due="2025-02-01", released="2025-02-01T00:00")
    tale.milestone("m4", "4", "gitlab", kind="milestone", due="2025-02-01", released="2025-02-01T00:00")
    tale.observe("v3", "2025-01-10", "3", due="2025-01-25")
    tale.observe("v3", "2025-02-10", "3", due="2025-02-01")
    dues = [[m.due for m in rewind(tale.history(), at(d)).milestones] for d in ("2025-01-20", "2025-02-20")]
    first, third = date(2025, 2, 1), date(2025, 2, 3)
    assert dues == [[None, third, date(2025, 1, 25), first], [first, third, first, first]]


def test_a_milestone_that_no_sync_had_seen_did_not_exist(story: Any):
    tale = story()
    tale.milestone("v1", "1")
    tale.milestone("v2", "2")
    tale.observe("v1", "2025-01-10", "1")
    tale.observe("v2", "2025-01-20", "2")
    titles = [
        [m.title for m in rewind(tale.history(), at(d)).milestones] for d in ("2025-01-05", "2025-01-15", "2025-01-25")
    ]
    assert titles == [["1", "2"], ["1"], ["1", "2"]]


def test_a_milestone_that_items_had_joined_existed_whatever_the_syncs_saw(story: Any):
    tale = story()
    tale.milestone("v1", "1")
    tale.milestone("v2", "2")
    tale.observe("v1", "2025-01-10", "1")
    tale.observe("v2", "2025-01-20", "2")
    tale.item("A", "2025-01-02", milestones=("v2",))
    assert len(rewind(tale.history(), at("2025-01-15")).milestones) == 2


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(["status", "points", "join", "leave", "labels"]),
        st.sampled_from(["todo", "active", "done", "review"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


def tell(story: Any, events: list[tuple[int, str, str, str, int]]) -> Any:
    tale = story()
    tale.milestone("v1", "1")
    tale.milestone("v2", "2")
    for n, key in enumerate("ABC"):
        tale.item(key, T0 + timedelta(days=3 * n))
    for hour, key, kind, status, number in sorted(events, key=lambda e: e[0]):
        moment = T0 + timedelta(days=6, hours=hour)
        if kind == "status":
            tale.status(key, moment, status)
        elif kind == "points":
            tale.change(key, moment, "points", float(number))
        elif kind == "labels":
            tale.change(key, moment, "labels", f"l{number}")
        elif kind == "join":
            tale.join(key, moment, f"v{number % 2 + 1}")
        else:
            tale.leave(key, moment, f"v{number % 2 + 1}")
    return tale.history()


def _comparable(history: Any) -> Any:
    """Touch dates and the order within sets say nothing about the state."""
    return [
        i.model_copy(
            update={"updated_at": T0, "labels": tuple(sorted(i.labels)), "milestones": tuple(sorted(i.milestones))}
        )
        for i in history.items
    ]


@given(EVENTS, st.integers(0, 30), st.integers(0, 30))
def test_going_back_in_two_steps_is_going_back_in_one(story: Any, events: Any, a: int, b: int):
    history = tell(story, events)
    early, late = sorted((T0 + timedelta(days=6, hours=a), T0 + timedelta(days=6, hours=b)))
    once, twice = rewind(history, early), rewind(rewind(history, late), early)
    assert _comparable(once) == _comparable(twice)
    assert once.changes == twice.changes


@given(EVENTS, st.integers(0, 30))
def test_what_happens_later_never_alters_what_was(story: Any, events: Any, hour: int):
    t = T0 + timedelta(days=6, hours=hour)
    known = [e for e in events if e[0] <= hour]
    assert _comparable(rewind(tell(story, events), t)) == _comparable(rewind(tell(story, known), t))


def test_a_merge_request_that_was_merged_later_is_open(story: Any):
    asked = MergeRequest(
        source="lab", id="9", key="a/b!9", project="a/b", url="https://lab/9", title="t", branch="b", state="merged",
        created_at=at("2025-01-02"), updated_at=at("2025-01-09"), reviewed_at=at("2025-01-04"),
        merged_at=at("2025-01-08"),
    )  # fmt: skip
    born_later = asked.model_copy(update={"id": "10", "created_at": at("2025-01-06")})
    history = replace(story().history(), merge_requests=(asked, born_later))
    (then,) = rewind(history, at("2025-01-05")).merge_requests
    assert (then.state, then.merged_at, then.reviewed_at) == (MergeRequestState.OPEN, None, asked.reviewed_at)
    assert then.updated_at == asked.reviewed_at


def test_a_deployment_of_later_has_not_happened(story: Any):
    live = Deployment(source="lab", id="7", project="a/b", environment="live", status="success", at=at("2025-01-04"))
    later = live.model_copy(update={"id": "8", "at": at("2025-01-06")})
    history = replace(story().history(), deployments=(live, later))
    assert rewind(history, at("2025-01-05")).deployments == (live,)
