from __future__ import annotations

from datetime import date, datetime, timedelta

from pmbridge.model import Freeze
from pmbridge.store import Store
from pmbridge.store.freezes import read_freezes, save_freeze


def test_every_baseline_is_kept_in_its_order(store: Store, noon: datetime) -> None:
    first = Freeze(milestone="1.0", at=noon, author="ada", reason="Größe vereinbart", due=date(2026, 5, 1))
    second = first.model_copy(update={"at": noon + timedelta(days=9), "reason": "re-planned", "approver": "cio"})
    with store.write() as conn:
        save_freeze(conn, "shop", second)
        save_freeze(conn, "shop", first)
        save_freeze(conn, "other", first)
    with store.read() as conn:
        assert read_freezes(conn, "shop") == {"1.0": (first, second)}
        assert read_freezes(conn, "none") == {}
