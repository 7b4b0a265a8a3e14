from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pmbridge.model import Deployment, DeploymentStatus, MergeRequest, MergeRequestState
from pmbridge.store import Store, read_history
from pmbridge.store.delivery import write_delivery

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


def deployment(id_: str, project: str = "a/b", **more: object) -> Deployment:
    given = {"environment": "live", "status": DeploymentStatus.SUCCESS, "at": NOON} | more
    return Deployment(source="lab", id=id_, project=project, **given)


def request(id_: str, project: str = "a/b", **more: object) -> MergeRequest:
    given = {"title": "SHOP-1 mend it", "branch": "SHOP-1-mend", "state": MergeRequestState.OPEN} | more
    return MergeRequest(
        source="lab",
        id=id_,
        key=f"{project}!{id_}",
        project=project,
        url=f"https://lab/{id_}",
        **{"created_at": NOON, "updated_at": NOON} | given,
    )


def test_both_come_back_as_they_went_in(store: Store) -> None:
    live = deployment("7", production=True, ref="v2.4.0", commit="abc", url="https://lab/7")
    asked = request(
        "9", draft=True, author="u1", reviewers=("u2",), items=("4",), reviewed_at=NOON, commit="abc",
        failing_since=NOON, approved_at=NOON, unresolved=(NOON, NOON + timedelta(hours=2)),
    )  # fmt: skip
    for _ in range(2):
        with store.write() as conn:
            write_delivery(conn, [live], [asked])
    with store.read() as conn:
        history = read_history(conn, {"lab": ["a/b"]})
    assert (history.deployments, history.merge_requests) == ((live,), (asked,))


def test_what_ended_takes_the_place_of_what_ran(store: Store) -> None:
    later = NOON + timedelta(hours=1)
    with store.write() as conn:
        write_delivery(conn, [deployment("7", status=DeploymentStatus.RUNNING)], [request("9")])
        write_delivery(conn, [deployment("7", at=later)], [request("9", state="merged", merged_at=later)])
    with store.read() as conn:
        history = read_history(conn, {"lab": ["a/b"]})
    assert [(d.status.value, d.at) for d in history.deployments] == [("success", later)]
    assert [r.state.value for r in history.merge_requests] == ["merged"]


def test_only_the_projects_asked_for_are_read(store: Store) -> None:
    with store.write() as conn:
        write_delivery(conn, [deployment("7"), deployment("8", "c/d")], [request("9"), request("10", "c/d")])
    with store.read() as conn:
        history = read_history(conn, {"lab": ["c/d"]})
    assert [d.id for d in history.deployments] == ["8"]
    assert [r.id for r in history.merge_requests] == ["10"]


def test_no_unresolved_thread_is_not_the_same_as_none_known(store: Store) -> None:
    with store.write() as conn:
        write_delivery(conn, [], [request("1", unresolved=()), request("2")])
    with store.read() as conn:
        found = read_history(conn, {"lab": ["a/b"]}).merge_requests
    assert [one.unresolved for one in found] == [(), None]
