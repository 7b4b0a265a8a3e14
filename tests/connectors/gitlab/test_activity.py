from __future__ import annotations

from typing import Any

import pytest

from pmbridge_gitlab.activity import Book, Unclear, told
from pmbridge_gitlab.agreement import agrees
from pmbridge_gitlab.changes import changes
from pmbridge_gitlab.history import IssueHistory
from pmbridge_gitlab.settings import LabelScopes

CREATED = "2026-03-02T08:00:00.500Z"
A, B = {"id": 1, "title": "A"}, {"id": 2, "title": 'Plan "B" of ours'}
BOOK = Book(
    milestones={("acme/shop-web", "5"): A, ("other/place", "5"): B},
    titles={"Quarter 1": B},
    labels={"11": "bug", "12": "needs review, please"},
    users={"ann": "7"},
    project="acme/shop-web",
)


def note(action: str | None, body: str, second: int = 1, name: str = "Note/9") -> dict[str, Any]:
    return {
        "id": f"gid://gitlab/{name}",
        "createdAt": f"2026-03-02T08:00:{second:02}Z",
        "body": body,
        "author": {"id": "gid://gitlab/User/7", "username": "ann", "name": "Ann"},
        "systemNoteMetadata": {"action": action} if action else None,
    }


def events(*notes: dict[str, Any]) -> Any:
    return told(list(notes), BOOK, created=CREATED)


@pytest.mark.parametrize(
    ("body", "action", "milestone"),
    [
        ("changed milestone to %5", "add", A),
        ("changed milestone to acme/shop-web%5", "add", A),
        ("changed milestone to /other/place%5", "add", B),
        ('changed milestone to /acme%"Quarter 1"', "add", B),
        ('removed milestone %"Quarter 1"', "remove", B),
        ("changed milestone to", "add", None),
        ("removed milestone ", "remove", None),
    ],
)
def test_milestones_are_found_by_number_or_title(body: str, action: str, milestone: Any) -> None:
    (event,) = events(note("milestone", body)).milestones
    assert (event["action"], event["milestone"]) == (action, milestone)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("milestone", "changed milestone to /moved/away%77"),
        ("milestone", "set the milestone"),
        ("label", "added ~99 label"),
        ("label", "touched labels"),
        ("weight", "weighed it"),
    ],
)
def test_what_is_not_understood_is_never_guessed(action: str, body: str) -> None:
    with pytest.raises(Unclear):
        events(note(action, body))


def test_labels_of_one_note_are_events_of_their_own_those_that_went_first() -> None:
    found = events(note("label", "added ~11 ~12 + 1 deleted labels and removed ~11 label")).labels
    assert [(row["action"], (row["label"] or {}).get("name")) for row in found] == [
        ("remove", "bug"),
        ("add", "bug"),
        ("add", "needs review, please"),
        ("add", None),
    ]
    assert len({row["id"] for row in found}) == 4


def test_labels_may_be_written_by_name() -> None:
    found = events(note("label", 'added ~"two words" ~one labels')).labels
    assert [row["label"]["name"] for row in found] == ["two words", "one"]


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ("set weight to **5**", {"weight": 5}),
        ("changed weight to **3** from **5**", {"weight": 3, "previous_weight": 5}),
        ("removed weight of **3**", {"weight": None, "previous_weight": 3}),
        ("removed the weight", {"weight": None}),
    ],
)
def test_weights_are_read_in_old_and_new_wordings(body: str, row: dict[str, Any]) -> None:
    (event,) = events(note("weight", body)).weights
    assert row.items() <= event.items()
    assert ("previous_weight" in event) == ("previous_weight" in row)


def test_states_assignees_and_types_are_told() -> None:
    found = events(
        note("closed", "closed via merge request !3", 1, "StateNote/abc"),
        note("opened", "reopened", 2),
        note("assignee", "assigned to @ann, @bob and @eve.v and unassigned @zoe", 3),
        note("issue_type", "changed type from issue to test case", 4),
        note("title", "changed title from **closed** to **opened**", 5),
        note(None, "mentioned in #5", 6),
    )
    assert [(row["id"], row["state"]) for row in found.states] == [("abc", "closed"), ("9", "reopened")]
    assert [(row["action"], row["who"]) for row in found.assignees] == [
        ("add", "7"),
        ("add", "bob"),
        ("add", "eve.v"),
        ("remove", "zoe"),
    ]
    assert [(row["before"], row["after"]) for row in found.types] == [("issue", "test case")]


def test_nothing_is_older_than_its_issue() -> None:
    (event,) = events(note("closed", "closed", 0)).states
    assert event["created_at"] == CREATED


def test_what_happened_in_one_second_keeps_its_order(make_issue: Any) -> None:
    found = events(*(note("milestone", body, 1, f"MilestoneNote/{name}") for name, body in [
        ("zz", "changed milestone to %5"), ("yy", "removed milestone %5"), ("xx", "changed milestone to %5"),
    ]))  # fmt: skip
    issue = make_issue(created_at=CREATED, updated_at="2026-03-03T08:00:00Z", milestone=A)
    rows = changes(issue, IssueHistory(milestones=found.milestones), "gitlab-main", LabelScopes())
    assert [(c.before, c.after) for c in rows] == [
        (None, "milestone:1"),
        ("milestone:1", None),
        (None, "milestone:1"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "closed"},
        {"milestone": {"id": 2}},
        {"labels": ["bug"]},
        {"weight": 3},
    ],
)
def test_a_history_that_ends_elsewhere_does_not_agree(make_issue: Any, change: dict[str, Any]) -> None:
    found = events(note("closed", "closed", 1), note("opened", "reopened", 2), note("weight", "set weight to **5**", 3))
    fitting = make_issue(weight=5)
    assert agrees(fitting, found)
    assert not agrees(fitting | change, found)


def test_a_sentence_that_is_told_again_is_an_event_of_its_own() -> None:
    first, second = events(
        note("milestone", "changed milestone to %5"), note("milestone", "changed milestone to %5", 2)
    ).milestones
    assert (first["created_at"], second["created_at"]) == ("2026-03-02T08:00:01Z", "2026-03-02T08:00:02Z")
    assert (first["rank"], second["rank"]) == (0, 1)
    assert first["milestone"] == second["milestone"] == A


def test_books_do_not_share_what_sentences_mean_in_them() -> None:
    elsewhere = Book(labels={"11": "defect"}, project="acme/shop-web")
    here, there = (told([note("label", "added ~11 label")], book, created=CREATED).labels for book in (BOOK, elsewhere))
    assert [row["label"]["name"] for row in (*here, *there)] == ["bug", "defect"]
