from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.acceptance.requirement import Requirement, Status
from pmbridge.metrics.acceptance.rollup import SEVERITY, rolled_up, status_of
from pmbridge.model import ExecutionStatus

statuses = st.lists(st.sampled_from(ExecutionStatus), max_size=8)


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], "UNCOVERED"),
        (["pass", "pass"], "OK"),
        (["pass", "fail"], "NOK"),
        (["pass", "todo"], "NOTRUN"),
        (["aborted", "pass"], "NOTRUN"),
        (["unknown", "pass"], "UNKNOWN"),
        (["fail", "todo"], "NOK"),
        (["fail", "unknown"], "NOK"),
        (["todo", "unknown"], "NOTRUN"),
        (["pass", "skipped"], "NOTRUN"),
        (["blocked"], "NOTRUN"),
        (["executing", "pass"], "NOTRUN"),
    ],
)
def test_the_published_cases_and_ours_roll_up(tests, expected):
    assert status_of(map(ExecutionStatus, tests)) == expected


@given(statuses, st.randoms())
def test_the_order_of_tests_does_not_matter(tests, dice):
    shuffled = list(tests)
    dice.shuffle(shuffled)
    assert status_of(shuffled) is status_of(tests)


@given(statuses)
def test_a_further_fail_never_improves_a_requirement(tests):
    assert status_of([*tests, ExecutionStatus.FAIL]) is Status.NOK


@given(statuses)
def test_unknown_is_never_ok(tests):
    assert status_of([*tests, ExecutionStatus.UNKNOWN]) is not Status.OK


@given(statuses, st.sampled_from(ExecutionStatus))
def test_a_further_test_never_improves_what_has_tests(tests, more):
    before = status_of([ExecutionStatus.PASS, *tests])
    assert SEVERITY[status_of([ExecutionStatus.PASS, *tests, more])] >= SEVERITY[before]


def tree(*edges: tuple[str, str | None]) -> list[Requirement]:
    return [Requirement(key=key, parent=parent) for key, parent in edges]


def test_a_requirement_is_as_bad_as_its_worst_refinement():
    needs = tree(("A", None), ("B", "A"), ("C", "B"))
    own = {"A": Status.OK, "B": Status.OK, "C": Status.NOK}
    assert rolled_up(needs, own) == {"A": Status.NOK, "B": Status.NOK, "C": Status.NOK}


def test_refinements_cover_a_requirement_without_tests_of_its_own():
    needs = tree(("A", None), ("B", "A"))
    assert rolled_up(needs, {"A": Status.UNCOVERED, "B": Status.OK})["A"] is Status.OK


def test_a_refinement_that_nobody_tests_keeps_its_parent_from_ok():
    needs = tree(("A", None), ("B", "A"), ("C", "A"))
    own = {"A": Status.OK, "B": Status.OK, "C": Status.UNCOVERED}
    assert rolled_up(needs, own)["A"] is Status.UNCOVERED


@given(st.permutations(["A", "B", "C"]))
def test_a_ring_of_parents_is_as_bad_as_its_worst_member_in_any_order(order):
    parents = {"A": "B", "B": "C", "C": "A"}
    own = {"A": Status.OK, "B": Status.NOK, "C": Status.OK}
    needs = tree(*((key, parents[key]) for key in order))
    assert set(rolled_up(needs, {key: own[key] for key in order}).values()) == {Status.NOK}


def test_a_parent_that_is_itself_or_elsewhere_changes_nothing():
    needs = tree(("A", "A"), ("B", "Z"))
    assert rolled_up(needs, {"A": Status.OK, "B": Status.UNCOVERED}) == {"A": Status.OK, "B": Status.UNCOVERED}
