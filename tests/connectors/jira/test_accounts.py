"""Accounts that are nobody: apps, deleted users, anonymous ones."""

from __future__ import annotations

from typing import Any

import pytest

from pmbridge.model import FORMER_USER
from pmbridge_jira import normalize
from pmbridge_jira.accounts import is_bot, is_former


@pytest.mark.parametrize(
    "user",
    [
        {"accountId": "5b1", "displayName": "Former user", "active": False, "emailAddress": ""},
        {"accountId": "5b1", "displayName": "Former user"},
        {"accountId": "unknown", "displayName": "", "active": False},
        {"key": "JIRAUSER80900", "name": "jirauser80900", "displayName": "user-ca31a", "active": False},
    ],
    ids=["deleted", "deleted, in a history", "damaged", "anonymous on Data Center"],
)
def test_a_user_who_is_gone_is_a_former_user_and_nothing_else(user: dict[str, Any]) -> None:
    found = normalize.person(user, "j")
    assert (found.former, found.name, found.username, found.email) == (True, FORMER_USER, None, None)


@pytest.mark.parametrize(
    "user",
    [
        {"accountId": "5b1", "displayName": "Ada", "active": False},
        {"accountId": "5b1", "displayName": "Former user", "active": True, "emailAddress": "f@acme.example"},
        {"key": "JIRAUSER10100", "name": "ada", "displayName": "Ada", "active": True},
        {"key": "JIRAUSER10100", "name": "jirauser10100", "displayName": "Ada", "active": True},
        {"name": "user-ada", "displayName": "user-ada"},
    ],
    ids=["inactive", "a strange name", "Data Center", "a strange user name", "before 8.4"],
)
def test_an_account_that_is_somebody_s_stays_so(user: dict[str, Any]) -> None:
    assert not is_former(user)
    assert normalize.person(user, "j").name == user["displayName"]


def test_apps_are_bots() -> None:
    assert is_bot({"accountId": "1", "accountType": "app"})
    assert is_bot({"key": "addon_x", "name": "addon_com.acme.sync"})
    assert not is_bot({"accountId": "1", "accountType": "customer"})
