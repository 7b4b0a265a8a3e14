from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pmbridge.connector import Action
from pmbridge.jobs.installation import Installation
from pmbridge.jobs.remembering import OFTEN, recall
from pmbridge.store import open_store
from pmbridge.store.ledger import Outcome, Receipt, append_receipts

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("outcome", "rests"), [(Outcome.DONE, 1), (Outcome.UNKNOWN, 1), (Outcome.FAILED, 0)])
def test_only_updates_that_may_have_arrived_make_a_place_rest(outcome: Outcome, rests: int, tmp_path: Path) -> None:
    update = Receipt(
        run_id="r",
        at=NOW,
        source="main",
        target="main:item:1",
        project="SHOP",
        key="SHOP-1",
        surface="comment",
        slot="health",
        action=Action.UPDATE.value,
        notifies="nobody",
        outcome=outcome,
    )
    with open_store(f"sqlite:///{tmp_path}/s.db") as store:
        with store.write() as conn:
            append_receipts(conn, [update] * (OFTEN + 1))
        memory = recall(cast(Installation, SimpleNamespace(store=store, connectors={})), NOW)
    assert len(memory.restless) == rests
