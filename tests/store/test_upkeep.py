from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from pmbridge.errors import SchemaMismatch, StoreError
from pmbridge.model import FieldName, Person
from pmbridge.store import Store, open_store, read_history, schema
from pmbridge.store.assessments import StoredAssessment, last_published, save_assessment
from pmbridge.store.certificates import last_certificate, write_certificate
from pmbridge.store.check import check
from pmbridge.store.digests import digests
from pmbridge.store.erasure import erase_person
from pmbridge.store.ingest import write_page, write_source
from pmbridge.store.ledger import Receipt, append_receipts
from pmbridge.store.retention import forget, prune, stale_places
from pmbridge.store.runs import begin_run, end_run, last_runs
from pmbridge.store.temporal import rebuild
from pmbridge.store.transfer import copy_store
from pmbridge.store.upkeep import backup, status, vacuum
from pmbridge.store.watermarks import Watermark, write_watermark

Make = Callable[..., Any]
OLD = Path(__file__).parent / "data" / "0001.sql"


@pytest.fixture
def filled(store: Store, page: Make, item: Make, change: Make, noon: Any) -> Store:
    jane = Person(source="jira", id="u1", name="Jane Doe", username="jane", email="jane@acme.example")
    items = [item(n, author="u1", assignees=("u1",), description="Ask Jane Doe, please.") for n in range(1, 8)]
    changes = [change(n, str(n), author="u1", field=FieldName.ASSIGNEES, before=None, after="u1") for n in range(1, 8)]
    raw = {one.id: {"id": one.id, "reporter": "Jane Doe"} for one in items}
    with store.write() as conn:
        write_source(conn, "jira", "jira", "https://tracker.example")
        write_page(conn, "jira", page(items=items, changes=changes, people=[jane], raw=raw), seen_at=noon)
        write_watermark(conn, Watermark("jira", "SHOP", noon))
        write_certificate(conn, "jira", "complete", noon, noon, json.dumps({"status": "complete"}))
        place = {"source": "jira", "target": "jira:item:1", "project": "SHOP", "key": "SHOP-1"}
        append_receipts(conn, [Receipt(run_id="r", at=noon, surface="comment", slot="s", action="CREATE", **place)])
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create())
    else:
        url = f"sqlite:///{tmp_path / 'other.db'}"
    with open_store(url) as opened:
        yield opened


def test_a_moved_store_holds_the_same_and_goes_on_counting(filled: Store, other: Store, noon: Any) -> None:
    agreed = copy_store(filled, other)
    with filled.read() as conn:
        assert agreed == digests(conn)
        history = read_history(conn, {"jira": ["SHOP"]})
    with other.read() as conn:
        assert read_history(conn, {"jira": ["SHOP"]}) == history
    with other.write() as conn:
        write_certificate(conn, "jira", "partial", noon, noon, json.dumps({"status": "partial"}))
        assert last_certificate(conn, "jira") == {"status": "partial"}


def test_a_store_is_moved_into_an_empty_one_only(filled: Store, other: Store) -> None:
    copy_store(filled, other)
    with pytest.raises(StoreError, match="already holds"):
        copy_store(filled, other)


def test_equal_contents_have_equal_digests_and_any_other_value_another(filled: Store) -> None:
    with filled.write() as conn:
        before = digests(conn)
        assert digests(conn) == before
        conn.execute(update(schema.people).values(name="Jane Roe"))
        changed = [a.table for a, b in zip(before, digests(conn), strict=True) if a != b]
    assert changed == ["people"]


