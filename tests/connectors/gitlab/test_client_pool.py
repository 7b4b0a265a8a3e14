from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from pmbridge.transport import Meter
from pmbridge_gitlab.client import GitlabClient
from pmbridge_gitlab.client_pool import ClientPool
from pmbridge_gitlab.settings import GitlabSettings


@pytest.fixture
def made() -> list[GitlabClient]:
    return []


@pytest.fixture
def pool(settings: GitlabSettings, made: list[GitlabClient]) -> Iterator[ClientPool]:
    def make() -> GitlabClient:
        made.append(GitlabClient("gl", settings))
        return made[-1]

    pool = ClientPool(make, 4)
    yield pool
    pool.close()


def test_results_come_in_the_order_of_tasks_whoever_is_ready_first(pool: ClientPool) -> None:
    def work(_: GitlabClient, task: int) -> int:
        time.sleep(0.02 if task == 0 else 0)
        return task * 2

    assert pool.each(work, list(range(20))) == [task * 2 for task in range(20)]


def test_no_client_is_used_by_two_threads_at_once(pool: ClientPool, made: list[GitlabClient]) -> None:
    busy: set[int] = set()
    lock = threading.Lock()

    def work(client: GitlabClient, _: int) -> bool:
        with lock:
            free = id(client) not in busy
            busy.add(id(client))
        time.sleep(0.001)
        with lock:
            busy.discard(id(client))
        return free

    assert all(pool.each(work, list(range(50))))
    assert len(made) == 4


def test_clients_are_made_only_when_they_are_needed(pool: ClientPool, made: list[GitlabClient]) -> None:
    assert pool.each(lambda client, task: client is pool.lead, [1]) == [True]
    assert pool.each(lambda client, task: task, []) == []
    assert len(made) == 1
    pool.each(lambda client, task: task, [1, 2])
    assert len(made) == 2


def test_the_first_error_ends_the_rest(pool: ClientPool) -> None:
    begun: list[int] = []

    def work(_: GitlabClient, task: int) -> None:
        begun.append(task)
        time.sleep(0.005)
        if task == 0:
            raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        pool.each(work, list(range(200)))
    assert len(begun) < 200


def test_what_all_clients_cost_is_summed(pool: ClientPool, made: list[GitlabClient]) -> None:
    pool.each(lambda client, task: task, [1, 2, 3])
    for client in made:
        client.meter = Meter(requests=2, writes=1, bytes_received=10, waited_seconds=0.5)
    assert pool.usage().model_dump() == {"requests": 6, "writes": 3, "bytes_received": 30, "waited_seconds": 1.5}
