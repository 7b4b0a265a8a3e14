from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pmbridge.connector import Connector, Reference
from pmbridge.errors import AuthFailed, NotFound, PermissionDenied, RateLimited, StoreLocked, Unavailable
from pmbridge.model import (
    History,
    Milestone,
    MilestoneKind,
    Person,
    StatusCategory,
    StatusDefinition,
)
from pmbridge.store import Store, acquire, open_store
from pmbridge.store.certificates import last_certificate
from pmbridge.store.payloads import read_raw
from pmbridge.sync import Certificate, CertificateStatus, GapKind, sync_source

Held = Callable[..., History]
HOUR = timedelta(hours=1)


def sync(tracker: Any, store: Store, **options: Any) -> Certificate:
    return sync_source(tracker, store, holder="test", **options)


def kinds(proof: Certificate) -> list[GapKind]:
    return [gap.kind for gap in proof.gaps]


def test_the_tracker_of_these_tests_fulfils_the_contract(tracker: Any) -> None:
    assert isinstance(tracker, Connector)


def test_a_run_that_holds_everything_is_complete_and_says_what_it_cost(tracker: Any, store: Store) -> None:
    for number in (1, 2, 3):
        tracker.put(number, tracker.change(number, str(number), "1", "3"))
    tracker.cost.requests = 100
    times = iter(datetime(2026, 3, 2, 13, minute, tzinfo=UTC) for minute in range(60))
    proof = sync(tracker, store, clock=lambda: next(times))
    assert proof.status is CertificateStatus.COMPLETE
    assert (proof.items_tracker, proof.items_stored, proof.changes_stored) == (3, 3, 3)
    assert (proof.requests, proof.bytes, proof.tombstones) == (2, 2000, 0)
    assert (proof.source, proof.projects, proof.gaps, proof.notes) == ("jira", ("SHOP",), (), ())
    assert proof.started_at < proof.finished_at


def test_the_certificate_is_stored_and_read_with_the_history(tracker: Any, store: Store, held: Held) -> None:
    tracker.put(1)
    proof = sync(tracker, store)
    state = held().sources[0]
    assert state.certificate is not None
    assert Certificate.model_validate(state.certificate) == proof
    assert (state.kind, state.url, state.synced_at) == ("memory", tracker.url, tracker.clock)


def test_reference_rows_and_payloads_are_stored(tracker: Any, store: Store, held: Held) -> None:
    done = StatusDefinition(source="jira", id="3", name="Done", category=StatusCategory.DONE)
    ada = Person(source="jira", id="a", name="Ada")
    version = Milestone(
        source="jira",
        id="version:1",
        native_id="1",
        kind=MilestoneKind.VERSION,
        project="SHOP",
        title="4.2",
        due=date(2026, 5, 1),
    )
    tracker.reference = Reference(statuses=(done,), people=(ada,), milestones=(version,))
    tracker.put(1)
    sync(tracker, store)
    tracker.clock += HOUR
    sync(tracker, store)
    found = held()
    assert (found.statuses, found.people, found.milestones) == ((done,), (ada,), (version,))
    assert [(seen.milestone, seen.due) for seen in found.observations] == [("version:1", version.due)]
    with store.read() as conn:
        assert read_raw(conn, "jira", "10001") == {"id": "10001"}


def test_an_empty_project_is_complete(tracker: Any, store: Store) -> None:
    proof = sync(tracker, store)
    assert (proof.status, proof.items_tracker, proof.items_stored) == ("complete", 0, 0)


def test_a_source_without_projects_is_a_gap(tracker: Any, store: Store) -> None:
    tracker.listed = ()
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.MISSING])
    assert "shows no project" in proof.gaps[0].text


def test_two_runs_over_one_source_exclude_each_other(tracker: Any, store: Store) -> None:
    with (
        acquire(store, "jira", "nightly@host-a"),
        pytest.raises(StoreLocked, match="nightly@host-a"),
    ):
        sync(tracker, store)
    assert tracker.asked == []
    assert sync(tracker, store).status is CertificateStatus.COMPLETE


