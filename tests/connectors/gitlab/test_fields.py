from __future__ import annotations

import pytest

from pmbridge_gitlab import fields
from pmbridge_gitlab.settings import LabelScopes

SCOPES = LabelScopes()


def test_a_scope_is_read_whatever_its_case_and_depth() -> None:
    assert fields.in_scope("Priority::High", "priority") == "High"
    assert fields.in_scope("team::priority::1", "team::priority") == "1"
    assert fields.in_scope("team::priority::1", "priority") is None
    assert fields.in_scope("priority", "priority") is None
    assert fields.in_scope("priority::", "priority") is None
    assert fields.in_scope("priority::1", None) is None


def test_of_contradicting_labels_the_highest_counts_in_any_order() -> None:
    for labels in (["priority::1", "priority::2"], ["priority::2", "priority::1"]):
        assert fields.priority({"labels": labels}, SCOPES) == "2"
    assert fields.points({"labels": ["weight::8", "weight::13", "weight::x"]}, SCOPES) == 13.0
    assert fields.priority({"labels": []}, SCOPES) is None


def test_labels_are_read_as_names_and_with_details() -> None:
    assert fields.label_names({"labels": ["a", {"id": 1, "name": "b"}]}) == ("a", "b")
    assert fields.label_names({}) == ()


def test_an_incident_has_its_own_severity_before_that_of_a_label() -> None:
    labels = {"labels": ["severity::2"]}
    assert fields.severity({"severity": "CRITICAL", **labels}, SCOPES) == "CRITICAL"
    assert fields.severity({"severity": "UNKNOWN", **labels}, SCOPES) == "2"
    assert fields.severity({"severity": None}, SCOPES) is None


@pytest.mark.parametrize(
    ("issue", "points"),
    [
        ({"weight": 3}, 3.0),
        ({"weight": 0}, 0.0),
        ({"weight": None, "labels": ["weight::5"]}, None),
        ({"labels": ["weight::5"]}, 5.0),
        ({"labels": ["weight::0.5"]}, 0.5),
        ({"labels": ["weight::XL"]}, None),
        ({"labels": ["weight::nan"]}, None),
        ({}, None),
    ],
)
def test_points_are_the_weight_or_the_number_in_a_label(issue: dict[str, object], points: float | None) -> None:
    assert fields.points(issue, SCOPES) == points


def test_numbers_are_written_as_plain_decimals() -> None:
    assert [fields.decimal(n) for n in (3, 3.0, "0.50", "1e3", 100, "-1", None, "x")] == [
        "3", "3", "0.5", "1000", "100", None, None, None
    ]  # fmt: skip


def test_a_reading_of_labels_can_be_switched_off() -> None:
    off = LabelScopes(priority=None, severity=None, points=None)
    issue = {"labels": ["priority::1", "severity::1", "weight::1"]}
    assert (fields.priority(issue, off), fields.severity(issue, off), fields.points(issue, off)) == (None, None, None)
