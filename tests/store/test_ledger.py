from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pmbridge.store import Store
from pmbridge.store.ledger import Outcome, Receipt, append_receipts, iter_receipts, known


@pytest.fixture
def receipt(noon: datetime) -> Callable[..., Receipt]:
    def make(**values: Any) -> Receipt:
        given: dict[str, Any] = {
            "run_id": "r1",
            "at": noon,
            "source": "jira",
            "target": "jira:item:10001",
            "project": "SHOP",
            "key": "SHOP-1",
            "surface": "comment",
            "slot": "milestone-health",
            "action": "CREATE",
            "remote_id": "501",
            "after_fp": "f1",
        }
        return Receipt(**given | values)

    return make


def test_every_field_of_a_receipt_survives(store: Store, receipt: Callable[..., Receipt]) -> None:
    maximal = receipt(
        before_fp="f0",
        url="https://tracker.example/c/501",
        notifies="watchers",
        outcome=Outcome.FAILED,
        error="The tracker says: no.",
        previous_text="what stood here",
    )
    minimal = receipt(remote_id=None, after_fp=None)
    with store.write() as conn:
        append_receipts(conn, [maximal, minimal])
    with store.read() as conn:
        assert list(iter_receipts(conn)) == [maximal, minimal]


def test_the_last_text_of_every_place_is_known(store: Store, receipt: Callable[..., Receipt]) -> None:
    with store.write() as conn:
        append_receipts(
            conn,
            [
                receipt(),
                receipt(slot="acceptance", remote_id="502"),
                receipt(action="UPDATE", after_fp="f2"),
                receipt(action="CREATE", source="gitlab", target="gitlab:item:1"),
            ],
        )
        held = known(conn, "jira")
    assert [(r.slot, r.remote_id, r.after_fp) for r in held] == [
        ("acceptance", "502", "f1"),
        ("milestone-health", "501", "f2"),
    ]


def test_a_deleted_text_is_not_known_until_it_is_written_again(store: Store, receipt: Callable[..., Receipt]) -> None:
    with store.write() as conn:
        append_receipts(conn, [receipt(), receipt(action="DELETE")])
        assert known(conn, "jira") == ()
        append_receipts(conn, [receipt(remote_id="777")])
        assert [r.remote_id for r in known(conn, "jira")] == ["777"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
def test_a_step_that_did_not_end_well_changes_nothing_that_is_known(
    store: Store, receipt: Callable[..., Receipt], outcome: Outcome
) -> None:
    with store.write() as conn:
        append_receipts(conn, [receipt(slot="new", outcome=outcome)])
        assert known(conn, "jira") == ()
        append_receipts(conn, [receipt(), receipt(action="DELETE", outcome=outcome)])
        assert [r.action for r in known(conn, "jira")] == ["CREATE"]


def test_a_skipped_place_stays_as_it_was_known(store: Store, receipt: Callable[..., Receipt]) -> None:
    with store.write() as conn:
        append_receipts(conn, [receipt(), receipt(action="SKIP"), receipt(slot="b", action="CONFLICT")])
        assert [(r.slot, r.action) for r in known(conn, "jira")] == [("milestone-health", "CREATE")]


def test_the_log_can_be_narrowed(store: Store, receipt: Callable[..., Receipt], noon: datetime) -> None:
    first = receipt()
    second = receipt(run_id="r2", at=noon + timedelta(days=1), slot="acceptance")
    third = receipt(source="gitlab", target="gitlab:item:7", key="acme/shop#7")
    with store.write() as conn:
        append_receipts(conn, [first, second, third])
        assert list(iter_receipts(conn, run_id="r2")) == [second]
        assert list(iter_receipts(conn, source="gitlab")) == [third]
        assert list(iter_receipts(conn, slot="acceptance")) == [second]
        assert list(iter_receipts(conn, target="SHOP-1")) == [first, second]
        assert list(iter_receipts(conn, target="gitlab:item:7")) == [third]
        assert list(iter_receipts(conn, since=noon + timedelta(hours=1))) == [second]
        assert list(iter_receipts(conn, run_id="r1", source="gitlab")) == [third]
        assert list(iter_receipts(conn, run_id="none")) == []
