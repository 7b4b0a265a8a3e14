"""A GitLab that drops rows, cuts lists or miscounts is found out, and the proof names the issues."""

from __future__ import annotations

from typing import Any

import pytest

from pmbridge.store import open_store
from pmbridge.sync import Certificate, sync_source
from pmbridge.sync.certificate import CertificateStatus, GapKind

PROJECT = "acme/shop-web"
ALWAYS = 10_000
Row = dict[str, Any]


@pytest.fixture
def eight(site, ann, day) -> list[int]:
    milestone = site.add_milestone(PROJECT, "1.0")
    made = [site.create_issue(PROJECT, f"I{n}", at=day(n), by=ann, milestone=milestone) for n in range(8)]
    for issue in made:
        site.close_issue(issue, at=day(12), by=ann)
    return made


def proof(connector, tmp_path) -> Certificate:
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        return sync_source(connector, store, holder="test")


def counting(more: int):
    def change(answer: Row) -> Row:
        seen = answer.get("data", {}).get("p0")
        if seen:
            seen["issueStatusCounts"]["all"] += more
        return answer

    return change


def test_a_row_that_is_dropped_from_every_list_is_named(sandbox, eight, connector, tmp_path) -> None:
    drop = lambda rows: [row for row in rows if row["iid"] != 3]  # noqa: E731
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/issues$", change=drop)
    found = proof(connector, tmp_path)
    assert found.status is CertificateStatus.PARTIAL
    assert [(gap.kind, gap.items) for gap in found.gaps] == [(GapKind.MISSING, (f"{PROJECT}#3",))]


@pytest.mark.parametrize("more", [3, -2])
def test_a_count_that_lies_is_corrected_by_the_server_s_own_list(sandbox, eight, connector, tmp_path, more) -> None:
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="graphql", change=counting(more))
    total = {"statistics": {"counts": {"all": 8 + more}}}
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="issues_statistics", change=lambda answer: total)
    found = proof(connector, tmp_path)
    assert (found.status, found.gaps) == (CertificateStatus.COMPLETE, ())
    assert (found.items_tracker, found.items_stored) == (8, 8)


@pytest.mark.parametrize("cut", ["milestone_events", "state_events"])
def test_event_lists_that_are_cut_make_named_histories_partial(sandbox, eight, connected, tmp_path, cut) -> None:
    sandbox.gitlab.faults.tamper_next(ALWAYS, path=f"issues/[25]/resource_{cut}$", change=lambda rows: [])
    found = proof(connected(history="events"), tmp_path)
    assert found.status is CertificateStatus.PARTIAL
    assert [(gap.kind, gap.items) for gap in found.gaps] == [
        (GapKind.PARTIAL_HISTORY, (f"{PROJECT}#2", f"{PROJECT}#5"))
    ]


def test_an_activity_that_is_cut_is_completed_from_the_event_lists(sandbox, eight, connector, tmp_path) -> None:
    def cut(answer: Row) -> Row:
        for node in ((answer["data"].get("project") or {}).get("workItems") or {}).get("nodes") or ():
            for widget in node.get("widgets") or ():
                if widget.get("discussions"):
                    del widget["discussions"]["nodes"][1:]
        return answer

    sandbox.gitlab.faults.tamper_next(ALWAYS, path="graphql", change=cut)
    found = proof(connector, tmp_path)
    assert found.status is CertificateStatus.COMPLETE
    assert any("8 issues" in note and "event lists were read" in note for note in found.notes)


def test_old_and_imported_issues_whose_events_were_never_kept_are_no_gap(sandbox, site, ann, day, connected, tmp_path):
    site.close_issue(site.create_issue(PROJECT, "Old", at=day(-3000), by=ann), at=day(1), by=ann)
    site.close_issue(site.create_issue(PROJECT, "Brought in", at=day(0), by=ann), at=day(1), by=ann)
    brought = lambda rows: [row | {"imported": row["iid"] == 2} for row in rows]  # noqa: E731
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="/issues$", change=brought)
    sandbox.gitlab.faults.tamper_next(ALWAYS, path="state_events$", change=lambda rows: [])
    assert proof(connected(history="events"), tmp_path).status is CertificateStatus.COMPLETE


def test_a_list_that_may_not_be_read_makes_named_histories_partial(sandbox, eight, connected, tmp_path) -> None:
    sandbox.gitlab.faults.fail_next(ALWAYS, status=403, path="issues/4/resource_label_events")
    found = proof(connected(history="events"), tmp_path)
    assert [(gap.kind, gap.items) for gap in found.gaps] == [(GapKind.PARTIAL_HISTORY, (f"{PROJECT}#4",))]
