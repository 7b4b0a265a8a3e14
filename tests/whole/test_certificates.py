"""A tracker that drops rows, cuts lists or miscounts is found out, and the certificate says where."""

from __future__ import annotations

import json
from typing import Any

MANY = 10_000


def sync(call: Any, demo: Any, source: str, *more: str) -> dict[str, Any]:
    answer = call("sync", "--source", source, "--format", "json", *more, config=demo.config)
    (certificate,) = json.loads(answer.out)
    assert (answer.code == 0) == (certificate["status"] == "complete")
    return certificate


def kinds(certificate: dict[str, Any]) -> set[str]:
    return {gap["kind"] for gap in certificate["gaps"]}


def without_first(rows: list[Any]) -> list[Any]:
    return rows[1:] if len(rows) > 1 else rows


def test_jira_drops_a_row_of_every_answer(demo, call):
    drop = lambda answer: {**answer, "issues": without_first(answer["issues"])}  # noqa: E731
    demo.sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=drop)
    certificate = sync(call, demo, "jira-main")
    assert certificate["status"] == "partial"
    assert kinds(certificate) == {"missing"}
    assert certificate["items_stored"] < certificate["items_tracker"]


def test_jira_cuts_histories(demo, call):
    def cut(answer: dict[str, Any]) -> dict[str, Any]:
        for log in (issue["changelog"] for issue in answer["issues"]):
            if len(log["histories"]) > 4:
                del log["histories"][-3:-1]
                log["total"] = len(log["histories"])
        return answer

    demo.sandbox.jira.faults.tamper_next(MANY, path="issue/bulkfetch", change=cut)
    certificate = sync(call, demo, "jira-main")
    assert certificate["status"] == "partial"
    assert kinds(certificate) == {"history_gap", "misplaced"}, "versions have no chain; Jira's count of them tells"
    for gap in certificate["gaps"]:
        assert gap["items"]
        assert all(key.startswith(gap["project"]) for key in gap["items"])


def test_jira_miscounts_and_its_own_list_corrects_it(demo, call):
    lie = lambda answer: {"count": answer["count"] + 3}  # noqa: E731
    demo.sandbox.jira.faults.tamper_next(MANY, path="approximate-count", change=lie)
    certificate = sync(call, demo, "jira-main")
    assert certificate["status"] == "complete"
    assert certificate["items_tracker"] == certificate["items_stored"]


def test_gitlab_drops_a_row_of_every_list_of_issues(demo, call):
    demo.sandbox.gitlab.faults.tamper_next(MANY, path="/issues$", change=without_first)
    certificate = sync(call, demo, "gitlab-main")
    assert certificate["status"] == "partial"
    assert "missing" in kinds(certificate)


def test_gitlab_drops_parts_of_the_activity_and_event_lists_complete_it(demo, call):
    def silent_on_milestones(answer: dict[str, Any]) -> dict[str, Any]:
        project = answer["data"].get("project") or {}
        for item in (project.get("workItems") or {"nodes": []})["nodes"]:
            for widget in item.get("widgets") or ():
                if "discussions" in widget:
                    widget["discussions"]["nodes"] = [
                        row
                        for row in widget["discussions"]["nodes"]
                        if not row["notes"]["nodes"][0]["body"].startswith("changed milestone")
                    ]
        return answer

    honest = sync(call, demo, "gitlab-main")
    for file in demo.folder.glob("pmbridge.db*"):
        file.unlink()
    demo.sandbox.gitlab.faults.tamper_next(MANY, path="api/graphql", change=silent_on_milestones)
    certificate = sync(call, demo, "gitlab-main")
    assert certificate["status"] == "complete"
    assert any("event lists were read" in note for note in certificate["notes"])
    assert honest["items_stored"] == certificate["items_stored"]


def test_gitlab_shows_half_of_its_issues_for_once(synced, call):
    demo = synced
    half = lambda answer: _halved(answer)  # noqa: E731
    demo.sandbox.gitlab.faults.tamper_next(MANY, path="api/graphql", change=half)
    demo.sandbox.gitlab.faults.tamper_next(MANY, path="/issues$", change=lambda rows: rows[: len(rows) // 2])
    certificate = sync(call, demo, "gitlab-main", "--full")
    assert certificate["status"] == "partial"
    assert "mass_loss" in kinds(certificate)
    assert certificate["tombstones"] == 0
    demo.sandbox.gitlab.faults.clear()
    assert sync(call, demo, "gitlab-main")["status"] == "complete"


def _halved(answer: dict[str, Any]) -> dict[str, Any]:
    nodes = ((answer.get("data") or {}).get("project") or {}).get("workItems", {}).get("nodes")
    if nodes and set(nodes[0]) == {"id", "iid"}:
        del nodes[len(nodes) // 2 :]
    return answer
