from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pmbridge.config import Settings
from pmbridge.errors import NothingRead, StoreLocked
from pmbridge.jobs.queue import work
from pmbridge.jobs.queue.work import Work
from pmbridge.jobs.stopping import Stopping
from pmbridge.store import Store, open_store
from pmbridge.store.runs import last_runs


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/s.db") as opened:
        yield opened


@pytest.fixture
def works(store: Store, monkeypatch: pytest.MonkeyPatch) -> Work:
    @contextmanager
    def opened(*_: Any, **__: Any) -> Iterator[Any]:
        yield SimpleNamespace(store=store)

    monkeypatch.setattr(work, "open_installation", opened)
    monkeypatch.setattr(work, "listen", lambda *_: None)
    return Work(cast(Settings, SimpleNamespace(products={"shop": None})), Stopping())


def ended(store: Store) -> str | None:
    with store.read() as conn:
        return last_runs(conn, limit=1)[0].outcome


@pytest.mark.parametrize("job", ["assess", "publish"])
def test_a_job_of_a_product_that_was_not_read_yet_ends_as_too_early(
    job: str, works: Work, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def assess(*_: Any) -> None:
        raise NothingRead

    monkeypatch.setattr(work, "settle", assess)
    getattr(works, job)("shop")
    assert ended(store) == "too early"


@pytest.mark.parametrize("job", ["assess", "publish"])
def test_a_job_that_an_error_ends_is_recorded_as_failed(
    job: str, works: Work, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def assess(*_: Any) -> None:
        raise StoreLocked("another run writes")

    monkeypatch.setattr(work, "settle", assess)
    with pytest.raises(StoreLocked):
        getattr(works, job)("shop")
    assert ended(store) == "failed"
