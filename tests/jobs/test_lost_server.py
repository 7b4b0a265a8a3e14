from __future__ import annotations

import asyncio
from typing import cast

import pytest
from procrastinate.exceptions import ConnectorException

from pmbridge.config import Settings
from pmbridge.jobs.queue import worker
from pmbridge.jobs.stopping import Stopping


@pytest.mark.parametrize(("stopped", "stretches"), [(True, 1), (False, 2)])
def test_a_worker_told_to_stop_while_it_waits_for_its_server_does_not_begin_again(
    stopped: bool, stretches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, begun = Stopping(), []

    async def stretch(*_: object, **__: object) -> None:
        begun.append(1)
        if len(begun) > 1:
            stopping.wish()
            return
        if stopped:
            asyncio.get_running_loop().call_later(0.01, stopping.wish)
        raise ConnectorException

    monkeypatch.setattr(worker, "_stretch", stretch)
    monkeypatch.setattr(worker, "PAUSE", 0.05)
    monkeypatch.setattr(worker, "everywhere", lambda **_: None)
    asyncio.run(worker._run(cast(Settings, None), stopping, forever=True, beat=lambda: None))
    assert len(begun) == stretches
