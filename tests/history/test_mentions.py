"""Keys of other trackers in titles and branches."""

from __future__ import annotations

from typing import Any

import pytest

from pmbridge.history.mentions import Keys, without_code
from pmbridge.history.records import records

FIRST, TWELFTH, ISSUE = ("jira", "SHOP-1"), ("jira", "SHOP-12"), ("gitlab", "acme/web#7")


@pytest.fixture
def keys(story: Any) -> Keys:
    tale = story()
    for key in ("SHOP-1", "SHOP-12"):
        tale.item(key, "2025-01-02")
    tale.item("acme/web#7", "2025-01-02", "gitlab")
    return Keys(records(tale.history()))


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("SHOP-12: pay by card", [TWELFTH]),
        ("[SHOP-12] pay by card (see SHOP-1)", [TWELFTH, FIRST]),
        ("pay, as in SHOP-12.", [TWELFTH]),
        ("SHOP-12, SHOP-12 and SHOP-12", [TWELFTH]),
        ("SHOP-123 and XSHOP-12 and SHOP-12a and RE-SHOP-12 and SHOP-12.4", []),
        ("PAY-1 is nobody's, and SHOP-99 is not held", []),
        ("run `SHOP-12` and ``SHOP-1 ` x``", []),
        ("https://jira.example/browse/SHOP-12", []),
        ("shop-12 in lower case is a word of its own", []),
        ("", []),
    ],
)
def test_a_title_names_what_it_names_as_a_whole_word_outside_of_code(keys: Keys, title: str, named: list[Any]) -> None:
    assert list(keys.in_text(title, "gitlab")) == named


def test_code_fences_hide_what_is_in_them_also_where_they_never_end() -> None:
    text = "a SHOP-1\n```sh\ngrep SHOP-12\n```\nb\n~~~\nSHOP-12\n~~~ \nc\n```\nSHOP-12"
    assert without_code(text).split() == ["a", "SHOP-1", "b", "c"]
    assert without_code("no code") == "no code"


@pytest.mark.parametrize(
    ("branch", "named"),
    [
        ("SHOP-12-pay-by-card", [TWELFTH]),
        ("feature/shop-12_pay", [TWELFTH]),
        ("fix-SHOP-1", [FIRST]),
        ("7-pay-by-card", []),
        ("SHOP-123", []),
        ("workshop-12", []),
    ],
)
def test_a_branch_names_keys_in_any_case(keys: Keys, branch: str, named: list[Any]) -> None:
    assert list(keys.in_branch(branch, "gitlab")) == named


def test_a_tracker_s_own_keys_are_its_own_matter(keys: Keys) -> None:
    assert list(keys.in_text("SHOP-1 and acme/web#7", "jira")) == [ISSUE]
    assert list(keys.in_text("SHOP-1 and acme/web#7", "gitlab")) == [FIRST]


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("SHOP-12: Pay", "Pay"),
        ("[SHOP-12] Pay", "Pay"),
        ("(SHOP-12) – Pay", "Pay"),
        ("SHOP-12 Pay", "Pay"),
        ("SHOP-12", ""),
        ("SHOP-12-fix Pay", None),
        ("Pay SHOP-12", None),
    ],
)
def test_a_title_that_begins_with_a_key_says_so(keys: Keys, title: str, rest: str | None) -> None:
    assert keys.leading(title, "gitlab") == (None if rest is None else (TWELFTH, rest))


def test_a_key_that_two_trackers_have_names_nothing_to_a_third(story: Any) -> None:
    tale = story()
    for source in ("jira", "jira2"):
        tale.item("SHOP-1", "2025-01-02", source)
    tale.item("acme/web#7", "2025-01-02", "gitlab")
    keys = Keys(records(tale.history()))
    assert keys.of("SHOP-1", "gitlab") is None
    assert keys.of("SHOP-1", "jira") == ("jira2", "SHOP-1")


def test_one_tracker_alone_has_nobody_to_name_and_none_at_all_is_no_error(story: Any) -> None:
    tale = story()
    tale.item("SHOP-1", "2025-01-02")
    alone = Keys(records(tale.history()))
    assert list(alone.in_text("SHOP-1", "jira")) == []
    assert alone.leading("SHOP-1 x", "jira") is None
    assert list(Keys([]).in_branch("SHOP-1", "jira")) == []
