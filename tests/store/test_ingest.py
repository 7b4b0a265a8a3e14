from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pmbridge.errors import StoreError
from pmbridge.model import Link, LinkKind, Person, StatusCategory, StatusDefinition, Worklog
from pmbridge.store import Store, read_history
from pmbridge.store.ingest import write_page, write_reference, write_source
from pmbridge.store.payloads import read_raw

Make = Callable[..., Any]
PROJECTS = {"jira": ["SHOP"]}


def history(store: Store) -> Any:
    with store.read() as conn:
        return read_history(conn, PROJECTS)


def link(id_: str = "5", item: str = "10001", target: str = "10002") -> Link:
    return Link(
        source="jira",
        id=id_,
        item=item,
        target=target,
        kind=LinkKind.BLOCKS,
        type="Blocks",
        phrase="blocks",
    )


def test_a_page_written_twice_is_the_same_as_once(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    full = page(
        items=(item(1), item(2)),
        changes=(change(1), change(1, "2"), change(2, "3")),
        links=(link(),),
        worklogs=(Worklog(source="jira", id="9", item="10001", author="a", started_at=noon, seconds=60),),
        people=(Person(source="jira", id="a", name="Ada"),),
    )
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
    once = history(store)
    with store.write() as conn:
        write_page(conn, "jira", full, seen_at=noon)
    assert history(store) == once
    assert (len(once.items), len(once.changes), len(once.links), len(once.worklogs)) == (2, 3, 1, 1)


def test_a_whole_history_takes_the_place_of_what_was_stored(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(),), changes=(change(1, "1"), change(1, "2"))), seen_at=noon)
        write_page(conn, "jira", page(items=(item(),), changes=(change(1, "2"), change(1, "3"))), seen_at=noon)
    assert [c.history for c in history(store).changes] == ["2", "3"]


def test_a_partial_history_is_added_to_what_was_stored(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    late = page(items=(item(),), changes=(change(1, "2", after="5"),), partial_history=("10001",))
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(),), changes=(change(1, "1"), change(1, "2"))), seen_at=noon)
        write_page(conn, "jira", late, seen_at=noon)
    assert [(c.history, c.after) for c in history(store).changes] == [("1", "3"), ("2", "5")]


def test_a_link_that_its_source_end_no_longer_has_is_removed(
    store: Store, page: Make, item: Make, noon: datetime
) -> None:
    touched = item(1, updated_at=noon + timedelta(seconds=1))
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(1), item(2)), links=(link("5"), link("6"))), seen_at=noon)
        write_page(conn, "jira", page(items=(touched,), links=(link("6"),)), seen_at=noon)
    assert [found.id for found in history(store).links] == ["6"]


def test_a_link_stays_when_only_its_target_is_read(store: Store, page: Make, item: Make, noon: datetime) -> None:
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(1), item(2)), links=(link(),)), seen_at=noon)
        write_page(conn, "jira", page(items=(item(2),)), seen_at=noon)
    assert history(store).links == (link(),)


def test_a_link_read_from_its_target_survives_a_source_end_that_nobody_touched(
    store: Store, page: Make, item: Make, noon: datetime
) -> None:
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(2),), links=(link(),)), seen_at=noon)
        write_page(conn, "jira", page(items=(item(1),)), seen_at=noon)
    assert history(store).links == (link(),)


def test_an_item_that_was_read_in_part_keeps_its_links(store: Store, page: Make, item: Make, noon: datetime) -> None:
    touched = item(1, updated_at=noon + timedelta(seconds=1))
    with store.write() as conn:
        write_page(conn, "jira", page(items=(touched,), links=(link(),)), seen_at=noon)
        write_page(conn, "jira", page(items=(touched,), partial_history=("10001",)), seen_at=noon)
    assert history(store).links == (link(),)


def test_an_item_is_known_by_its_id_when_its_key_changes(
    store: Store, page: Make, item: Make, change: Make, noon: datetime
) -> None:
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(1),), changes=(change(1),)), seen_at=noon)
        write_page(conn, "jira", page(items=(item(1, key="PAY-7", project="PAY"),)), seen_at=noon)
        moved = read_history(conn, {"jira": ["PAY"]})
        left = read_history(conn, PROJECTS)
    assert [found.key for found in moved.items] == ["PAY-7"]
    assert left.items == ()


