from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.acceptance.results import RANK, by_environment, contradictory, in_plan, in_version, joined, latest
from pmbridge.model import Execution, ExecutionStatus

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
executions = st.lists(
    st.builds(
        lambda n, status, hour, place: Execution(
            source="s", id=str(n), test="t", status=status, at=NOON + timedelta(hours=hour), environment=place
        ),
        st.integers(0, 99),
        st.sampled_from(ExecutionStatus),
        st.integers(0, 3),
        st.sampled_from(["dev", "live", None]),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "todo"),
        (["pass", "pass"], "pass"),
        (["pass", "todo"], "todo"),
        (["aborted", "fail", "pass"], "fail"),
        (["todo", "aborted"], "aborted"),
        (["executing", "pass"], "executing"),
        (["unknown", "skipped"], "skipped"),
    ],
)
def test_a_fail_beats_all_and_anything_beats_a_pass(statuses, expected):
    assert joined(map(ExecutionStatus, statuses)) == expected


def test_the_latest_final_execution_decides_over_one_that_goes_on(gate):
    old, on = gate.run(status="pass", days=3), gate.run(status="executing", days=1)
    assert latest([on, old]) is old
    assert latest([on]) is on
    assert latest([]) is None


def test_an_unknown_result_is_not_hidden_by_an_earlier_pass(gate):
    assert latest([gate.run(days=3), gate.run(status="unknown", days=1)]).status == "unknown"


def test_of_contradicting_results_of_one_instant_the_worst_counts_and_it_is_said(gate):
    both = [gate.run(status="pass", days=1), gate.run(status="fail", days=1)]
    assert latest(both).status == "fail"
    assert contradictory(both)
    assert not contradictory([*both, gate.run(status="pass", days=0.5)])


def test_a_required_environment_without_a_run_is_wanting_and_others_do_not_count(gate):
    rows = [gate.run(environment="dev"), gate.run(environment="old", status="fail")]
    found = by_environment(rows, ["dev", "live"])
    assert {name: row and row.status.value for name, row in found.items()} == {"dev": "pass", "live": None}


def test_a_run_that_names_no_environment_took_place_where_the_settings_say(gate):
    assert set(by_environment([gate.run()], ["live"], "live")) == {"live"}
    assert by_environment([gate.run()], ["live"], "live")["live"] is not None
    assert by_environment([gate.run()], ["live"])["live"] is None


def test_executions_of_another_version_do_not_count(gate):
    rows = [gate.run(version="2.1"), gate.run(version="2.0", status="fail"), gate.run(status="skipped")]
    assert [row.status.value for row in in_version(rows, {"2.1"})] == ["pass", "skipped"]
    assert in_version(rows, ()) == rows


def test_only_executions_of_the_plan_count_if_one_is_named(gate):
    rows = [gate.run(plans=("P-1", "P-2")), gate.run(status="fail", plans=("P-2",)), gate.run(status="skipped")]
    assert [row.status.value for row in in_plan(rows, "P-1")] == ["pass"]
    assert in_plan(rows, None) == rows


@given(executions, st.randoms())
def test_the_order_of_executions_does_not_matter(rows, dice):
    shuffled = list(rows)
    dice.shuffle(shuffled)
    assert result(shuffled) == result(rows)


@given(executions, st.integers(0, 3), st.sampled_from(["dev", "live", None]))
def test_a_further_fail_never_improves_a_result(rows, hour, place):
    fail = Execution(
        source="s", id="x", test="t", status=ExecutionStatus.FAIL, at=NOON + timedelta(hours=hour), environment=place
    )
    assert RANK[result([*rows, fail])] >= RANK[result(rows)]


def result(rows):
    return joined(row.status if row else ExecutionStatus.TODO for row in by_environment(rows).values())
