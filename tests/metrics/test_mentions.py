from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pmbridge.history.categories import Categories
from pmbridge.history.mirrors import canonical_items
from pmbridge.history.phases import Life
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.mentions import unlinked, waiting

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def known(story: Any, *texts: str) -> dict[str, Life]:
    tale = story()
    for n, text in enumerate(texts, 1):
        tale.item(f"SHOP-{n}", BEGIN, description=text)
    tale.item("acme/web#7", BEGIN, source="gitlab")
    history = tale.history()
    walked = lives(canonical_items(records(history), (), ()), Categories(history.statuses))
    return {life.item.key: life for life in walked}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Blocked by acme/web#7.", True),
        ("This depends on the new endpoint in acme/web#7", True),
        ("waiting for acme/web#7 and SHOP-2", True),
        ("Looks like acme/web#7", False),
        ("blocked by acme/web#70", False),
        ("blocked by nothing at all that we know of, see also acme/web#7", False),
        ("", False),
    ],
)
def test_words_of_waiting_before_a_key_call_for_a_link(story: Any, text: str, found: bool) -> None:
    work = known(story, text, "nothing")
    pairs = unlinked(waiting([work["SHOP-1"]]), work, frozenset())
    assert (("SHOP-1", "acme/web#7") in [(a.item.key, b.item.key) for a, b in pairs]) is found


def test_what_is_linked_in_either_direction_needs_no_second_link(story: Any) -> None:
    work = known(story, "blocked by SHOP-2, blocked by SHOP-1", "nothing")
    assert len(unlinked(waiting(work.values()), work, frozenset())) == 1
    assert unlinked(waiting(work.values()), work, {("SHOP-2", "SHOP-1")}) == ()


def test_a_key_that_nobody_holds_is_no_missing_link(story: Any) -> None:
    work = known(story, "blocked by SHOP-99", "nothing")
    assert unlinked(waiting(work.values()), work, frozenset()) == ()
