"""What is told to have changed is what a reader would find changed, and nothing that a reader would is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from pmbridge.model import (
    Comment,
    Deployment,
    DeploymentStatus,
    Execution,
    ExecutionStatus,
    FieldName,
    Link,
    LinkKind,
    Origin,
    Person,
    StatusCategory,
    StatusDefinition,
    TestCase,
    Worklog,
)
from pmbridge.store import Store, open_store, read_history, schema
from pmbridge.store.certificates import write_certificate
from pmbridge.store.check import check
from pmbridge.store.comments import write_comments
from pmbridge.store.counts import count, keep_counts, kept_counts
from pmbridge.store.delivery import write_delivery
from pmbridge.store.erasure import erase_person
from pmbridge.store.evidence import write_evidence
from pmbridge.store.ingest import write_page, write_reference, write_source
from pmbridge.store.retention import forget
from pmbridge.store.revisions import SHARED, revisions_of
from pmbridge.store.tombstones import Tombstone, bury

Make = Callable[..., Any]
BOTH = {"jira": ["PAY", "SHOP"]}


@pytest.fixture
def touched(store: Store) -> Callable[[Callable[[Any], Any]], set[str]]:
    """Do something in one transaction, and return the projects that count as changed by it."""

    def do(work: Callable[[Any], Any]) -> set[str]:
        with store.read() as conn:
            before = revisions_of(conn, BOTH)["jira"]
        with store.write() as conn:
            work(conn)
        with store.read() as conn:
            after = revisions_of(conn, BOTH)["jira"]
        return {project for project in {*before, *after} if before.get(project) != after.get(project)}

    return do


@pytest.fixture
def put(page: Make, noon: Any) -> Callable[..., Callable[[Any], None]]:
    return lambda **parts: lambda conn: write_page(conn, "jira", page(**parts), seen_at=noon)


def a_link(item: str, target: str) -> Link:
    return Link(
        source="jira", id=f"{item}>{target}", item=item, target=target, kind=LinkKind.BLOCKS, type="Blocks", phrase="x"
    )


def a_log(item: str, noon: Any, seconds: int = 60) -> Worklog:
    return Worklog(source="jira", id=f"w{item}", item=item, author="u1", started_at=noon, seconds=seconds)


def test_a_page_changes_its_projects_once_however_often_it_comes(
    touched: Any, put: Any, item: Make, change: Make
) -> None:
    first = put(items=[item(1), item(2, project="PAY", key="PAY-2")], changes=[change(1)])
    assert touched(first) == {"SHOP", "PAY"}
    assert touched(first) == set()
    assert touched(put(items=[item(1, title="Pay by invoice")], changes=[change(1)])) == {"SHOP"}
    assert touched(put(items=[item(1, title="Pay by invoice")], changes=[change(1), change(1, "2")])) == {"SHOP"}


def test_an_item_that_moves_changes_the_project_it_leaves(touched: Any, put: Any, item: Make) -> None:
    touched(put(items=[item(1)]))
    assert touched(put(items=[item(1, project="PAY", key="PAY-1")])) == {"SHOP", "PAY"}


def test_a_link_changes_the_projects_of_both_its_ends(touched: Any, put: Any, item: Make, noon: Any) -> None:
    touched(put(items=[item(1), item(2, project="PAY", key="PAY-2"), item(3)]))
    later = noon + timedelta(hours=1)
    link = a_link("10001", "10002")
    assert touched(put(items=[item(1)], links=[link])) == {"SHOP", "PAY"}
    assert touched(put(items=[item(1)], links=[link])) == set()
    assert touched(put(items=[item(1, updated_at=later)])) == {"SHOP", "PAY"}


def test_time_that_is_booked_corrected_or_taken_back_is_a_change(touched: Any, put: Any, item: Make, noon: Any) -> None:
    touched(put(items=[item(1)]))
    booked = put(items=[item(1)], worklogs=[a_log("10001", noon)])
    assert touched(booked) == {"SHOP"}
    assert touched(booked) == set()
    assert touched(put(worklogs=[a_log("10001", noon, 90)])) == {"SHOP"}
    assert touched(put(gone_worklogs=["w10001"])) == {"SHOP"}
    assert touched(put(gone_worklogs=["w10001"])) == set()


def test_people_and_statuses_concern_every_project(touched: Any, reference: Make, noon: Any, put: Any) -> None:
    told = reference(
        people=[Person(source="jira", id="u1", name="Ada")],
        statuses=[StatusDefinition(source="jira", id="3", name="Doing", category=StatusCategory.ACTIVE)],
    )
    assert touched(lambda conn: write_reference(conn, "jira", told, seen_at=noon)) == {SHARED}
    assert touched(lambda conn: write_reference(conn, "jira", told, seen_at=noon)) == set()
    assert touched(put(people=[Person(source="jira", id="u1", name="Ada")])) == set()
    assert touched(put(people=[Person(source="jira", id="u1", name="Ada Lovelace")])) == {SHARED}


def test_a_milestone_changes_its_project_and_whoever_is_in_it(
    touched: Any, put: Any, item: Make, milestone: Make, reference: Make, noon: Any
) -> None:
    touched(put(items=[item(1, project="PAY", key="PAY-1", milestones=("version:77",))]))

    def told(**values: Any) -> Callable[[Any], None]:
        return lambda conn: write_reference(conn, "jira", reference(milestones=[milestone(**values)]), seen_at=noon)

    assert touched(told()) == {"SHOP", "PAY"}
    assert touched(told()) == set()
    assert touched(told(due=date(2026, 4, 1))) == {"SHOP", "PAY"}
    assert touched(lambda conn: write_reference(conn, "jira", reference(), seen_at=noon)) == {"SHOP", "PAY"}
    assert touched(lambda conn: write_reference(conn, "jira", reference(), seen_at=noon)) == set()


def test_evidence_delivery_and_comments_are_changes_once(touched: Any, put: Any, item: Make, noon: Any) -> None:
    test = TestCase(source="jira", id="t1", key="t1", title="Card", origin=Origin.PIPELINE, project="SHOP")
    run = Execution(source="jira", id="r1", test="t1", at=noon, status=ExecutionStatus.PASS)
    ship = Deployment(
        source="jira", id="d1", project="PAY", environment="prod", status=DeploymentStatus.SUCCESS, at=noon
    )
    said = Comment(
        source="jira", id="c1", item="10001", author="u1", at=noon, text="go", url="https://tracker.example/c1"
    )
    touched(put(items=[item(1)]))
    for work, project in (
        (lambda conn: write_evidence(conn, [test], []), "SHOP"),
        (lambda conn: write_evidence(conn, [test], [run]), "SHOP"),
        (lambda conn: write_delivery(conn, [ship], []), "PAY"),
        (lambda conn: write_comments(conn, "jira", ["10001"], [said]), "SHOP"),
    ):
        assert touched(work) == {project}
        assert touched(work) == set()
    assert touched(lambda conn: write_comments(conn, "jira", ["10001"], [])) == {"SHOP"}


def test_what_is_buried_raised_forgotten_or_erased_is_a_change(touched: Any, put: Any, item: Make, noon: Any) -> None:
    people = [Person(source="jira", id="u1", name="Ada Lovelace")]
    touched(lambda conn: write_source(conn, "jira", "jira", "https://tracker.example"))
    touched(put(items=[item(1, author="u1")], people=people))
    stone = Tombstone("jira", "10001", "SHOP", "SHOP-1", "deleted", noon)
    assert touched(lambda conn: bury(conn, [stone])) == {"SHOP"}
    assert touched(put(items=[item(1, author="u1")])) == {"SHOP"}
    assert SHARED in touched(lambda conn: erase_person(conn, "jira", "u1", salt="s"))
    assert touched(lambda conn: forget(conn, [("jira", "SHOP")])) == {"SHOP"}


def test_a_proof_that_says_the_same_changes_nothing(touched: Any, noon: Any) -> None:
    def prove(status: str, *gaps: dict[str, Any]) -> set[str]:
        body = json.dumps({"status": status, "gaps": gaps, "started_at": str(noon)})
        return touched(lambda conn: write_certificate(conn, "jira", status, noon, noon, body))

    gap = {"project": "PAY", "kind": "gone", "text": "1 item is gone", "items": []}
    assert prove("complete") == {SHARED}
    assert prove("complete") == set()
    assert prove("partial", gap) == {SHARED}
    assert prove("partial", gap, gap | {"project": "SHOP"}) == {"SHOP"}
    assert prove("partial", gap | {"text": "2 items are gone"}) == {"PAY", "SHOP"}


def test_a_proof_is_held_against_what_a_reader_found_before_it(touched: Any, noon: Any) -> None:
    def prove(status: str, project: str | None = None) -> set[str]:
        body = json.dumps({"status": status, "gaps": [], "projects": ["PAY"], "started_at": str(noon)})
        body = json.dumps({**json.loads(body), "finished_at": str(noon), "items_tracker": None})
        return touched(lambda conn: write_certificate(conn, "jira", status, noon, noon, body, project))

    steps = (("complete", None), ("failed", "PAY"), ("complete", None), ("failed", "PAY"), ("failed", None))
    assert [prove(*step) for step in steps] == [{SHARED}] * 4 + [set()]


def test_what_a_page_changes_is_noted_at_once_and_what_is_shared_last(
    store: Store, put: Any, item: Make, monkeypatch: pytest.MonkeyPatch, noon: Any
) -> None:
    noted: list[set[str]] = []
    monkeypatch.setattr("pmbridge.store.noting.touch", lambda conn, source, projects: noted.append(set(projects)))
    gone = item(1)
    with store.write() as conn:
        put(items=[gone])(conn)
        bury(conn, [Tombstone("jira", gone.id, "PAY", gone.key, "moved", noon)])
    with store.write() as conn:
        put(items=[gone, item(2)], people=[Person(source="jira", id="u9", name="Zed")])(conn)
    assert noted == [{"SHOP"}, {"PAY", "SHOP", SHARED}]


def test_counts_hold_until_something_changes_and_a_check_finds_wrong_ones(
    store: Store, put: Any, item: Make, change: Make
) -> None:
    with store.write() as conn:
        put(items=[item(1), item(2)], changes=[change(1), change(2)])(conn)
        found = count(conn, "jira", "SHOP")
        assert (found.items, found.changes, found.gone) == (2, 2, 0)
        assert kept_counts(conn, "jira", "SHOP") is None
        keep_counts(conn, [found])
        assert kept_counts(conn, "jira", "SHOP") == found
        assert check(conn).findings == ()
    with store.write() as conn:
        put(items=[item(1)], changes=[change(1), change(1, "2")])(conn)
        assert kept_counts(conn, "jira", "SHOP") is None
        keep_counts(conn, [found])
        assert kept_counts(conn, "jira", "SHOP") is None
        keep_counts(conn, [count(conn, "jira", "SHOP")])
        conn.execute(update(schema.revisions).values(changes=99))
        (finding,) = check(conn).findings
    assert (finding.table, finding.places) == ("revisions", ("jira/SHOP",))


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    number, place = st.integers(1, 4), st.sampled_from(["SHOP", "PAY"])
    step = st.one_of(
        st.tuples(st.just("item"), number, place, st.sampled_from("ab"), st.integers(0, 2), st.booleans()),
        st.tuples(st.just("link"), number, number),
        st.tuples(st.just("log"), number, st.integers(1, 2)),
        st.tuples(st.just("unlog"), number),
        st.tuples(st.just("bury"), number, place),
        st.tuples(st.just("person"), st.sampled_from("ab")),
        st.tuples(st.just("milestone"), place, st.sampled_from(["1.0", "1.1"])),
    )
    return draw(st.lists(step, min_size=2, max_size=10))


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps())
def test_no_history_differs_while_its_revisions_are_the_same(
    steps: list[tuple[Any, ...]],
    tmp_path_factory: pytest.TempPathFactory,
    page: Make,
    item: Make,
    change: Make,
    milestone: Make,
    reference: Make,
    noon: Any,
) -> None:
    make = SimpleNamespace(page=page, item=item, change=change, milestone=milestone, reference=reference, noon=noon)
    file: Path = tmp_path_factory.mktemp("steps") / "s.db"
    with open_store(f"sqlite:///{file}") as store:
        known = {project: (_revisions(store, project), _history(store, project)) for project in BOTH["jira"]}
        for step in steps:
            with store.write() as conn:
                _do(conn, step, make)
            for project, (before, stood) in known.items():
                known[project] = _revisions(store, project), _history(store, project)
                assert known[project][1] == stood or known[project][0] != before, step
            with store.write() as conn:
                keep_counts(conn, [count(conn, "jira", project) for project in BOTH["jira"]])
                assert check(conn).findings == ()


def _do(conn: Any, step: tuple[Any, ...], make: Any) -> None:
    kind, *told = step
    parts: dict[str, Any] = {}
    if kind == "item":
        number, project, title, edits, late = told
        changes = [make.change(number, str(n), n, field=FieldName.TITLE) for n in range(edits)]
        made = make.item(
            number,
            project=project,
            key=f"{project}-{number}",
            title=title,
            updated_at=make.noon + timedelta(hours=late),
            milestones=("version:77",) if late else (),
        )
        parts = {"items": [made], "changes": changes}
    elif kind == "link":
        parts = {"links": [a_link(*(str(10000 + number) for number in told))]}
    elif kind == "person":
        parts = {"people": [Person(source="jira", id="u1", name=told[0])]}
    elif kind == "milestone":
        one = make.milestone(project=told[0], title=told[1])
        write_reference(conn, "jira", make.reference(milestones=[one]), seen_at=make.noon)
    elif kind in ("log", "unlog", "bury") and _stands(conn, told[0]):
        id_ = str(10000 + told[0])
        if kind == "log":
            parts = {"worklogs": [a_log(id_, make.noon, told[1])]}
        elif kind == "unlog":
            parts = {"gone_worklogs": [f"w{id_}"]}
        else:
            bury(conn, [Tombstone("jira", id_, _stands(conn, told[0]), "X", "deleted", make.noon)])
    if parts:
        write_page(conn, "jira", make.page(**parts), seen_at=make.noon)


def _stands(conn: Any, number: int) -> Any:
    table = schema.items.c
    return conn.execute(
        schema.items.select().with_only_columns(table.project).where(table.id == str(10000 + number))
    ).scalar()


def _revisions(store: Store, project: str) -> Any:
    with store.read() as conn:
        return revisions_of(conn, {"jira": [project]})


def _history(store: Store, project: str) -> Any:
    with store.read() as conn:
        return read_history(conn, {"jira": [project]})
