from __future__ import annotations

from datetime import timedelta

import pytest

from pmbridge.metrics.acceptance.figures import figures
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading


def test_a_test_that_covers_nothing_is_an_orphan_and_counts_nowhere(gate):
    found = gate.dossier([gate.need()], {"/T-9": [gate.run("T-9", "fail")]})
    assert [test.key for test in found.matrix.orphans] == ["T-9"]
    assert found.matrix.rows[0].status == "UNCOVERED"
    assert found.figures.pass_rate is None


def test_a_requirement_with_two_hundred_tests_is_ok_only_if_all_pass(gate):
    runs = {f"R-1/T-{n}": [gate.run(f"T-{n}")] for n in range(200)}
    assert gate.dossier([gate.need()], runs).matrix.rows[0].status == "OK"
    runs["R-1/T-77"] = [gate.run("T-77", "fail")]
    found = gate.dossier([gate.need()], runs)
    assert found.matrix.rows[0].status == "NOK"
    assert found.figures.pass_rate == pytest.approx(199 / 200)


def test_a_stale_pass_is_ok_but_not_met(gate):
    row = gate.dossier([gate.need(text_changed_at=gate.ago(1))], {"R-1/T-1": [gate.run(days=2)]}).matrix.rows[0]
    assert (row.status, row.proven, row.fresh) == ("OK", "NOTRUN", False)
    assert row.doubts == ("the requirement's text changed after it",)


def test_one_test_may_be_fresh_for_one_requirement_and_stale_for_another(gate):
    needs = [gate.need("R-1"), gate.need("R-2", text_changed_at=gate.ago(1))]
    rows = gate.dossier(needs, {"R-1+R-2/T-1": [gate.run(days=2)]}).matrix.rows
    assert [row.fresh for row in rows] == [True, False]


def test_a_quarantined_and_an_unreported_test_count_as_not_run(gate):
    for excuse in ("quarantined", "unreported"):
        reading = Reading(Freshness(gate.now), **{excuse: frozenset({("s", "T-1")})})
        row = gate.dossier([gate.need()], {"R-1/T-1": [gate.run()]}, reading=reading).matrix.rows[0]
        assert (row.status, row.fresh) == ("NOTRUN", None)


def test_columns_are_environments_and_a_required_one_without_a_run_is_not_run(gate):
    reading = Reading(Freshness(gate.now), environments=("dev", "live"))
    found = gate.dossier([gate.need()], {"R-1/T-1": [gate.run(environment="dev")]}, reading=reading)
    row = found.matrix.rows[0]
    assert row.status == "NOTRUN"
    assert [row.in_environment(name).value for name in found.matrix.environments] == ["OK", "NOTRUN"]


def test_the_figures_never_take_covered_for_in_scope(gate):
    needs = [gate.need("R-1"), gate.need("R-2", "should"), gate.need("R-3", "could"), gate.need("R-4")]
    runs = {
        "R-1/T-1": [gate.run("T-1", "fail", 3), gate.run("T-1", "pass", 1)],
        "R-2/T-2": [gate.run("T-2", "fail")],
        "R-3/T-3": [],
    }
    f = figures(gate.dossier(needs, runs).matrix)
    assert (f.coverage, f.verified, f.verified_weighted) == (0.75, 0.25, pytest.approx(3 / 9))
    assert (f.progress, f.pass_rate, f.first_pass) == (pytest.approx(2 / 3), 0.5, 0.0)
    assert sum(f.counts.values()) == f.requirements == 4
    assert f.pass_interval[0] < 0.5 < f.pass_interval[1]


def test_without_requirements_no_share_is_invented(gate):
    f = figures(gate.dossier([], {}).matrix)
    assert (f.coverage, f.verified, f.progress, f.pass_rate, f.flaky) == (None,) * 5


def test_a_requirement_proven_by_flaky_tests_alone_is_told(gate):
    torn = [gate.run(commit="a", status="fail", days=2), gate.run(commit="a", days=1)]
    row = gate.dossier([gate.need()], {"R-1/T-1": torn}).matrix.rows[0]
    assert row.met
    assert row.only_flaky
    both = gate.dossier([gate.need()], {"R-1/T-1": torn, "R-1/T-2": [gate.run("T-2")]}).matrix.rows[0]
    assert not both.only_flaky


def test_age_is_counted_from_the_instant_asked_about(gate):
    reading = Reading(Freshness(gate.now - timedelta(days=20)))
    row = gate.dossier([gate.need()], {"R-1/T-1": [gate.run(days=45)]}, reading=reading).matrix.rows[0]
    assert row.fresh is True
