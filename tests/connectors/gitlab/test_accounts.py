"""Accounts that are nobody: bots, the ghost, placeholders of imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pmbridge.model import FORMER_USER
from pmbridge_gitlab import normalize
from pmbridge_gitlab.accounts import is_bot, is_former

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "username",
    [
        "project_31_bot",
        "project_31_bot2",
        "group_7_bot_a1b2c3",
        "service_account_group_345_ab12",
        "service_account_6018816a",
        "GitLab-Security-Bot",
        "alert-bot",
        "support-bot",
    ],
)
def test_programs_are_bots_by_the_names_gitlab_gives_them(username: str) -> None:
    assert is_bot({"id": 1, "username": username})


def test_gitlab_s_own_word_counts_and_a_person_named_like_a_bot_is_none() -> None:
    assert is_bot({"id": 1, "username": "ada", "bot": True})
    names = ("ada", "project_manager_bottom", "robot", "group_bot", "myproject_31_bot", "support-bot-fan")
    assert [name for name in names if is_bot({"id": 1, "username": name, "bot": False})] == []


@pytest.mark.parametrize(
    ("username", "name"),
    [("ghost", "Ghost User"), ("ghost1", "Ghost User"), ("ada_placeholder_user_12", "Placeholder Ada")],
)
def test_the_ghost_and_placeholders_are_former_users_and_nothing_else(
    make_user: Make, username: str, name: str
) -> None:
    found = normalize.person(make_user(3, username=username, name=name, public_email="a@acme.example"), "gl")
    assert (found.former, found.name, found.username, found.email) == (True, FORMER_USER, None, None)


def test_somebody_who_took_the_ghost_s_name_is_still_somebody() -> None:
    assert not is_former({"id": 1, "username": "ghost7", "name": "Gerd Host"})
    assert not is_former({"id": 1, "username": "gerd", "name": "Ghost User"})
    assert not is_former({"id": 1})
