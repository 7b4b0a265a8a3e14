from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pmbridge.model import (
    Change,
    Check,
    FieldName,
    Frozen,
    Instant,
    Item,
    Level,
    Link,
    LinkKind,
    Milestone,
    MilestoneKind,
    MilestoneState,
    Person,
    RemoteLink,
    StatusCategory,
    StatusDefinition,
    Worklog,
)
from pmbridge.store import Store, read_history
from pmbridge.store.certificates import write_certificate
from pmbridge.store.ingest import write_page, write_reference, write_source
from pmbridge.store.watermarks import Watermark, write_watermark

Make = Callable[..., Any]
M = TypeVar("M", bound=BaseModel)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ids = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=8)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))
instants = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.timezones())
seconds = st.integers(0, 2**40)
finite = st.floats(allow_nan=False, allow_infinity=False)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


items = st.builds(
    Item,
    source=st.just("jira"),
    project=st.just("SHOP"),
    id=ids,
    key=ids,
    url=texts,
    title=texts,
    type=texts,
    level=st.sampled_from(Level),
    status=texts,
    status_name=texts,
    category=st.sampled_from(StatusCategory),
    resolution=maybe(texts),
    created_at=instants,
    updated_at=instants,
    closed_at=maybe(instants),
    author=maybe(texts),
    assignees=many(texts),
    priority=maybe(texts),
    severity=maybe(texts),
    labels=many(texts),
    components=many(texts),
    milestones=many(texts),
    affects=many(texts),
    parent=maybe(texts),
    points=maybe(finite),
    estimate_seconds=maybe(seconds),
    remaining_seconds=maybe(seconds),
    spent_seconds=maybe(seconds),
    start=maybe(days),
    due=maybe(days),
    flagged=st.booleans(),
    restricted=st.booleans(),
    customer_facing=st.booleans(),
    description=maybe(texts),
    checklist=many(st.builds(Check, text=texts, ticked=st.booleans())),
    remote_links=many(st.builds(RemoteLink, url=texts, title=texts, relationship=texts)),
)
changes = st.builds(
    Change,
    source=st.just("jira"),
    item=st.just("10001"),
    history=ids,
    position=st.integers(0, 1000),
    at=instants,
    author=maybe(texts),
    field=st.sampled_from(FieldName),
    before=maybe(texts),
    after=maybe(texts),
    before_name=maybe(texts),
    after_name=maybe(texts),
)
milestones = st.builds(
    Milestone,
    source=st.just("jira"),
    id=ids,
    native_id=ids,
    kind=st.sampled_from(MilestoneKind),
    project=st.just("SHOP"),
    title=texts,
    description=maybe(texts),
    state=st.sampled_from(MilestoneState),
    start=maybe(days),
    due=maybe(days),
    released_at=maybe(instants),
    closed_at=maybe(instants),
    url=maybe(texts),
    updated_at=maybe(instants),
)
links = st.builds(
    Link,
    source=st.just("jira"),
    id=ids,
    item=st.just("10001"),
    target=ids,
    kind=st.sampled_from(LinkKind),
    type=texts,
    phrase=texts,
)
worklogs = st.builds(
    Worklog,
    source=st.just("jira"),
    id=ids,
    item=st.just("10001"),
    author=maybe(texts),
    started_at=instants,
    seconds=seconds,
)
people = st.builds(
    Person,
    source=st.just("jira"),
    id=ids,
    name=texts,
    username=maybe(texts),
    email=maybe(texts),
    bot=st.booleans(),
)
statuses = st.builds(
    StatusDefinition,
    source=st.just("jira"),
    id=ids,
    name=texts,
    category=st.sampled_from(StatusCategory),
)
through_the_store = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Undone(Exception):
    """Takes back what an example wrote."""


def read_back(store: Store, write: Callable[[Any], None]) -> Any:
    """Write in a transaction, read in it, and leave the store as it was."""
    found: list[Any] = []
    try:
        with store.write() as conn:
            write(conn)
            found.append(read_history(conn, {"jira": ["SHOP"]}))
            raise Undone
    except Undone:
        return found[0]


@through_the_store
@given(item=items)
def test_every_field_of_an_item_survives(store: Store, page: Make, noon: datetime, item: Item) -> None:
    found = read_back(store, lambda conn: write_page(conn, "jira", page(items=(item,)), seen_at=noon))
    assert found.items == (item,)


@through_the_store
@given(changed=changes)
def test_every_field_of_a_change_survives(
    store: Store, page: Make, item: Make, noon: datetime, changed: Change
) -> None:
    full = page(items=(item(1),), changes=(changed,))
    found = read_back(store, lambda conn: write_page(conn, "jira", full, seen_at=noon))
    assert found.changes == (changed,)
    assert found.changes[0].model_dump_json() == changed.model_dump_json()


