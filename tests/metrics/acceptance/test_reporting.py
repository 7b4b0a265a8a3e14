from __future__ import annotations

from pmbridge.metrics.acceptance.reporting import silence
from pmbridge.model import Origin


def look(gate, runs, covers, origin=Origin.JUNIT):
    tests = [gate.test_case(key, origin=origin, suite="acceptance") for key in runs]
    return silence(tests, {("s", key): own for key, own in runs.items()}, {("s", k): v for k, v in covers.items()})


def test_a_test_that_the_last_run_does_not_know_was_not_run(gate):
    runs = {"a": [gate.run("a", days=3)], "b": [gate.run("b", days=3), gate.run("b", days=1)]}
    assert look(gate, runs, {"a": ["R-1"], "b": ["R-2"]}).unreported == {("s", "a")}


def test_a_renamed_test_is_retired_in_favour_of_its_heir(gate):
    runs = {"old": [gate.run("old", days=3)], "new": [gate.run("new", days=1)]}
    found = look(gate, runs, {"old": ["R-1"], "new": ["R-1"]})
    assert found.retired == {("s", "old"): ("s", "new")}
    assert found.unreported == frozenset()


def test_a_test_that_was_there_before_is_no_heir(gate):
    runs = {"gone": [gate.run("gone", days=3)], "other": [gate.run("other", days=3), gate.run("other", days=1)]}
    assert look(gate, runs, {"gone": ["R-1"], "other": ["R-1"]}).unreported == {("s", "gone")}


def test_issues_and_boxes_are_not_reported_in_one_go(gate):
    runs = {"a": [gate.run("a", days=3)], "b": [gate.run("b", days=1)]}
    assert look(gate, runs, {}, Origin.TEST_ISSUE).unreported == frozenset()


def test_a_test_without_any_run_is_not_missed(gate):
    assert look(gate, {"a": [], "b": [gate.run("b")]}, {}).unreported == frozenset()
