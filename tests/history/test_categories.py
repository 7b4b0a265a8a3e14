from __future__ import annotations

import pytest

from pmbridge.history.categories import Categories, StatusRules, normalised
from pmbridge.model import StatusCategory, StatusDefinition

DONE, ACTIVE, TODO = StatusCategory.DONE, StatusCategory.ACTIVE, StatusCategory.TODO
STATUSES = (
    StatusDefinition(source="s", id="1", name="Open", category=TODO),
    StatusDefinition(source="s", id="2", name="Closed", category=DONE),
    StatusDefinition(source="s", id="3", name="In review", category=ACTIVE),
)


def test_the_tracker_s_own_category_is_the_default():
    assert Categories(STATUSES).of("s", "2", "Closed", None, ()) is DONE


def test_a_status_that_is_not_defined_falls_back_and_else_is_unmapped():
    categories = Categories(STATUSES)
    assert categories.of("s", "9", "Gone", None, (), ACTIVE) is ACTIVE
    assert categories.of("s", "9", "Gone", None, ()) is StatusCategory.UNMAPPED


@pytest.mark.parametrize("resolution", ["Won't Do", "won’t do", "WON'T  FIX", "Duplicate", "Cannot Reproduce", "moved"])
def test_done_for_a_reason_that_is_no_work_is_cancelled(resolution: str):
    assert Categories(STATUSES).of("s", "2", "Closed", resolution, ()) is StatusCategory.CANCELLED


def test_a_cancelling_resolution_means_nothing_while_the_item_is_open():
    assert Categories(STATUSES).of("s", "1", "Open", "Duplicate", ()) is TODO


def test_configured_names_overrule_the_tracker_also_after_a_rename():
    categories = Categories(STATUSES, StatusRules.from_words({"waiting": ["in  REVIEW"], "done": ["Shipped"]}))
    assert categories.of("s", "3", "In review", None, ()) is StatusCategory.WAITING
    assert categories.of("s", "3", "Its old name", None, ()) is StatusCategory.WAITING
    assert categories.of("s", "9", "shipped", None, ()) is DONE


def test_a_configured_resolution_cancels():
    categories = Categories(STATUSES, StatusRules.from_words({"cancelled": ["Parked"]}))
    assert categories.of("s", "2", "Closed", "parked", ()) is StatusCategory.CANCELLED
    assert categories.of("s", "1", "Parked", None, ()) is StatusCategory.CANCELLED


def test_labels_refine_open_items_and_never_reopen_closed_ones():
    categories = Categories(
        STATUSES, StatusRules.from_words({"waiting": ["label:workflow::review"], "active": ["label:doing"]})
    )
    assert categories.of("s", "1", "Open", None, {"Workflow::Review"}) is StatusCategory.WAITING
    assert categories.of("s", "2", "Closed", None, {"workflow::review"}) is DONE
    assert categories.of("s", "1", "Open", None, {"doing", "workflow::review"}) is StatusCategory.WAITING
    assert categories.of("s", "1", "Open", None, {"other"}) is TODO


@pytest.mark.parametrize(
    ("label", "cancelled"),
    [("resolution::duplicate", True), ("Resolution::Wont Do", True), ("resolution::done", False), ("duplicate", False)],
)
def test_a_scoped_resolution_label_of_a_closed_item_counts_as_its_resolution(label: str, cancelled: bool):
    expected = StatusCategory.CANCELLED if cancelled else DONE
    assert Categories(STATUSES).of("s", "2", "Closed", None, {label}) is expected
    assert Categories(STATUSES).of("s", "1", "Open", None, {label}) is TODO


def test_a_cancelling_label_cancels_whatever_the_status():
    categories = Categories(STATUSES, StatusRules.from_words({"cancelled": ["label:wontfix"]}))
    assert categories.of("s", "1", "Open", None, {"wontfix"}) is StatusCategory.CANCELLED
    assert categories.of("s", "2", "Closed", None, {"wontfix"}) is StatusCategory.CANCELLED


def test_words_differ_by_more_than_case_blanks_and_apostrophes():
    assert normalised(" Won’t   Do ") == normalised("won't do") != normalised("will do")