@through_the_store
@given(link=links, worklog=worklogs, person=people)
def test_every_field_of_links_worklogs_and_people_survives(
    store: Store, page: Make, item: Make, noon: datetime, link: Link, worklog: Worklog, person: Person
) -> None:
    full = page(items=(item(1),), links=(link,), worklogs=(worklog,), people=(person,))
    found = read_back(store, lambda conn: write_page(conn, "jira", full, seen_at=noon))
    assert (found.links, found.worklogs, found.people) == ((link,), (worklog,), (person,))


@through_the_store
@given(milestone=milestones, status=statuses)
def test_every_field_of_milestones_and_statuses_survives(
    store: Store, reference: Make, noon: datetime, milestone: Milestone, status: StatusDefinition
) -> None:
    whole = reference(milestones=(milestone,), statuses=(status,))
    found = read_back(store, lambda conn: write_reference(conn, "jira", whole, seen_at=noon))
    assert (found.milestones, found.statuses) == ((milestone,), (status,))
    assert found.observations[0].due == milestone.due


@pytest.mark.parametrize("model", [Change, Link, Worklog, Person, StatusDefinition])
def test_a_table_has_the_columns_of_its_model_in_order(model: type[Frozen]) -> None:
    from pmbridge.store import schema

    tables = {
        Change: schema.changes,
        Link: schema.links,
        Worklog: schema.worklogs,
        Person: schema.people,
        StatusDefinition: schema.statuses,
    }
    assert [column.name for column in tables[model].columns] == list(model.model_fields)


