from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.errors import ConfigError
from pmbridge.evidence.mapping import Names, covered, patterns
from pmbridge.model import Item, Origin, StatusCategory, TestCase

WHEN = datetime(2026, 11, 1, tzinfo=UTC)


def item(id_, key, source="jira", **more):
    return Item(
        source=source, id=id_, key=key, project="p", url="u", title="t", type="Story", status="1", status_name="x",
        category=StatusCategory.TODO, created_at=WHEN, updated_at=WHEN, **more,
    )  # fmt: skip


ITEMS = [
    item("1", "SHOP-1"),
    item("12", "SHOP-12", labels=("req-7",)),
    item("900", "acme/web#45", "lab", labels=("Req-7",)),
]
NAMES = Names.of(ITEMS, {(one.source, one.id): one.key for one in ITEMS})


def names(title, *, covers=(), source="ci", project="acme/web"):
    test = TestCase(source=source, id="t", key="t", title=title, origin=Origin.JUNIT, project=project, covers=covers)
    return covered(test, NAMES, patterns())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("SHOP-12 pays", ("SHOP-12",)),
        ("test[SHOP-1, SHOP-12]", ("SHOP-1", "SHOP-12")),
        ("SHOP-1 and SHOP-1 again", ("SHOP-1",)),
        ("SHOP-123 pays", ()),
        ("WORKSHOP-1 pays", ()),
        ("closes #45", ("acme/web#45",)),
        ("#450 and &#45;", ()),
        ("@req-7 pays", ("SHOP-12", "acme/web#45")),
        ("mail@req-7.example", ()),
        ("@SHOP-1", ("SHOP-1",)),
        ("nothing", ()),
    ],
)
def test_requirements_are_found_in_names(title, expected):
    assert names(title) == expected


def test_what_the_source_says_goes_before_what_names_say():
    assert names("SHOP-1", covers=("12",), source="jira") == ("SHOP-12", "SHOP-1")


def test_an_id_means_something_in_its_own_source_only():
    assert names("x", covers=("12",), source="lab") == ()


def test_a_number_means_an_item_of_the_tests_own_project():
    assert names("closes #45", project="acme/api") == ()
    assert names("closes #45", project=None) == ()


@pytest.mark.parametrize("word", ["(", "SHOP-1", "(a)(b)"])
def test_a_pattern_that_cannot_be_used_is_refused(word):
    with pytest.raises(ConfigError, match=r"acceptance\.patterns"):
        patterns([word])
