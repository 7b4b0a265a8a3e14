from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import Ledger
from pmbridge.history.categories import Categories
from pmbridge.history.counting import Counting
from pmbridge.history.membership import in_scope
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.records import records
from pmbridge.history.rewind import levels_of_types, rewind
from pmbridge.history.walk import current_phase, lives
from pmbridge.metrics.baseline import baseline
from pmbridge.metrics.burnup import burnup
from pmbridge.metrics.ledger import ledger
from pmbridge.metrics.scope import scope
from pmbridge.model import Level

UTC_ZONE = ZoneInfo("UTC")
T0 = datetime(2025, 1, 1, tzinfo=UTC)


def balance(
    tale: Any,
    as_of: datetime,
    *faces: str,
    start: date | None = None,
    frozen: datetime | None = None,
) -> tuple[Ledger, Any, Any]:
    """Return ledger, lives and scope of the milestone with these faces, as of an instant."""
    history = rewind(tale.history(), as_of)
    ids = frozenset(tuple(face.split("/")) if "/" in face else ("jira", face) for face in faces or ("v1",))
    canonicals = canonical_items(records(history), history.links, ("jira", "gitlab"))
    categories = Categories(history.statuses)
    counting = Counting(levels_of=levels_of_types(history.items))
    walked = lives(canonicals, categories, counting)
    now = scope((current_phase(one, categories, counting) for one in canonicals), ids)
    begin = baseline(walked, ids, start, as_of, UTC_ZONE, frozen)
    names = {(person.source, person.id): person.name for person in history.people}
    return ledger(walked, ids, begin, now, names), walked, now


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return moment.replace(tzinfo=UTC)


START = date(2025, 1, 6)


def test_the_worked_example_of_a_late_add_a_removal_and_a_reopen(story: Any, asof_burnup: dict[str, Any]):
    tale = story()
    events = asof_burnup["input"]["events"]
    for key in sorted({key for key, _, _ in events}):
        tale.item(key, "2025-01-01")
    for key, day, what in events:
        if what == "add":
            tale.join(key, day, "v1")
        elif what == "remove":
            tale.leave(key, day, "v1")
        else:
            tale.status(key, day, "done" if what == "close" else "todo")
    book, walked, _ = balance(tale, at("2025-01-17T23:00"), start=START)
    expected = asof_burnup["expected"]
    assert (book.baseline, book.added, book.removed) == (expected["baseline"], expected["added"], expected["removed"])
    lines = burnup(walked, frozenset({("jira", "v1")}), at("2025-01-06T00:00"), at("2025-01-17T23:00"), UTC_ZONE)
    assert list(lines.scope) == expected["scope"]
    assert list(lines.done) == expected["done"]
    assert (lines.dates[0], lines.dates[-1]) == (START, date(2025, 1, 17))
    assert (book.now, book.residual) == (4, 0)


def test_every_cause_is_told_apart_with_its_change_and_its_author(story: Any):
    tale = story()
    tale.item("E", "2025-01-01", type="Epic", level=Level.EPIC)
    for key in ("MOVED", "CANCEL", "LEVEL", "OUT", "SIZE"):
        tale.item(key, "2025-01-01", milestones=() if key == "MOVED" else ("v1",), points=3.0)
    tale.item("NEW", "2025-01-07", milestones=("v1",), points=2.0)
    tale.join("MOVED", "2025-01-08", "v1")
    tale.status("CANCEL", "2025-01-09", "done")
    tale.change("CANCEL", "2025-01-09", "resolution", "Duplicate", same_edit=True)
    tale.change("CANCEL", "2025-01-10", "resolution", None)
    tale.change("LEVEL", "2025-01-11", "type", "Epic")
    tale.leave("OUT", "2025-01-12", "v1", author="ghost")
    tale.change("SIZE", "2025-01-13", "points", 8.0)
    book, _, _ = balance(tale, at("2025-01-20"), start=START)
    lines = [(e.item, e.cause, e.kind.value, e.delta, e.points, e.by) for e in book.entries]
    assert lines == [
        ("NEW", "created", "added", 1, 2.0, "Uma Bauer"),
        ("MOVED", "moved in", "added", 1, 3.0, "Uma Bauer"),
        ("CANCEL", "cancelled", "removed", -1, -3.0, "Uma Bauer"),
        ("CANCEL", "restored", "added", 1, 3.0, "Uma Bauer"),
        ("LEVEL", "re-levelled", "removed", -1, -3.0, "Uma Bauer"),
        ("OUT", "moved out", "removed", -1, -3.0, None),
        ("SIZE", "re-estimated", "reestimated", 0, 5.0, "Uma Bauer"),
    ]
    assert book.entries[0].change == "jira:NEW:created"
    assert [e.change for e in book.entries[1:4]] == ["jira:MOVED:1:0", "jira:CANCEL:2:1", "jira:CANCEL:3:0"]
    assert (book.baseline, book.added, book.removed, book.now, book.residual) == (4, 3, 3, 4, 0)
    assert book.points is not None
    assert book.points.model_dump() == {
        "baseline": 12.0, "added": 8.0, "removed": 9.0, "reestimated": 5.0, "now": 16.0, "residual": 0.0,
    }  # fmt: skip


