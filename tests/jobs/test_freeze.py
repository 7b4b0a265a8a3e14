"""Agreeing on a baseline, also of a milestone that has another name by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pmbridge.connector import Page, Reference
from pmbridge.errors import UsageError
from pmbridge.jobs.freeze import Frozen, freeze_milestone
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.model import Milestone, MilestoneKind, MilestoneState
from pmbridge.store.ingest import write_page, write_reference
from pmbridge.store.watermarks import Watermark, write_watermark
from tests.jobs.memory_worker import NOW, an_installation, an_item, load_memory

DAY = timedelta(days=1)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    from pmbridge.jobs import installation as module

    monkeypatch.setattr(module, "load", load_memory)
    with open_installation(an_installation(f"sqlite:///{tmp_path / 's.db'}", tmp_path, ["A"], seconds=0.0)) as opened:
        yield opened


def read(installation: Installation, title: str, at: datetime) -> None:
    """Let a sync see the milestone under a title."""
    milestone = Milestone(
        source="memory", id="version:1", native_id="1", kind=MilestoneKind.VERSION, project="A", title=title,
        state=MilestoneState.OPEN,
    )  # fmt: skip
    item = an_item("memory", "A", 0).model_copy(update={"milestones": ("version:1",)})
    with installation.store.write() as conn:
        write_reference(conn, "memory", Reference(milestones=(milestone,)), seen_at=at)
        write_page(conn, "memory", Page(items=(item,)), seen_at=at)
        write_watermark(conn, Watermark("memory", "A", at))


def freeze(installation: Installation, title: str, approver: str | None = None) -> Frozen:
    return freeze_milestone(
        installation, title, product="shop", at=None, author="ada", reason="agreed", approver=approver
    )


def test_a_new_name_is_no_way_around_the_approval(installation: Installation) -> None:
    read(installation, "Two", NOW)
    assert freeze(installation, "Two").earlier == ()
    read(installation, "2.0 Loyalty", NOW + DAY)
    with pytest.raises(UsageError, match=r"2\.0 Loyalty was frozen on 2026-03-02 by ada"):
        freeze(installation, "2.0 Loyalty")
    again = freeze(installation, "2.0 Loyalty", approver="cio")
    assert [one.milestone for one in again.earlier] == ["two"]
    assert again.milestone.ledger.baseline_at == NOW