def test_a_run_that_lost_its_lease_writes_no_more(tracker: Any, store: Store, held: Held) -> None:
    for number in (1, 2, 3, 4):
        tracker.put(number)

    def be_slow(number: int) -> None:
        later = datetime.now(UTC) + 2 * HOUR
        if number == 1:
            acquire(store, "jira", "fresh", clock=lambda: later).__enter__()

    tracker.after_page = be_slow
    with pytest.raises(StoreLocked, match="taken over"):
        sync(tracker, store)
    assert [item.key for item in held().items] == ["SHOP-1", "SHOP-2"]


def test_deleted_items_are_a_gap_that_names_the_cure(tracker: Any, store: Store) -> None:
    for number in range(1, 6):
        tracker.put(number)
    sync(tracker, store)
    for id_ in ("10002", "10004", "10005"):
        del tracker.items[id_]
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.GONE])
    assert (proof.items_tracker, proof.items_stored) == (2, 5)
    assert "3 items are gone from SHOP or no longer visible" in proof.gaps[0].text
    assert "pmbridge sync --full" in proof.gaps[0].text


def test_a_full_run_names_the_items_it_did_not_meet(tracker: Any, store: Store) -> None:
    for number in range(1, 6):
        tracker.put(number)
    sync(tracker, store)
    tracker.clock += HOUR
    for id_ in ("10002", "10004"):
        del tracker.items[id_]
    proof = sync(tracker, store, full=True)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.GONE])
    assert proof.gaps[0].items == ("SHOP-2", "SHOP-4")
    assert proof.gaps[0].text.startswith("2 items are not met by a full read of SHOP")


def test_a_gone_item_does_not_hide_one_that_is_missing(tracker: Any, store: Store) -> None:
    for number in (1, 2, 3):
        tracker.put(number)
    sync(tracker, store)
    tracker.clock += HOUR
    del tracker.items["10002"]
    tracker.counts = lambda _project: 3
    proof = sync(tracker, store, full=True)
    assert kinds(proof) == [GapKind.GONE, GapKind.MISSING]


def test_an_item_that_moves_to_another_project_is_no_gap(tracker: Any, store: Store, held: Held) -> None:
    tracker.listed = ("SHOP", "PAY")
    tracker.put(1)
    tracker.put(2)
    sync(tracker, store)
    tracker.clock += HOUR
    tracker.put(2, project="PAY")
    proof = sync(tracker, store)
    assert (proof.status, proof.items_stored) == (CertificateStatus.COMPLETE, 2)
    assert [item.key for item in held("jira", "PAY").items] == ["PAY-2"]


def test_items_that_the_pages_did_not_bring_are_a_gap(tracker: Any, store: Store) -> None:
    tracker.put(1)
    tracker.counts = lambda _project: 4
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.MISSING])
    assert proof.gaps[0].text.startswith("3 items are in SHOP but not in the store")


def test_items_that_came_in_while_reading_are_read_before_counting_again(tracker: Any, store: Store) -> None:
    for number in (1, 2, 3):
        tracker.put(number)
    tracker.put(4, project="ELSEWHERE")

    def create(number: int) -> None:
        if number == 1:
            tracker.after_page = lambda _number: None
            tracker.put(0)
            tracker.put(9)

    tracker.after_page = create
    proof = sync(tracker, store)
    assert (proof.status, proof.items_tracker, proof.items_stored) == ("complete", 5, 5)
    assert [since for _, since, _ in tracker.asked] == [None, tracker.clock - timedelta(minutes=10)]


def test_an_item_that_came_in_and_was_read_needs_no_second_read(tracker: Any, store: Store) -> None:
    tracker.put(1)
    counts = iter([0, 1])
    tracker.counts = lambda _project: next(counts)
    proof = sync(tracker, store)
    assert (proof.status, proof.items_tracker) == ("complete", 1)
    assert len(tracker.asked) == 1