def test_a_move_between_two_versions_in_one_edit_is_a_line_in_each_ledger(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.leave("A", "2025-01-08", "v1")
    tale.join("A", "2025-01-08", "v2", same_edit=True)
    first, second = (balance(tale, at("2025-01-20"), face, start=START)[0] for face in ("v1", "v2"))
    assert [(e.cause, e.delta) for e in first.entries] == [("moved out", -1)]
    assert [(e.cause, e.delta) for e in second.entries] == [("moved in", 1)]


def test_a_move_between_faces_of_one_milestone_is_no_line(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.leave("A", "2025-01-08", "v1")
    tale.join("A", "2025-01-08", "v2", same_edit=True)
    book, _, _ = balance(tale, at("2025-01-20"), "v1", "v2", start=START)
    assert (book.entries, book.now, book.residual) == ((), 1, 0)


def test_a_mirrored_item_counts_once(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",), url="https://j.example/A")
    tale.item("#1", "2025-01-02", "gitlab", milestones=("m1",), description="Mirrors: https://j.example/A")
    book, _, now = balance(tale, at("2025-01-20"), "v1", "gitlab/m1", start=START)
    assert (book.baseline, book.now, book.residual, now.items) == (1, 1, 0, 1)


def test_a_change_the_tracker_lost_shows_as_a_residual(story: Any):
    tale = story()
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.item("B", "2025-01-01")
    tale.join("B", "2025-01-08", "v1")
    tale._items["jira", "B"]["milestones"] = ()
    book, _, _ = balance(tale, at("2025-01-20"), start=START)
    assert (book.baseline, book.added, book.removed, book.now, book.residual) == (1, 1, 0, 1, 1)


def test_counting_begins_at_the_freeze_else_at_the_start_else_with_the_first_item(story: Any):
    tale = story()
    tale.item("A", "2025-01-03", milestones=("v1",))
    tale.item("B", "2025-01-08", milestones=("v1",))
    now = at("2025-01-20")
    froze, started, first = (
        balance(tale, now, start=START, frozen=at("2025-01-09"))[0],
        balance(tale, now, start=START)[0],
        balance(tale, now)[0],
    )
    assert [(b.baseline_at, b.baseline) for b in (froze, started, first)] == [
        (at("2025-01-09"), 2),
        (at("2025-01-06T00:00"), 1),
        (at("2025-01-03"), 1),
    ]
    assert [b.baseline_reason.split(":")[0] for b in (froze, started, first)] == [
        "explicit freeze",
        "start date 2025-01-06",
        "no start date",
    ]


def test_a_start_that_lies_ahead_is_no_baseline_yet(story: Any):
    tale = story()
    tale.item("A", "2025-01-03", milestones=("v1",))
    book, _, _ = balance(tale, at("2025-01-05"), start=START)
    assert (book.baseline_at, book.baseline) == (at("2025-01-03"), 1)
    assert "lies ahead" in book.baseline_reason


@pytest.mark.parametrize("start", [None, START])
def test_an_empty_milestone_balances(story: Any, start: date | None):
    tale = story()
    tale.item("A", "2025-01-03")
    book, _, now = balance(tale, at("2025-01-20"), start=start)
    assert (book.added, book.removed, book.now, book.residual, book.entries) == (0, 0, 0, 0, ())
    assert book.baseline == (None if start is None else 0)
    assert book.points is None
    assert now.points is None


def test_a_restricted_title_never_enters_the_ledger(story: Any):
    tale = story()
    tale.item("A", "2025-01-08", milestones=("v1",), restricted=True)
    tale.item("B", "2025-01-08", milestones=("v1",))
    book, _, _ = balance(tale, at("2025-01-20"), start=START)
    assert [e.title for e in book.entries] == [None, "Title of B"]


KEYS = ("A", "B", "C", "D")
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(KEYS),
        st.sampled_from(["join", "leave", "swap", "close", "cancel", "reopen", "epic", "story", "points", "hop"]),
        st.integers(0, 5),
    ),
    max_size=30,
)


def tell(story: Any, events: list[tuple[int, str, str, int]]) -> Any:
    tale = story()
    tale.item("E", T0, type="Epic", level=Level.EPIC)
    tale.item("S", T0)
    tale.item("A", T0, url="https://j.example/A", milestones=("v1",), points=1.0)
    tale.item("B", T0 + timedelta(hours=2), milestones=("v1", "v2"))
    tale.item("C", T0 + timedelta(hours=5), points=3.0)
    tale.item("D", T0 + timedelta(hours=6), milestones=("v2",))
    tale.item("#A", T0, "gitlab", description="Mirrors: https://j.example/A")
    for hour, key, what, number in sorted(events, key=lambda e: e[0]):
        moment = T0 + timedelta(hours=hour)
        if what == "join":
            tale.join(key, moment, f"v{number % 2 + 1}")
        elif what == "leave":
            tale.leave(key, moment, f"v{number % 2 + 1}")
        elif what == "swap":
            tale.change(key, moment, "milestones", "v2", out="v1")
        elif what == "close":
            tale.status(key, moment, "done")
        elif what == "cancel":
            tale.status(key, moment, "done")
            tale.change(key, moment, "resolution", "Won’t Do")
        elif what == "reopen":
            tale.status(key, moment, "active")
            tale.change(key, moment, "resolution", None)
        elif what in ("epic", "story"):
            tale.change(key, moment, "type", what.title())
        elif what == "points":
            tale.change(key, moment, "points", [None, 0.1, 0.2, 0.3, 5.0, 8.0][number])
        else:
            tale.change(
                "#A",
                moment,
                "milestones",
                None if number % 2 else "m1",
                source="gitlab",
                out="m1" if number % 2 else None,
            )
    return tale


@given(EVENTS, st.integers(0, 14), st.integers(-1, 14), st.sampled_from([("v1",), ("v1", "v2"), ("v1", "gitlab/m1")]))
def test_the_ledger_always_balances(story: Any, events: Any, hour: int, freeze: int, faces: tuple[str, ...]):
    tale = tell(story, events)
    as_of = T0 + timedelta(hours=hour)
    frozen = None if freeze < 0 else T0 + timedelta(hours=freeze)
    book, _, now = balance(tale, as_of, *faces, frozen=frozen)
    assert book.residual == 0
    assert book.now == now.items == now.done + now.active + now.waiting + now.todo + now.unmapped
    assert (book.baseline or 0) + book.added - book.removed == book.now
    assert sum(e.delta for e in book.entries) == book.added - book.removed
    if book.points is not None:
        assert book.points.residual == 0
    assert [e.at for e in book.entries] == sorted(e.at for e in book.entries)
    assert len({(e.change, e.item) for e in book.entries}) == len(book.entries)
    assert Ledger.model_validate(book.model_dump()) == book


@given(EVENTS, st.integers(0, 14))
def test_the_burnup_ends_where_the_scope_is_and_moves_with_the_ledger(story: Any, events: Any, hour: int):
    tale = tell(story, events)
    as_of = T0 + timedelta(hours=hour)
    book, walked, now = balance(tale, as_of)
    ids = frozenset({("jira", "v1")})
    lines = burnup(walked, ids, book.baseline_at, as_of, UTC_ZONE)
    assert (lines.scope or (0,))[-1] == now.items
    assert (lines.done or (0,))[-1] == now.done
    assert all(d <= s for s, d in zip(lines.scope, lines.done, strict=True))


@given(EVENTS)
def test_no_op_changes_and_other_items_make_no_difference(story: Any, events: Any):
    plain, noisy = tell(story, events), tell(story, events)
    noisy.item("Z", T0 + timedelta(hours=1))
    for hour in range(13):
        noisy.change("Z", T0 + timedelta(hours=hour), "points", float(hour))
        noisy.change("A", T0 + timedelta(hours=hour), "title", f"Title {hour}")
    as_of = T0 + timedelta(hours=20)
    a, b = balance(plain, as_of)[0], balance(noisy, as_of)[0]
    assert [(e.at, e.item, e.delta, e.points) for e in a.entries] == [
        (e.at, e.item, e.delta, e.points) for e in b.entries
    ]


@given(EVENTS, st.integers(0, 14))
def test_entries_are_exactly_the_flips_of_the_scope(story: Any, events: Any, hour: int):
    as_of = T0 + timedelta(hours=hour)
    book, walked, _ = balance(tell(story, events), as_of)
    ids = frozenset({("jira", "v1")})
    flips = sum(
        in_scope(a, ids) != in_scope(b, ids) and b.since > (book.baseline_at or as_of)
        for life in walked
        for a, b in pairwise(life.phases)
    )
    created = sum(life.created_at > (book.baseline_at or as_of) and in_scope(life.phases[0], ids) for life in walked)
    assert sum(e.delta != 0 for e in book.entries) == flips + created


@pytest.fixture(scope="session")
def asof_burnup() -> dict[str, Any]:
    """The hand-checked milestone of 6 to 17 January 2025, at the end of each day."""
    return json.loads(
        """{"input": {"events": [
            ["I1", "2025-01-02", "add"], ["I1", "2025-01-08", "close"], ["I1", "2025-01-10", "reopen"],
            ["I1", "2025-01-14", "close"], ["I2", "2025-01-02", "add"], ["I2", "2025-01-09", "close"],
            ["I3", "2025-01-07", "add"], ["I3", "2025-01-13", "remove"], ["I4", "2025-01-09", "add"],
            ["I5", "2025-01-02", "add"], ["I5", "2025-01-05", "close"], ["I6", "2025-01-02", "add"],
            ["I6", "2025-01-14", "close"], ["I6", "2025-01-15", "remove"]]},
          "expected": {"scope": [4, 5, 5, 6, 6, 6, 6, 5, 5, 4, 4, 4], "done": [1, 1, 2, 3, 2, 2, 2, 2, 4, 3, 3, 3],
            "baseline": 4, "added": 2, "removed": 2}}"""
    )
