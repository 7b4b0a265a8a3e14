from __future__ import annotations

from pmbridge.metrics.acceptance.work_lists import Defect


def lists(gate, defects=(), linked=(), **failure):
    found = gate.dossier(
        [gate.need()],
        {"R-1/T-1": [gate.run(status="fail", days=3, **failure)]},
        defects={d.key: d for d in defects},
        linked={"T-1": list(linked)},
    )
    return found.lists


def test_a_failing_test_without_a_defect_is_work(gate):
    (task,) = lists(gate).untracked
    assert (task.test, task.requirements, task.since, task.must) == ("T-1", ("R-1",), gate.ago(3), True)


def test_an_open_defect_explains_a_failure(gate):
    found = lists(gate, [Defect("B-1")], ["B-1"])
    assert found.untracked == found.unconfirmed == ()


def test_a_defect_named_by_the_run_but_held_nowhere_explains_it_too(gate):
    assert gate.dossier([gate.need()], {"R-1/T-1": [gate.run(status="fail", defects=("X-1",))]}).lists.untracked == ()


def test_a_repaired_defect_waits_for_a_run(gate):
    found = lists(gate, [Defect("B-1", closed_at=gate.ago(1))], ["B-1"])
    assert [(task.defect, task.since) for task in found.unconfirmed] == [("B-1", gate.ago(1))]
    assert found.untracked == ()


def test_a_repair_does_not_wait_while_another_defect_is_open(gate):
    found = lists(gate, [Defect("B-1", closed_at=gate.ago(1)), Defect("B-2")], ["B-1", "B-2"])
    assert found.unconfirmed == ()


def test_a_defect_that_was_repaired_before_the_failure_does_not_explain_it(gate):
    found = lists(gate, [Defect("B-1", closed_at=gate.ago(5))], ["B-1"])
    assert [task.test for task in found.untracked] == ["T-1"]
    assert found.unconfirmed == ()


def test_a_passing_test_is_on_no_list(gate):
    found = gate.dossier([gate.need()], {"R-1/T-1": [gate.run(status="fail", days=3), gate.run(days=1)]}).lists
    assert found.untracked == found.unconfirmed == ()
