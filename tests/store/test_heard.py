"""Which items had their comments read, and what a copy or an erasure leaves of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from pmbridge.model import Comment, Item
from pmbridge.store import open_store, schema
from pmbridge.store.anonymous import Pseudonyms, copy_anonymous
from pmbridge.store.comments import read_comments, read_heard, write_comments, write_heard
from pmbridge.store.erasure import erase_person

T = datetime(2026, 9, 1, 8, tzinfo=UTC)


def item(number: int, touched: float) -> Item:
    fields: dict[str, Any] = {"source": "jira", "project": "SHOP", "url": "https://x", "title": "t", "type": "Bug"}
    fields |= {"status": "1", "status_name": "Open", "category": "todo", "created_at": T}
    return Item(**fields, id=str(number), key=f"SHOP-{number}", updated_at=T + timedelta(days=touched))


def comment(number: int, text: str = "Ada Lovelace called") -> Comment:
    return Comment(source="jira", id=str(number), item="1", author="u-ada", at=T, text=text, url="https://x/SHOP-1")


@pytest.fixture
def store(store_url):
    with open_store(store_url) as opened:
        yield opened


def test_an_item_is_heard_as_of_its_last_touch(store):
    with store.write() as conn:
        write_heard(conn, "jira", [item(1, 1), item(2, 2)])
        write_heard(conn, "jira", [item(1, 5)])
    with store.read() as conn:
        assert read_heard(conn, "jira") == {"1": T + timedelta(days=5), "2": T + timedelta(days=2)}
        assert read_heard(conn, "gitlab") == {}


def test_what_stands_under_an_item_now_takes_the_place_of_what_stood_there(store):
    with store.write() as conn:
        write_comments(conn, "jira", ["1"], [comment(1), comment(2)])
        write_comments(conn, "jira", ["1"], [comment(2)])
    with store.read() as conn:
        assert [one.id for one in read_comments(conn, ["jira"])] == ["2"]


def test_an_anonymous_copy_knows_when_somebody_answered_and_not_who_or_what(store, tmp_path):
    with store.write() as conn:
        write_comments(conn, "jira", ["1"], [comment(1)])
    with open_store(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        copy_anonymous(store, copy, Pseudonyms())
        with copy.read() as conn:
            (kept,) = read_comments(conn, ["jira"])
    assert (kept.at, kept.text) == (T, "")
    assert kept.author not in (None, "u-ada")
    assert "SHOP" not in kept.url


def test_an_erased_person_is_in_no_comment(store):
    person = {"source": "jira", "id": "u-ada", "name": "Ada Lovelace", "username": None, "email": None, "bot": 0}
    with store.write() as conn:
        conn.execute(insert(schema.people).values(**person))
        write_comments(conn, "jira", ["1"], [comment(1)])
        assert erase_person(conn, "jira", "u-ada", salt="s") is not None
        (body,) = conn.execute(select(schema.comments.c.body)).scalars()
    said = json.loads(body)
    assert "Ada" not in body
    assert said["author"].startswith("erased-")
