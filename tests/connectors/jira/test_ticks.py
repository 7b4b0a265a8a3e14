from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from pmbridge.model import Item, StatusCategory, text_id
from pmbridge_jira.ticks import ticks

CREATED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def item() -> Item:
    return Item(
        source="j", id="7", key="S-7", project="S", url="u", title="t", type="Story", status="1", status_name="x",
        category=StatusCategory.TODO, created_at=CREATED, updated_at=CREATED, author="ann",
    )  # fmt: skip


def issue(*texts: str | None):
    """Tell an issue whose description went through these texts, a day each, by ``bob``."""
    histories = [
        {
            "id": str(day),
            "created": f"2026-11-{day + 1:02}T08:00:00.000+0000",
            "author": {"accountId": "bob"},
            "items": [{"field": "description", "fieldId": "description", "fromString": old, "toString": new}],
        }
        for day, (old, new) in enumerate(pairwise(texts), 1)
    ]
    return {"id": "7", "key": "S-7", "changelog": {"histories": histories}}


def told(*texts: str | None):
    _, runs = ticks(issue(*texts), item())
    return [(run.test, run.at.day, run.status.value, run.executor) for run in runs]


PAYS = text_id("7", "pays")


def test_a_tick_has_the_author_and_time_of_its_edit():
    assert told("* [ ] pays", "* [x] pays") == [(PAYS, 2, "pass", "bob")]


def test_a_box_that_was_ticked_from_the_beginning_was_so_by_the_author():
    assert told("[x] pays", "[x] pays\n[ ] refunds") == [(PAYS, 1, "pass", "ann")]


def test_a_tick_that_is_taken_back_proves_nothing_any_more():
    assert told("[ ] pays", "[x] pays", "[ ] pays") == [(PAYS, 2, "pass", "bob"), (PAYS, 3, "skipped", "bob")]


def test_a_box_that_is_reworded_after_its_tick_is_not_proven():
    other = text_id("7", "pays twice")
    assert told("[ ] pays", "[x] pays", "[x] pays twice") == [(PAYS, 2, "pass", "bob"), (other, 3, "skipped", "bob")]


def test_every_box_there_ever_was_is_known_with_its_span():
    tests, _ = ticks(issue("[ ] pays", "[x] pays", "[ ] refunds"), item())
    assert [(t.title, t.created_at.day, t.retired_at and t.retired_at.day, t.covers) for t in tests] == [
        ("pays", 1, 3, ("7",)),
        ("refunds", 3, None, ("7",)),
    ]


@pytest.mark.parametrize("texts", [(), ("a", "b"), (None, "no boxes")])
def test_without_boxes_there_is_nothing_to_tell(texts):
    assert ticks(issue(*texts), item()) == ((), ())
