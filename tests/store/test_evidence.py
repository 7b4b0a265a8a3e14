from __future__ import annotations

from datetime import UTC, datetime

from pmbridge.model import Execution, ExecutionStatus, Origin, TestCase
from pmbridge.store import Store, read_history
from pmbridge.store.evidence import write_evidence

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


def case(id_: str, project: str = "a/b", **more: object) -> TestCase:
    return TestCase(source="lab", id=id_, key=id_, title=id_, origin=Origin.PIPELINE, project=project, **more)


def run(test: str, status: str = "pass", **more: object) -> Execution:
    return Execution(source="lab", id=f"{test}-1", test=test, status=ExecutionStatus(status), at=NOON, **more)


def test_tests_and_executions_come_back_as_they_went_in(store: Store) -> None:
    test = case("t", covers=("S-1",), suite="accept", created_at=NOON)
    execution = run("t", build="rc1", commit="abc", environment="live", defects=("B-1",), retried=True, note="boom")
    for _ in range(2):
        with store.write() as conn:
            write_evidence(conn, [test], [execution])
    with store.read() as conn:
        history = read_history(conn, {"lab": ["a/b"]})
    assert (history.tests, history.executions) == ((test,), (execution,))


def test_a_result_that_is_corrected_takes_the_place_of_the_old_one(store: Store) -> None:
    with store.write() as conn:
        write_evidence(conn, [case("t")], [run("t", "executing")])
        write_evidence(conn, [], [run("t", "fail")])
    with store.read() as conn:
        assert [row.status.value for row in read_history(conn, {"lab": ["a/b"]}).executions] == ["fail"]


def test_only_the_tests_of_the_projects_asked_for_are_read(store: Store) -> None:
    with store.write() as conn:
        write_evidence(conn, [case("t"), case("u", "c/d")], [run("t"), run("u")])
    with store.read() as conn:
        history = read_history(conn, {"lab": ["c/d"]})
    assert [test.id for test in history.tests] == [row.test for row in history.executions] == ["u"]