def test_a_change_of_an_item_that_never_came_is_refused(store: Store, page: Make, change: Make, noon: datetime) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.write() as conn:
        write_page(conn, "jira", page(changes=(change(9),)), seen_at=noon)


def test_payloads_are_kept_compressed_and_only_the_last(store: Store, page: Make, item: Make, noon: datetime) -> None:
    first = {"id": "10001", "fields": {"summary": "Zahlen per Karte · 支払い " * 50}}
    with store.write() as conn:
        write_page(conn, "jira", page(items=(item(),), raw={"10001": first}), seen_at=noon)
        size = conn.execute(text("SELECT length(body) FROM raw_payloads")).scalar_one()
        assert read_raw(conn, "jira", "10001") == first
        write_page(conn, "jira", page(items=(item(),), raw={"10001": {"id": "10001"}}), seen_at=noon)
        assert read_raw(conn, "jira", "10001") == {"id": "10001"}
        assert read_raw(conn, "jira", "10002") is None
    assert size < 300


def test_a_milestone_is_observed_again_only_when_title_or_dates_differ(
    store: Store, reference: Make, milestone: Make, noon: datetime
) -> None:
    states = [
        milestone(due=date(2026, 5, 1)),
        milestone(due=date(2026, 5, 1), description="now with a text"),
        milestone(due=date(2026, 6, 1)),
        milestone(due=date(2026, 6, 1), start=date(2026, 1, 1)),
        milestone(due=None, start=date(2026, 1, 1)),
        milestone(due=None, start=date(2026, 1, 1), title="4.2 LTS"),
        milestone(due=None, start=date(2026, 1, 1), title="4.2 LTS"),
        milestone(due=date(2026, 5, 1)),
    ]
    for day, state in enumerate(states):
        with store.write() as conn:
            write_reference(conn, "jira", reference(milestones=(state,)), seen_at=noon + timedelta(days=day))
    seen = history(store).observations
    assert [(s.seen_at - noon).days for s in seen] == [0, 2, 3, 4, 5, 7]
    assert [s.due for s in seen] == [
        date(2026, 5, 1),
        date(2026, 6, 1),
        date(2026, 6, 1),
        None,
        None,
        date(2026, 5, 1),
    ]
    assert history(store).milestones == (states[-1],)


def test_a_milestone_that_vanished_is_not_read_until_it_is_back(
    store: Store, reference: Make, milestone: Make, noon: datetime
) -> None:
    both = reference(milestones=(milestone("1"), milestone("2")))
    with store.write() as conn:
        write_reference(conn, "jira", both, seen_at=noon)
        write_reference(conn, "jira", reference(milestones=(milestone("1"),)), seen_at=noon)
        assert read_history(conn, PROJECTS).milestones == (milestone("1"),)
        write_reference(conn, "jira", both, seen_at=noon)
        assert read_history(conn, PROJECTS).milestones == (milestone("1"), milestone("2"))


def test_reference_rows_of_one_source_leave_another_alone(
    store: Store, reference: Make, milestone: Make, noon: datetime
) -> None:
    done = StatusDefinition(source="jira", id="3", name="Done", category=StatusCategory.DONE)
    with store.write() as conn:
        write_source(conn, "jira", "jira", "https://tracker.example")
        write_reference(conn, "jira", reference(statuses=(done,), milestones=(milestone(),)), seen_at=noon)
        write_reference(conn, "gitlab", reference(), seen_at=noon)
        found = read_history(conn, PROJECTS)
    assert found.statuses == (done,)
    assert found.milestones == (milestone(),)
    assert (found.sources[0].kind, found.sources[0].url) == ("jira", "https://tracker.example")


def test_a_clock_that_was_set_back_loses_nothing(
    store: Store, page: Make, reference: Make, milestone: Make, item: Make, change: Make, noon: datetime
) -> None:
    for seen_at, title in ((noon, "4.2"), (noon - timedelta(days=3), "4.3"), (noon, "4.4")):
        with store.write() as conn:
            write_reference(conn, "jira", reference(milestones=(milestone(title=title),)), seen_at=seen_at)
            write_page(conn, "jira", page(items=(item(title=title),), changes=(change(),)), seen_at=seen_at)
    found = history(store)
    assert [one.title for one in found.items] == [one.title for one in found.milestones] == ["4.4"]
    assert [(seen.seen_at, seen.title) for seen in found.observations] == [
        (noon - timedelta(days=3), "4.3"),
        (noon, "4.4"),
    ]
