from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pmbridge.history.categories import Categories
from pmbridge.history.membership import by_milestone, in_scope, is_member, stays, visitors
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives

V1 = frozenset({("jira", "v1")})


def walk(tale: Any) -> tuple[Life, ...]:
    history = tale.history()
    return lives([CanonicalItem(record) for record in records(history)], Categories(history.statuses))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC)


def test_a_stay_names_the_changes_that_opened_and_closed_it(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.join("A", "2025-01-03", "v1")
    tale.leave("A", "2025-01-05", "v1")
    (only,) = stays(walk(tale)[0], V1)
    assert (only.since, only.until) == (at("2025-01-03"), at("2025-01-05"))
    assert [c and (c.before, c.after) for c in (only.opened, only.closed)] == [(None, "v1"), ("v1", None)]


def test_an_item_created_inside_stays_from_its_creation(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",))
    tale.change("A", "2025-01-09", "points", 1.0)
    (only,) = stays(walk(tale)[0], V1)
    assert (only.since, only.until, only.opened, only.closed) == (at("2025-01-02"), None, None, None)


def test_coming_back_is_a_second_stay(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",))
    tale.leave("A", "2025-01-05", "v1")
    tale.join("A", "2025-01-07", "v1")
    assert [(s.since, s.until) for s in stays(walk(tale)[0], V1)] == [
        (at("2025-01-02"), at("2025-01-05")),
        (at("2025-01-07"), None),
    ]


def test_moving_between_faces_of_one_milestone_is_no_end_of_a_stay(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",))
    tale.leave("A", "2025-01-05", "v1")
    tale.join("A", "2025-01-05", "v2", same_edit=True)
    assert len(stays(walk(tale)[0], frozenset({("jira", "v1"), ("jira", "v2")}))) == 1


def test_cancelled_work_is_a_member_and_not_in_scope(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",), status="done", resolution="Duplicate")
    phase = walk(tale)[0].phases[-1]
    assert is_member(phase, V1)
    assert not in_scope(phase, V1)


def test_the_index_lists_everyone_who_ever_was_inside_once(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1", "v2"))
    tale.item("B", "2025-01-02", milestones=("v1",))
    tale.item("C", "2025-01-02")
    tale.leave("B", "2025-01-03", "v1")
    index = by_milestone(walk(tale))
    both = visitors(index, frozenset({("jira", "v1"), ("jira", "v2")}))
    assert [life.item.key for life in both] == ["A", "B"]
    assert visitors(index, {("jira", "v9")}) == ()
