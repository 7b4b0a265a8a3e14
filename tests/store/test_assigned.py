"""The open work of some people is found without a look at that of all others, as it was at any instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.model import FieldName, History, Link, LinkKind, Person, StatusCategory, StatusDefinition
from pmbridge.store import Store
from pmbridge.store.assigned import read_assigned, read_people
from pmbridge.store.ingest import write_page, write_reference, write_source
from pmbridge.store.tombstones import Tombstone, bury

Make = Callable[..., Any]
ADA = ("jira", "ada")
PLACES = {"jira": ["PAY", "SHOP"]}


@pytest.fixture
def put(store: Store, page: Make, noon: datetime) -> Callable[..., None]:
    def write(source: str = "jira", **parts: Any) -> None:
        with store.write() as conn:
            write_page(conn, source, page(**parts), seen_at=noon)

    return write


@pytest.fixture
def held(store: Store, noon: datetime) -> Callable[..., list[str]]:
    def read(*accounts: tuple[str, str], places: Any = None, at: datetime = noon) -> list[str]:
        with store.read() as conn:
            return [item.id for item in read_assigned(conn, accounts or (ADA,), places or PLACES, at).items]

    return read


def test_open_work_of_the_people_in_the_projects_is_found(put: Any, held: Any, item: Make) -> None:
    put(
        items=[
            item(1, assignees=("ada",)),
            item(2, assignees=("bob", "ada"), project="PAY", key="PAY-2"),
            item(3, assignees=("bob",)),
            item(4, assignees=("ada",), project="OTHER", key="OTHER-4"),
            item(5),
        ]
    )
    put("gitlab", items=[item(6, source="gitlab", assignees=("ada",))])
    assert held() == ["10002", "10001"]
    assert held(("jira", "bob"), ("jira", "nobody")) == ["10002", "10003"]
    assert held(places={"jira": ["PAY"]}) == ["10002"]
    assert held(("gitlab", "ada"), places={"gitlab": ["SHOP"], "jira": ["SHOP"]}) == ["10006"]
    assert held(("gitlab", "ada")) == []


def test_ended_and_buried_work_is_left_out_whatever_its_title(
    store: Store, put: Any, held: Any, item: Make, noon: datetime
) -> None:
    done, cancelled = StatusCategory.DONE, StatusCategory.CANCELLED
    put(
        items=[
            item(1, assignees=("ada",), category=done),
            item(2, assignees=("ada",), category=cancelled),
            item(3, assignees=("ada",), title='"category":"done"'),
            item(4, assignees=("ada",), category=StatusCategory.UNMAPPED),
            item(5, assignees=("ada",)),
        ]
    )
    with store.write() as conn:
        bury(conn, [Tombstone("jira", "10005", "SHOP", "SHOP-5", "deleted", noon)])
    assert held() == ["10003", "10004"]


def test_whoever_held_work_at_an_instant_or_later_is_found(
    put: Any, held: Any, item: Make, change: Make, noon: datetime
) -> None:
    hour = timedelta(hours=1)
    moved = change(1, at=noon + hour, field=FieldName.ASSIGNEES, before="ada", after="bob")
    ended = change(2, at=noon + hour, before="3", after="9")
    later = noon + 2 * hour
    put(
        items=[
            item(1, assignees=("bob",), updated_at=later),
            item(2, assignees=("ada",), category=StatusCategory.DONE, status="9", updated_at=later),
        ],
        changes=[moved, ended],
    )
    assert held() == ["10001", "10002"]
    assert held(at=later) == []
    assert held(("jira", "bob")) == held(("jira", "bob"), at=later) == ["10001"]


def test_what_belongs_to_the_work_comes_with_it_and_changes_only_of_what_was_touched_later(
    store: Store, put: Any, item: Make, change: Make, milestone: Make, reference: Make, noon: datetime
) -> None:
    later = noon + timedelta(hours=1)
    own = [milestone("77", due=date(2026, 4, 1)), milestone("78"), milestone("79")]
    defined = StatusDefinition(source="jira", id="3", name="Doing", category=StatusCategory.ACTIVE)
    link = Link(source="jira", id="l", item="10001", target="10002", kind=LinkKind.BLOCKS, type="Blocks", phrase="x")
    with store.write() as conn:
        write_source(conn, "jira", "jira", "https://tracker.example")
        write_reference(conn, "jira", reference(milestones=own, statuses=[defined]), seen_at=noon)
    put(
        items=[
            item(1, assignees=("ada",), milestones=("version:77",)),
            item(2, assignees=("ada",), milestones=("version:78",), updated_at=later),
            item(3, milestones=("version:79",)),
        ],
        changes=[
            change(1, "1"),
            change(2, "3", at=later, field=FieldName.MILESTONES, before=None, after="version:78"),
            change(2, "2"),
        ],
        links=[link],
    )
    with store.read() as conn:
        found = read_assigned(conn, [ADA], PLACES, noon)
        assert read_assigned(conn, [], PLACES, noon) == History()
    assert [one.id for one in found.milestones] == ["version:77", "version:78"]
    assert [(one.item, one.history) for one in found.changes] == [("10002", "2"), ("10002", "3")]
    assert (found.links, found.statuses) == ((link,), (defined,))
    with store.write() as conn:
        write_reference(conn, "jira", reference(milestones=own[1:], statuses=[defined]), seen_at=later)
    with store.read() as conn:
        assert [one.id for one in read_assigned(conn, [ADA], PLACES, noon).milestones] == ["version:78"]
    assert next((seen.milestone, seen.due) for seen in found.observations) == ("version:77", date(2026, 4, 1))
    assert [(one.name, one.kind) for one in found.sources] == [("jira", "jira")]


def test_people_of_some_sources_come_in_order(store: Store, put: Any) -> None:
    ada, bob = (Person(source="jira", id=id_, name=id_) for id_ in ("a", "b"))
    put(people=[bob, ada])
    put("gitlab", people=[Person(source="gitlab", id="9", name="Eve")])
    with store.read() as conn:
        assert read_people(conn, {"jira"}) == (ada, bob)