def test_a_tracker_that_does_not_count_proves_nothing(tracker: Any, store: Store) -> None:
    tracker.put(1)
    tracker.counts = lambda _project: None
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.UNCOUNTED])
    assert (proof.items_tracker, proof.items_stored) == (None, 1)


def test_a_partial_history_stays_a_gap_until_it_is_read_whole(tracker: Any, store: Store) -> None:
    tracker.put(1)
    tracker.put(2)
    tracker.partial = {"10002"}
    tracker.clock += HOUR
    first = sync(tracker, store)
    assert (first.status, kinds(first)) == (CertificateStatus.PARTIAL, [GapKind.PARTIAL_HISTORY])
    assert first.gaps[0].items == ("SHOP-2",)
    tracker.clock += HOUR
    tracker.partial = set()
    assert kinds(sync(tracker, store)) == [GapKind.PARTIAL_HISTORY]
    tracker.put(2)
    assert sync(tracker, store).status is CertificateStatus.COMPLETE


def test_a_broken_history_is_a_gap_that_names_the_item(tracker: Any, store: Store) -> None:
    tracker.put(1, tracker.change(1, "1", "1", "2"), tracker.change(1, "2", "3", "4"))
    tracker.put(2, tracker.change(2, "3", "1", "2"), tracker.change(2, "4", "2", "4"))
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.HISTORY_GAP])
    assert proof.gaps[0].items == ("SHOP-1",)
    assert proof.gaps[0].text == "The history of 1 item of SHOP does not hang together: a change is missing in it."


def test_a_gap_names_some_items_and_counts_all(tracker: Any, store: Store) -> None:
    for number in range(1, 31):
        tracker.put(number)
    tracker.partial = set(tracker.items)
    gap = sync(tracker, store).gaps[0]
    assert len(gap.items) == 20
    assert "30 items" in gap.text


def test_a_missing_field_is_a_gap_only_if_it_was_configured(tracker: Any, store: Store) -> None:
    tracker.reference = Reference(missing_fields=("sprint", "story_points"))
    tracker.put(1)
    noted = sync(tracker, store)
    assert (noted.status, len(noted.notes)) == (CertificateStatus.COMPLETE, 2)
    told = sync(tracker, store, explicit_fields=["story_points"])
    assert (told.status, kinds(told)) == (CertificateStatus.PARTIAL, [GapKind.MISSING_FIELD])
    assert "story_points" in told.gaps[0].text
    assert told.notes == ("No field for sprint was found.",)


@pytest.mark.parametrize("where", ["now", "reference"])
def test_a_source_that_cannot_be_reached_fails_and_still_says_what_is_held(
    tracker: Any, store: Store, held: Held, where: str
) -> None:
    tracker.put(1, tracker.change(1, "1", "1", "3"))
    sync(tracker, store)
    before = held()
    tracker.failures[where] = AuthFailed("jira does not accept the token.", source="jira", status=401)
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.FAILED, [GapKind.INTERRUPTED])
    assert (proof.items_stored, proof.changes_stored, proof.items_tracker) == (1, 1, None)
    assert "does not accept the token" in proof.gaps[0].text
    assert held().items == before.items
    assert held().sources[0].synced_at == before.sources[0].synced_at
    with store.read() as conn:
        stored = last_certificate(conn, "jira")
    assert stored is not None
    assert stored["status"] == "failed"


@pytest.mark.parametrize("error", [NotFound("No such project."), PermissionDenied("Browse is missing.")])
def test_a_project_that_cannot_be_read_leaves_the_others_alone(
    tracker: Any, store: Store, held: Held, error: Exception
) -> None:
    tracker.listed = ("GONE", "SHOP")
    tracker.failures["GONE"] = error
    tracker.put(1)
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.INTERRUPTED])
    assert (proof.gaps[0].project, proof.items_stored, proof.items_tracker) == ("GONE", 1, None)
    assert len(held().items) == 1


