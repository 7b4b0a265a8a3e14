from __future__ import annotations

import pytest

from pmbridge.model import Item
from pmbridge_jira.hearing import comments


class Answers:
    """A client that knows the comments of one issue."""

    def __init__(self, *rows):
        self.rows_ = rows

    def rows(self, path, **_more):
        assert path == "issue/900/comment"
        return iter(self.rows_)


@pytest.fixture
def issue():
    return Item.model_validate(
        {
            "source": "jira", "id": "900", "key": "HELP-1", "project": "HELP", "url": "https://jira.example/browse/HELP-1",
            "title": "t", "type": "Task", "status": "1", "status_name": "Open", "category": "todo",
            "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
        }
    )  # fmt: skip


def row(number, **more):
    at = "2026-11-20T10:00:00.000+0000"
    author = {"accountId": "a1", "accountType": "atlassian", "displayName": "Boss"}
    return {"id": number, "body": "Hello", "author": author, "created": at, "updated": at} | more


@pytest.mark.parametrize(
    ("more", "internal"),
    [
        ({}, False),
        ({"jsdPublic": True}, False),
        ({"jsdPublic": False}, True),
        ({"visibility": {"type": "role", "value": "Administrators"}}, True),
    ],
)
def test_a_comment_says_whether_customers_see_it(issue, more, internal):
    (one,) = comments(Answers(row(1, **more)), "jira", [issue])
    assert one.internal is internal
    assert (one.author, one.text, one.by_bot) == ("a1", "Hello", False)


def test_our_own_comment_is_told_from_one_that_quotes_it(issue):
    mark = {"key": "pmbridge", "value": {"v": 1, "owner": "acme", "slot": "milestone-health", "fp": "f"}}
    rows = [
        row(1, properties=[mark]),
        row(2, body="pmbridge · milestone-health · updated when something changes: is that so?"),
        row(3, properties=[{"key": "sd.public.comment", "value": {"internal": True}}]),
        row(4, properties=[{"key": "pmbridge", "value": "no mark"}]),
    ]
    found = list(comments(Answers(*rows), "jira", [issue]))
    assert [one.ours for one in found] == [True, False, False, False]
    assert "ours" not in found[0].model_dump()
