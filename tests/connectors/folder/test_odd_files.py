"""What exports hold and no form would accept: read, or named with its file and row, and never the end of a sync."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pmbridge.model import FieldName, History
from pmbridge.store import open_store, read_history
from pmbridge.sync import Certificate, sync_source
from pmbridge_folder import FolderConnector
from pmbridge_folder.connector import FolderSettings

Row = dict[str, Any]
Sync = Callable[..., tuple[Certificate, History]]

ITEM: Row = {
    "id": "1",
    "key": "SHOP-1",
    "project": "SHOP",
    "url": "file:///1",
    "title": "Cart",
    "type": "Story",
    "status": "1",
    "status_name": "Open",
    "category": "todo",
    "created_at": "2026-03-02T08:00:00Z",
    "updated_at": "2026-03-02T08:00:00Z",
}


def change(history: str, before: str, after: str, at: str) -> Row:
    return {"item": "1", "history": history, "position": 0, "at": at, "field": "status"} | {
        "before": before,
        "after": after,
    }


def milestone(number: int, title: str) -> Row:
    return {"id": f"version:{number}", "native_id": str(number), "kind": "version", "project": "SHOP"} | {
        "title": title,
        "state": "open",
    }


@pytest.fixture
def sync(tmp_path: Path, store_url: str) -> Sync:
    """Write files and sync them; returns the proof and what is held then."""

    def run(**files: list[Row]) -> tuple[Certificate, History]:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, rows in files.items():
            (folder / f"{name}.json").write_text(json.dumps(rows))
        connector = FolderConnector("files", FolderSettings(path=folder), owner="acme")
        with open_store(store_url) as store:
            proof = sync_source(connector, store, holder="tests")
            with store.read() as conn:
                return proof, read_history(conn, {"files": ["SHOP"]})

    return run


def test_emoji_pass_and_what_no_store_holds_is_marked(sync: Sync) -> None:
    proof, held = sync(items=[ITEM | {"title": "🚀 Los\x00geht's \ud83d", "labels": ["a, b", "naïve 🚀"]}])
    assert proof.status == "complete"
    assert (held.items[0].title, held.items[0].labels) == ("🚀 Los�geht's �", ("a, b", "naïve 🚀"))


def test_histories_in_any_order_and_of_one_instant_are_told_in_theirs(sync: Sync) -> None:
    noon, later = "2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z"
    rows = [change("h3", "1", "2", later), change("h1", "1", "2", noon), change("h2", "2", "1", noon)]
    proof, held = sync(items=[ITEM | {"status": "2", "updated_at": later}], changes=rows)
    assert proof.status == "complete"
    told = [(c.before, c.after) for c in held.changes if c.field is FieldName.STATUS]
    assert told == [("1", "2"), ("2", "1"), ("1", "2")]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-02T09:00:00+05:30", datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
        ("2199-01-01T00:00:00Z", datetime(2199, 1, 1, tzinfo=UTC)),
    ],
)
def test_instants_of_any_offset_and_in_the_future(sync: Sync, written: str, instant: datetime) -> None:
    proof, held = sync(items=[ITEM | {"updated_at": written}])
    assert (proof.status, held.items[0].updated_at) == ("complete", instant)


def test_numbers_may_be_written_as_texts(sync: Sync) -> None:
    proof, held = sync(items=[ITEM | {"points": "3", "estimate_seconds": "3600"}])
    assert (proof.status, held.items[0].points, held.items[0].estimate_seconds) == ("complete", 3.0, 3600)


def test_two_versions_of_one_name_a_deleted_one_and_an_item_in_three(sync: Sync) -> None:
    named = ("version:1", "version:2", "version:3")
    stones = [milestone(1, "1.0"), milestone(2, "1.0")]
    proof, held = sync(items=[ITEM | {"milestones": named}], milestones=stones)
    assert (proof.status, held.items[0].milestones) == ("complete", named)
    assert [m.title for m in held.milestones] == ["1.0", "1.0"]


def test_a_renamed_project_is_another_and_what_left_the_old_one_is_told(sync: Sync) -> None:
    sync(items=[ITEM])
    proof, held = sync(items=[ITEM | {"project": "STORE", "key": "STORE-1"}])
    assert (proof.status, proof.projects, held.items) == ("complete", ("STORE",), ())


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("category", "limbo", "category"),
        ("created_at", "yesterday", "created_at"),
        ("points", "many", "points"),
        ("Größe", 3, "Größe"),
    ],
)
def test_what_has_no_meaning_is_named_with_its_row(sync: Sync, field: str, value: Any, words: str) -> None:
    proof, held = sync(items=[ITEM, ITEM | {"id": "2", field: value}])
    assert (proof.status, held.items) == ("failed", ())
    assert "row 2 of" in proof.gaps[0].text
    assert words in proof.gaps[0].text


def test_a_thousand_fields_that_nobody_knows_are_named_by_the_first(sync: Sync) -> None:
    proof, _ = sync(items=[ITEM | {f"field {n}": n for n in range(1000)}])
    assert proof.status == "failed"
    assert "field 0" in proof.gaps[0].text
    assert len(proof.gaps[0].text) < 300