def test_values_that_were_read_behave_like_any_other(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    found = read_back(
        store, lambda conn: write_page(conn, "jira", page(items=(item(),), changes=(change(),)), seen_at=noon)
    )
    read: Change = found.changes[0]
    assert hash(read) == hash(change())
    assert read.model_copy(update={"after": "5"}).after == "5"
    assert read.identity == "jira:10001:1:0"
    assert isinstance(read.field, FieldName)
    with pytest.raises(ValueError, match="frozen"):
        read.after = "6"  # type: ignore[misc]


def test_microseconds_and_instants_survive_a_zone(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    from zoneinfo import ZoneInfo

    local = datetime(2026, 10, 25, 2, 30, 0, 1, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    full = page(items=(item(1, updated_at=local),), changes=(change(1, at=local),))
    found = read_back(store, lambda conn: write_page(conn, "jira", full, seen_at=noon))
    expected = datetime(2026, 10, 25, 1, 30, 0, 1, tzinfo=UTC)
    assert found.items[0].updated_at == found.changes[0].at == expected
    assert found.items[0].updated_at.tzinfo is found.changes[0].at.tzinfo is UTC


def test_rows_come_in_their_stable_order(store: Store, page: Make, item: Make, change: Make, noon: datetime) -> None:
    before = noon - timedelta(microseconds=1)
    full = page(
        items=(item(2), item(10), item(1)),
        changes=(
            change(2, "9", 1),
            change(2, "9", 0),
            change(1, "10", 0),
            change(10, "11", 0, at=before),
            change(10, "9", 0),
        ),
    )
    other = page(items=(item(3, source="gitlab", project="acme/shop", key="acme/shop#3"),))
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
        write_page(conn, "gitlab", other, seen_at=noon)
        found = read_history(conn, {"jira": ["SHOP"], "gitlab": ["acme/shop"]})
    assert [i.key for i in found.items] == ["acme/shop#3", "SHOP-1", "SHOP-10", "SHOP-2"]
    assert [(c.item, c.history, c.position) for c in found.changes] == [
        ("10010", "11", 0),
        ("10002", "9", 0),
        ("10010", "9", 0),
        ("10002", "9", 1),
        ("10001", "10", 0),
    ]


def test_changes_of_several_sources_are_told_in_one_order(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    minute = timedelta(minutes=1)
    elsewhere = {"source": "gitlab"}
    ours = page(items=(item(1),), changes=(change(1, "1"), change(1, "2", at=noon + 2 * minute)))
    theirs = page(
        items=(item(2, project="acme/shop", key="acme/shop#2", **elsewhere),),
        changes=(change(2, "7", at=noon + minute, **elsewhere), change(2, "1", **elsewhere)),
    )
    with store.write() as conn:
        write_page(conn, "jira", ours, seen_at=noon)
        write_page(conn, "gitlab", theirs, seen_at=noon)
        found = read_history(conn, {"jira": ["SHOP"], "gitlab": ["acme/shop"]})
        assert read_history(conn, {}).changes == ()
    assert [c.identity for c in found.changes] == [
        "gitlab:10002:1:0",
        "jira:10001:1:0",
        "gitlab:10002:7:0",
        "jira:10001:2:0",
    ]


def test_only_the_projects_asked_for_are_read(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    full = page(
        items=(item(1), item(2, project="PAY", key="PAY-2")),
        changes=(change(1), change(2, "2")),
        worklogs=tuple(
            Worklog(source="jira", id=n, item=f"1000{n}", author=None, started_at=noon, seconds=1) for n in ("1", "2")
        ),
    )
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
        found = read_history(conn, {"jira": ["PAY"]})
    assert [i.key for i in found.items] == ["PAY-2"]
    assert [c.item for c in found.changes] == ["10002"]
    assert [w.item for w in found.worklogs] == ["10002"]


def test_a_link_is_read_from_either_end(store: Store, page: Make, item: Make, noon: datetime) -> None:
    crossing = Link(
        source="jira", id="5", item="10001", target="10002", kind=LinkKind.BLOCKS, type="B", phrase="blocks"
    )
    full = page(items=(item(1), item(2, project="PAY", key="PAY-2")), links=(crossing,))
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
        for project in ("SHOP", "PAY"):
            assert read_history(conn, {"jira": [project]}).links == (crossing,)
        assert read_history(conn, {"jira": ["OTHER"]}).links == ()


def test_milestones_are_those_of_the_projects_their_groups_and_their_items(
    store: Store, page: Make, item: Make, change: Make, reference: Make, milestone: Make, noon: datetime
) -> None:
    places = {
        "1": "acme/web/shop",
        "2": "acme/web",
        "3": "acme",
        "4": "acm",
        "5": "other",
        "6": "elsewhere",
        "7": "elsewhere",
        "8": "elsewhere",
    }
    whole = reference(milestones=[milestone(n, project=place) for n, place in places.items()])
    entered = change(1, field=FieldName.MILESTONES, before=None, after="version:7")
    full = page(
        items=(item(1, project="acme/web/shop", milestones=("version:6",)),),
        changes=(entered,),
    )
    with store.write() as conn:
        write_reference(conn, "jira", whole, seen_at=noon)
        write_page(conn, "jira", full, seen_at=noon)
        found = read_history(conn, {"jira": ["acme/web/shop"]})
    assert [m.native_id for m in found.milestones] == ["1", "2", "3", "6", "7"]
    assert [seen.milestone for seen in found.observations] == [m.id for m in found.milestones]


def test_a_source_is_as_old_as_its_oldest_project(store: Store, noon: datetime) -> None:
    later = noon + timedelta(hours=1)
    with store.write() as conn:
        write_source(conn, "jira", "jira", "https://tracker.example")
        write_watermark(conn, Watermark("jira", "SHOP", noon))
        write_watermark(conn, Watermark("jira", "PAY", later))
        write_certificate(conn, "jira", "partial", noon, later, '{"status": "partial"}')
        write_certificate(conn, "jira", "complete", noon, later, '{"status": "complete"}')
        both = read_history(conn, {"jira": ["PAY", "SHOP"]}).sources[0]
        three = read_history(conn, {"jira": ["PAY", "SHOP", "NEVER"]}).sources[0]
    assert both.synced_at == noon
    assert both.certificate == {"status": "complete"}
    assert three.synced_at is None


def test_how_often_a_source_is_read_is_learned_from_its_last_runs(store: Store) -> None:
    noon, quarter = datetime(2026, 11, 24, 12, tzinfo=UTC), timedelta(minutes=15)

    def interval() -> timedelta | None:
        with store.read() as conn:
            return read_history(conn, {"jira": ["SHOP"]}).sources[0].interval

    def prove(at: datetime, project: str | None = None) -> None:
        body = {"status": "complete", "started_at": at.isoformat(), "finished_at": at.isoformat()}
        with store.write() as conn:
            write_certificate(conn, "jira", "complete", at, at + quarter, json.dumps(body), project)

    for n in (-40, 0, 1):
        prove(noon + n * quarter)
    assert interval() is None, "three runs have two distances"
    prove(noon + 2 * quarter)
    assert interval() == quarter, "one long pause is no interval"
    for n in range(4):
        prove(noon + (10 + 4 * n) * quarter, "SHOP")
        prove(noon + (11 + 4 * n) * quarter, "PAY")
    assert interval() == 4 * quarter, "projects that are read one by one are no more often read than each of them"


def test_a_source_that_was_never_read_is_told_as_such(store: Store) -> None:
    with store.read() as conn:
        found = read_history(conn, {"jira": ["SHOP"]})
    assert found.items == ()
    assert (found.sources[0].name, found.sources[0].synced_at, found.sources[0].certificate) == (
        "jira",
        None,
        None,
    )


def test_an_instant_is_kept_as_it_is(noon: Instant) -> None:
    from pmbridge.model.instants import from_micros, to_micros

    for instant in (noon, datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert from_micros(to_micros(instant)) == instant
