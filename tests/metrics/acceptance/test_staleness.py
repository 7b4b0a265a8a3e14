from __future__ import annotations

import pytest

from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.model import Candidate


def doubts(gate, run, candidate=None, **need):
    return Freshness(gate.now, candidate=candidate).doubts(gate.need(**need), gate.test_case(), run)


def test_a_recent_pass_is_fresh(gate):
    assert doubts(gate, gate.run(days=29)) == ()


def test_an_old_pass_is_stale(gate):
    assert doubts(gate, gate.run(days=31)) == ("it is 31 days old, more than 30",)


def test_a_pass_before_the_text_changed_is_stale_and_one_at_that_instant_is_not(gate):
    assert doubts(gate, gate.run(days=2), text_changed_at=gate.ago(1)) == ("the requirement's text changed after it",)
    assert doubts(gate, gate.run(days=2), text_changed_at=gate.ago(2)) == ()


def test_a_pass_before_the_test_changed_is_stale(gate):
    test = gate.test_case(changed_at=gate.ago(1))
    assert Freshness(gate.now).doubts(gate.need(), test, gate.run(days=2)) == ("the test changed after it",)


@pytest.mark.parametrize(("build", "stale"), [("rc3", False), ("rc2", False), ("abc", False), ("rc9", True)])
def test_only_the_candidate_and_what_it_contains_prove_it(gate, build, stale):
    candidate = Candidate(milestone="m", build="rc3", commit="abc", includes=("rc2",))
    assert doubts(gate, gate.run(build=build), candidate) == ((f"it ran on {build}",) if stale else ())


def test_a_run_that_names_no_build_is_placed_by_time_for_must_haves_only(gate):
    candidate = Candidate(milestone="m", build="rc3", at=gate.ago(1))
    assert doubts(gate, gate.run(days=2), candidate) == ("the candidate was built after it",)
    assert doubts(gate, gate.run(days=2), candidate, priority="should") == ()
    assert doubts(gate, gate.run(days=0.5), candidate) == ()


@pytest.mark.parametrize(
    ("components", "touched", "stale"),
    [
        ({"checkout"}, {"search"}, False),
        ({"checkout"}, {"checkout"}, True),
        ({"checkout", "search"}, {"search"}, True),
        (set(), {"search"}, True),
        ({"checkout"}, None, True),
        ({"checkout"}, set(), False),
    ],
)
def test_a_run_on_another_build_holds_where_no_component_of_the_requirement_was_touched(
    gate, components, touched, stale
):
    candidate = Candidate(milestone="m", build="rc3")
    known = None if touched is None else frozenset(touched)
    fresh = Freshness(gate.now, candidate=candidate, touched=known)
    found = fresh.doubts(gate.need(components=frozenset(components)), gate.test_case(), gate.run(build="rc2"))
    assert found == (("it ran on rc2",) if stale else ())
