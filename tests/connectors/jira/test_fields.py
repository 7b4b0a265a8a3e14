from __future__ import annotations

from pmbridge_jira.fields import MAX_HISTORY_FIELDS, FieldMap, discover
from pmbridge_jira.settings import FieldSettings

GREENHOPPER = "com.pyxis.greenhopper.jira:"
FIELDS = [
    {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
    {"id": "cf1", "name": "Story Points", "schema": {"type": "number", "custom": "x:float"}},
    {"id": "cf2", "name": "Estimate", "schema": {"type": "number", "custom": GREENHOPPER + "jsw-story-points"}},
    {"id": "cf3", "name": "Iteration", "schema": {"type": "array", "custom": GREENHOPPER + "gh-sprint"}},
    {"id": "cf4", "name": "Gekennzeichnet", "untranslatedName": "Flagged", "schema": {"type": "array"}},
    {"id": "cf5", "name": "Story points", "schema": {"type": "string"}},
    {"id": "thumbnail", "name": "Images"},
]


def test_fields_are_found_by_the_key_of_their_type_and_then_by_name():
    found = discover(FIELDS, FieldSettings())
    assert found.story_points == ("cf2", "cf1")
    assert found.sprint == ("cf3",)
    assert found.flagged == ("cf4",)
    assert found.missing == ()


def test_a_configured_field_wins_and_an_unknown_one_is_reported():
    found = discover(FIELDS, FieldSettings(story_points="cf1", severity="cf99"))
    assert found.story_points == ("cf1",)
    assert found.severity == ()
    assert found.missing == ("severity",)


def test_what_costs_a_metric_is_reported_missing_and_extras_are_not():
    assert discover([], FieldSettings()).missing == ("story_points", "sprint", "flagged")


def test_the_history_asks_for_no_more_fields_than_jira_filters_by():
    wide = FieldMap(story_points=("a", "b", "c"), sprint=("d",), flagged=("e",), severity=("f",))
    assert len(wide.history) == MAX_HISTORY_FIELDS == len(set(wide.history))
    assert wide.history[:5] == ["status", "fixVersions", "resolution", "a", "b"]
    assert "labels" in FieldMap(story_points=("a",)).history


def test_a_search_asks_for_ids_and_never_for_everything():
    wanted = FieldMap(story_points=("a",)).wanted
    assert "a" in wanted
    assert not any("*" in name for name in wanted)
    assert "comment" not in wanted
