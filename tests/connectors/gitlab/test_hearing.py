from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pmbridge.model import Item
from pmbridge_gitlab.marker import signed

NOTES = "/projects/acme%2Fshop-web/issues/12/notes"


@pytest.fixture
def issue() -> Item:
    return Item.model_validate(
        {
            "source": "gitlab-main", "id": "900", "key": "acme/shop-web#12", "project": "acme/shop-web",
            "url": "https://gitlab.example.com/acme/shop-web/-/issues/12", "title": "t", "type": "issue",
            "status": "opened", "status_name": "Open", "category": "todo",
            "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
        }
    )  # fmt: skip


def note(number: int, body: str = "pmbridge: sign-off runbook", **more: Any) -> dict[str, Any]:
    at = f"2026-11-20T10:0{number}:00.000Z"
    author = {"id": 7, "username": "boss", "name": "Boss"}
    return {"id": number, "body": body, "author": author, "created_at": at, "updated_at": at, "system": False} | more


def heard(connector, server, api, issue, rows, status=200):
    server.get(f"{api}{NOTES}", json=rows, status=status)
    return list(connector.fetch_comments([issue]))


def test_notes_come_with_author_instant_and_address(connector, server, api, issue):
    (one,) = heard(connector, server, api, issue, [note(3)])
    assert (one.item, one.author, one.text) == ("900", "7", "pmbridge: sign-off runbook")
    assert one.at.isoformat() == "2026-11-20T10:03:00+00:00"
    assert one.url == f"{issue.url}#note_3"
    assert (one.edited, one.by_bot) == (False, False)


def test_what_gitlab_itself_notes_is_no_comment(connector, server, api, issue):
    found = heard(connector, server, api, issue, [note(1, "changed milestone to %2.1", system=True), note(2)])
    assert [one.id for one in found] == ["2"]


def test_an_edited_note_says_so_since_it_decides_nothing(connector, server, api, issue):
    (one,) = heard(connector, server, api, issue, [note(1, updated_at="2026-11-20T11:00:00.000Z")])
    assert one.edited


def test_a_note_of_a_program_says_so(connector, server, api, issue):
    bot = {"id": 8, "username": "project_5_bot", "name": "ci", "bot": True}
    (one,) = heard(connector, server, api, issue, [note(1, author=bot)])
    assert one.by_bot


@pytest.mark.parametrize("status", [403, 404])
def test_notes_that_may_not_be_read_are_none_and_no_failure(connector, server, api, issue, status):
    assert heard(connector, server, api, issue, {"message": "no"}, status) == []


def test_null_where_a_text_or_author_should_be_is_read(connector, server, api, issue):
    (one,) = heard(connector, server, api, issue, [note(1, None, author=None)])
    assert (one.text, one.author) == ("", None)


@pytest.mark.parametrize("more", [{"internal": True}, {"confidential": True}])
def test_a_note_that_reporters_cannot_see_says_so(connector, server, api, issue, more):
    (hidden, shown) = heard(connector, server, api, issue, [note(1, **more), note(2)])
    assert (hidden.internal, shown.internal) == (True, False)


def test_our_own_note_is_told_from_one_that_quotes_it(connector, server, api, issue):
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    ours = signed("RED 2.2\n\npmbridge · milestone-health", owner="a", slot="s", fingerprint="f", watermark=at)
    me = server.get(f"{api}/user", json={"id": 99, "username": "pmbridge"})
    rows = [
        note(1, ours, author={"id": 99}),
        note(2, f"{ours}\nseen", author={"id": 99}),
        note(3, f"> {ours.replace(chr(10), chr(10) + '> ')}\n\nWe are on it."),
        note(4, f"We are on it.\n\n{ours}"),
        note(5, "pmbridge · says red, and it is"),
    ]
    assert [one.ours for one in heard(connector, server, api, issue, rows)] == [True, True, False, False, False]
    assert me.call_count == 1


def test_who_we_are_is_not_asked_where_nothing_bears_our_mark(connector, server, api, issue):
    me = server.get(f"{api}/user", json={"id": 99, "username": "pmbridge"})
    assert not any(one.ours for one in heard(connector, server, api, issue, [note(1), note(2, "pmbridge · quoted")]))
    assert me.call_count == 0