def test_a_backup_is_a_store_by_itself(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    backup(filled, file)
    with filled.read() as conn, open_store(f"sqlite:///{file}") as copy, copy.read() as copied:
        assert digests(copied) == digests(conn)
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []
    with pytest.raises(StoreError, match="exists already"):
        backup(filled, file)
    with pytest.raises(StoreError, match="does not exist"):
        backup(filled, tmp_path / "nowhere" / "b.db")


def test_the_status_counts_what_is_held(filled: Store) -> None:
    found = status(filled)
    assert found.rows["items"] == found.rows["changes"] == 7
    assert found.revision == schema.REVISION
    assert found.size > 0
    assert found.engine.startswith(("SQLite 3", "PostgreSQL 1"))


def test_a_vacuum_gives_space_back(filled: Store) -> None:
    before, after = vacuum(filled)
    assert after > 0
    assert before > 0
    with filled.read() as conn:
        assert check(conn).findings == ()


def test_a_whole_store_has_no_finding(filled: Store) -> None:
    with filled.read() as conn:
        assert check(conn).findings == ()


@pytest.mark.parametrize(
    ("damage", "table"),
    [
        ("UPDATE items SET key = 'SHOP-99' WHERE id = '10001'", "items"),
        ("UPDATE items SET body = '{' WHERE id = '10001'", "items"),
        ("UPDATE intervals SET since = since + 1 WHERE item = '10001'", "intervals"),
        ("DELETE FROM memberships; DELETE FROM intervals WHERE item = '10002'", "intervals"),
        ("UPDATE watermarks SET cursor = 'x', started_at = NULL", "watermarks"),
        ("UPDATE items SET seen_at = seen_at + 1", "items"),
    ],
)
def test_damage_is_found_where_it_is(filled: Store, damage: str, table: str) -> None:
    with filled.write() as conn:
        for one in damage.split(";"):
            conn.execute(text(one))
    with filled.read() as conn:
        assert table in {finding.table for finding in check(conn).findings}


def test_a_payload_that_cannot_be_unpacked_is_found(filled: Store) -> None:
    with filled.write() as conn:
        conn.execute(update(schema.raw_payloads).values(body=b"nonsense"))
        (finding,) = check(conn).findings
    assert (finding.table, finding.count) == ("raw_payloads", 7)
    assert len(finding.places) == 5


@pytest.fixture
def old(tmp_path: Path) -> str:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as conn:
        conn.executescript(OLD.read_text(encoding="utf-8"))
    conn.close()
    return f"sqlite:///{path}"


def test_a_store_of_the_first_release_is_migrated_with_everything_in_it(old: str) -> None:
    with pytest.raises(SchemaMismatch, match="pmbridge store migrate"):
        open_store(old, migrate=False)
    with open_store(old) as store:
        with store.write() as conn:
            history = read_history(conn, {"jira": ["SHOP"]})
            assert rebuild(conn, "jira") == 3
        with store.read() as conn:
            assert check(conn).findings == ()
            assert last_certificate(conn, "jira") == {"status": "complete", "projects": ["SHOP"]}
    assert [item.key for item in history.items] == ["SHOP-1", "SHOP-2", "SHOP-3"]
    assert len(history.changes) == 6


def test_an_old_store_can_be_moved_to_a_server(old: str, postgres_url: str) -> None:
    with open_store(old) as source, open_store(postgres_url) as target:
        assert {d.table: d.rows for d in copy_store(source, target)}["changes"] == 6


def test_pruning_keeps_the_last_and_what_was_shown(store: Store, noon: Any) -> None:
    long_ago = noon - timedelta(days=500)
    with store.write() as conn:
        for days, shown in ((0, False), (1, True), (2, False), (499, False)):
            made = StoredAssessment("shop", long_ago + timedelta(days=days), str(days), "{}", shown)
            save_assessment(conn, made)
        for project in (None, "SHOP"):
            for _ in range(2):
                body = json.dumps({"status": "complete", "started_at": "2025", "finished_at": "2025"})
                write_certificate(conn, "jira", "complete", long_ago, long_ago, body, project)
        begin_run(conn, "r1", "run", "all", long_ago)
        end_run(conn, "r1", long_ago, "done", {"requests": 3})
        begin_run(conn, "r2", "run", "all", noon)
        gone = prune(conn, now=noon, results=timedelta(days=400), runs=timedelta(days=90))
        assert gone == {"assessments": 2, "certificates": 2, "runs": 1}
        assert last_published(conn, "shop", before=noon) is not None
        assert last_certificate(conn, "jira") is not None
        (run,) = last_runs(conn, limit=9)
    assert (run.id, run.seconds, run.outcome) == ("r2", None, None)


def test_projects_that_left_the_configuration_are_forgotten_whole(filled: Store, page: Make, item: Make) -> None:
    with filled.write() as conn:
        assert stale_places(conn, {"jira": ["SHOP"]}) == []
        assert stale_places(conn, {"jira": []}) == []
        assert stale_places(conn, {"jira": ["PAY"]}) == [("jira", "SHOP")]
        assert forget(conn, stale_places(conn, {})) == 7
    with filled.read() as conn:
        counts = {d.table: d.rows for d in digests(conn)}
    assert [counts[name] for name in ("items", "changes", "intervals", "raw_payloads", "watermarks")] == [0] * 5
    assert counts["receipts"] == 1


@pytest.mark.parametrize("called", ["u1", "jane", "jane@acme.example", "Jane Doe"])
def test_an_erased_person_is_nowhere_and_the_history_keeps_its_shape(filled: Store, called: str) -> None:
    with filled.write() as conn:
        before = read_history(conn, {"jira": ["SHOP"]})
        erased = erase_person(conn, "jira", called, salt="pepper")
        after = read_history(conn, {"jira": ["SHOP"]})
        everything = repr([list(conn.execute(t.select())) for t in schema.metadata.sorted_tables])
        assert check(conn).findings == ()
    assert erased is not None
    for word in ("Jane", "jane", "'u1'", '"u1"'):
        assert word not in everything
    assert len(after.changes) == len(before.changes)
    assert {c.author for c in after.changes} == {erased.pseudonym}
    assert after.items[0].description == f"Ask {erased.pseudonym}, please."


def test_a_person_nobody_knows_is_not_erased(filled: Store) -> None:
    with filled.write() as conn:
        assert erase_person(conn, "jira", "john", salt="pepper") is None
