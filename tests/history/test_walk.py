from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pmbridge.history.categories import Categories
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.rewind import levels_of_types
from pmbridge.history.walk import current_phase, lives
from pmbridge.model import Level, StatusCategory

WAS_DONE = StatusCategory.DONE


def walk(tale: Any, counting: Counting | None = None) -> tuple[Life, ...]:
    history = tale.history()
    canonicals = canonical_items(records(history), history.links, ("jira", "gitlab"))
    return lives(canonicals, Categories(history.statuses), counting)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC)


def test_an_item_without_changes_has_one_phase(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",), points=3.0)
    (one,) = walk(tale)
    assert len(one.phases) == 1
    assert (one.phases[0].since, one.phases[0].points) == (at("2025-01-02"), 3.0)
    assert one.phases[0].milestones == {("jira", "v1")}
    assert one.at(at("2025-01-01")) is None


def test_done_intervals_completion_and_first_activity_follow_a_reopened_item(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    for day, status in (
        ("03", "active"),
        ("05", "done"),
        ("08", "active"),
        ("09", "todo"),
        ("10", "active"),
        ("12", "done"),
    ):
        tale.status("A", f"2025-01-{day}", status)
    (one,) = walk(tale)
    assert one.done_intervals() == ((at("2025-01-05"), at("2025-01-08")), (at("2025-01-12"), None))
    assert one.completed_at == at("2025-01-12")
    assert one.first_active_at == at("2025-01-03")


def test_an_open_item_is_not_completed(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.status("A", "2025-01-03", "done")
    tale.status("A", "2025-01-04", "todo")
    (one,) = walk(tale)
    assert one.completed_at is None
    assert one.first_active_at is None


def test_a_completion_survives_other_changes_of_a_done_item(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.status("A", "2025-01-03", "done")
    tale.change("A", "2025-01-05", "points", 5.0)
    (one,) = walk(tale)
    assert len(one.phases) == 3
    assert one.completed_at == at("2025-01-03")
    assert one.done_intervals() == ((at("2025-01-03"), None),)


def test_a_resolution_that_cancels_takes_done_away(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.status("A", "2025-01-03", "done")
    tale.change("A", "2025-01-03", "resolution", "Won't Do", same_edit=True)
    (one,) = walk(tale)
    assert [p.category for p in one.phases] == [StatusCategory.TODO, StatusCategory.CANCELLED]
    assert one.done_intervals() == ()


def test_changes_of_one_instant_make_one_phase_that_names_them_all(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",))
    tale.leave("A", "2025-01-03", "v1")
    tale.join("A", "2025-01-03", "v2", same_edit=True)
    (one,) = walk(tale)
    assert [p.milestones for p in one.phases] == [{("jira", "v1")}, {("jira", "v2")}]
    assert [c.position for c in one.phases[1].changes] == [0, 1]


def test_what_one_instant_takes_out_and_puts_back_has_not_moved(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", milestones=("v1",))
    tale.leave("A", "2025-01-03", "v1")
    tale.join("A", "2025-01-03", "v1")
    (one,) = walk(tale)
    assert len(one.phases) == 1


def test_edits_at_one_instant_are_taken_in_the_order_of_their_numbers(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    for n in range(11):
        tale.change("A", "2025-01-03", "points", float(n))
    (one,) = walk(tale)
    assert one.phases[-1].points == 10.0


def test_changes_dated_before_the_creation_belong_to_the_first_phase(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.status("A", "2025-01-01", "active")
    (one,) = walk(tale)
    assert [(p.since, p.category) for p in one.phases] == [(at("2025-01-02"), StatusCategory.ACTIVE)]


def test_the_level_of_the_time_decides_whether_an_item_counted(story: Any):
    tale = story()
    tale.item("E", "2025-01-01", type="Epic", level=Level.EPIC)
    tale.item("A", "2025-01-02", type="Epic", level=Level.STANDARD)
    tale.change("A", "2025-01-05", "type", "Story")
    counting = Counting(levels_of=levels_of_types([i for i in tale.history().items if i.key == "E"]))
    one = next(life for life in walk(tale, counting) if life.item.key == "A")
    assert [p.counted for p in one.phases] == [False, True]


def test_a_tracking_ticket_does_not_count_while_it_is_labelled(story: Any):
    tale = story()
    tale.item("A", "2025-01-02")
    tale.change("A", "2025-01-05", "labels", "Release-Tracking")
    (one,) = walk(tale, Counting(tracking_label="release-tracking"))
    assert [p.counted for p in one.phases] == [True, False]


def test_membership_is_that_of_all_faces_and_status_that_of_the_deciding_one(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", source="jira", url="https://j.example/A")
    tale.item("#1", "2025-01-01", source="gitlab", description="Mirrors: https://j.example/A")
    tale.join("#1", "2025-01-03", "m1", source="gitlab")
    tale.status("#1", "2025-01-04", "done", source="gitlab")
    tale.status("A", "2025-01-05", "active")
    (one,) = walk(tale)
    assert [(p.since, p.category, p.milestones) for p in one.phases] == [
        (at("2025-01-01"), StatusCategory.TODO, frozenset()),
        (at("2025-01-03"), StatusCategory.TODO, {("gitlab", "m1")}),
        (at("2025-01-05"), StatusCategory.ACTIVE, {("gitlab", "m1")}),
    ]


def test_current_fields_and_the_last_phase_agree_where_the_history_is_whole(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", labels=("x",))
    tale.join("A", "2025-01-03", "v1")
    tale.change("A", "2025-01-03", "points", 2.0)
    tale.status("A", "2025-01-04", "review")
    history = tale.history()
    (canonical,) = canonical_items(records(history), (), ("jira",))
    categories = Categories(history.statuses)
    (one,) = walk(tale)
    last, now = one.phases[-1], current_phase(canonical, categories, Counting())
    assert (now.category, now.counted, now.points, now.milestones) == (
        last.category,
        last.counted,
        last.points,
        last.milestones,
    )


def test_a_mirror_that_is_created_inside_a_milestone_joins_it_on_its_creation(story: Any):
    tale = story()
    tale.item("A", "2025-01-02", url="https://j.example/A")
    tale.item("#1", "2025-01-09", "gitlab", milestones=("m1",), description="Mirrors: https://j.example/A")
    (one,) = walk(tale)
    assert [(p.since, p.milestones) for p in one.phases] == [
        (at("2025-01-02"), frozenset()),
        (at("2025-01-09"), {("gitlab", "m1")}),
    ]
    assert one.phases[1].changes[0].identity == "gitlab:#1:created:0"