def test_a_project_whose_reference_cannot_be_read_leaves_the_others_alone(
    tracker: Any, store: Store, held: Held
) -> None:
    def version(native_id: str, project: str) -> Milestone:
        return Milestone(
            source="jira",
            id=f"version:{native_id}",
            native_id=native_id,
            kind=MilestoneKind.VERSION,
            project=project,
            title=native_id,
        )

    tracker.listed = ("GONE", "SHOP")
    tracker.reference = Reference(milestones=(version("1", "SHOP"), version("2", "GONE")), missing_fields=("sprint",))
    tracker.put(1)
    tracker.put(2, project="GONE")
    assert sync(tracker, store).status is CertificateStatus.COMPLETE
    tracker.failures["reference of GONE"] = NotFound("No such project.")
    tracker.reference = Reference(milestones=(version("1", "SHOP"),), missing_fields=("sprint",))
    tracker.put(3)
    proof = sync(tracker, store)
    assert (proof.status, kinds(proof)) == (CertificateStatus.PARTIAL, [GapKind.INTERRUPTED])
    assert (proof.gaps[0].project, proof.items_stored, len(proof.notes)) == ("GONE", 3, 1)
    assert [m.project for m in held("jira", "GONE", "SHOP").milestones] == ["SHOP", "GONE"]


def test_a_source_none_of_whose_projects_has_a_reference_fails_once(tracker: Any, store: Store) -> None:
    tracker.listed = ("GONE", "SHOP")
    for project in tracker.listed:
        tracker.failures[f"reference of {project}"] = NotFound(f"No project {project}.")
    proof = sync(tracker, store)
    assert (proof.status, [gap.text for gap in proof.gaps]) == (
        CertificateStatus.FAILED,
        ["The source could not be read to its end: No project GONE."],
    )
    assert tracker.asked == []


def test_a_run_in_which_no_project_could_be_read_fails(tracker: Any, store: Store) -> None:
    tracker.failures["SHOP"] = NotFound("No such project.")
    assert sync(tracker, store).status is CertificateStatus.FAILED


@pytest.mark.parametrize("error", [AuthFailed("No."), Unavailable("Down."), RateLimited("Slow down.")])
def test_a_source_that_goes_away_is_asked_no_more(tracker: Any, store: Store, error: Exception) -> None:
    tracker.listed = ("PAY", "SHOP", "WEB")
    tracker.failures["SHOP"] = error
    tracker.put(1, project="PAY")
    proof = sync(tracker, store)
    assert proof.status is CertificateStatus.FAILED
    assert [gap.project for gap in proof.gaps] == ["SHOP", "WEB"]
    assert [project for project, _, _ in tracker.asked] == ["PAY", "SHOP"]
    assert proof.items_stored == 1


def test_one_source_that_fails_leaves_another_alone(
    make_tracker: Callable[[str], Any], store: Store, held: Held
) -> None:
    broken, sound = make_tracker("jira"), make_tracker("gitlab")
    broken.failures["SHOP"] = Unavailable("Down.")
    sound.put(1)
    assert sync(broken, store).status is CertificateStatus.FAILED
    assert sync(sound, store).status is CertificateStatus.COMPLETE
    assert len(held("gitlab", "SHOP").items) == 1


def test_two_sources_can_be_read_at_the_same_time(
    make_tracker: Callable[[str], Any], store_url: str, held: Held
) -> None:
    trackers = [make_tracker("jira"), make_tracker("gitlab")]
    for tracker in trackers:
        for number in range(60):
            tracker.put(number, tracker.change(number, str(number), "1", "3"))
    with open_store(store_url, patience=30) as shared, ThreadPoolExecutor(2) as pool:
        proofs = list(pool.map(lambda tracker: sync(tracker, shared), trackers))
    assert [proof.status for proof in proofs] == [CertificateStatus.COMPLETE] * 2
    assert [len(held(name, "SHOP").changes) for name in ("jira", "gitlab")] == [60, 60]
