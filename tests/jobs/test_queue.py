from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pmbridge.config import Settings
from pmbridge.errors import StoreError, StoreLocked, Unavailable, UsageError
from pmbridge.jobs.queue.inspect import Queue, open_queue
from pmbridge.jobs.queue.retrying import ATTEMPTS, Patience, pause
from pmbridge.jobs.queue.work import TryAgain
from pmbridge.jobs.queue.worker import work_off
from pmbridge.jobs.stopping import Stopped
from pmbridge.store import open_store
from pmbridge.store.runs import last_runs
from pmbridge.store.watermarks import read_watermark
from tests.jobs.memory_worker import an_installation, load_memory

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [f"P{n:02}" for n in range(50)]


@pytest.fixture
def start(postgres_url: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a worker in a process of its own; whatever still runs in the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def begin(projects: list[str] = PROJECTS, **options: Any) -> subprocess.Popen[str]:
        given = {"store": postgres_url, "folder": str(tmp_path), "projects": projects} | options
        command = [sys.executable, "-m", "tests.jobs.memory_worker", json.dumps(given)]
        running.append(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def queue(postgres_url: str) -> Iterator[Queue]:
    with open_queue(postgres_url) as opened:
        yield opened


@pytest.fixture
def installation(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    from pmbridge.jobs import installation as module

    monkeypatch.setattr(module, "load", load_memory)
    return lambda projects=PROJECTS[:2], **options: an_installation(postgres_url, tmp_path, projects, **options)


def asked(folder: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in (folder / "asked").read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def test_two_workers_share_fifty_projects_and_do_each_once(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    assert queue.ask([("memory", project) for project in PROJECTS]) == 50
    assert queue.ask([("memory", PROJECTS[0])]) == 0
    workers = [start(), start()]
    for worker in workers:
        assert worker.wait(40) == 0, worker.stderr.read()
    done = asked(tmp_path)
    assert Counter(row["project"] for row in done) == dict.fromkeys(PROJECTS, 1)
    assert {row["pid"] for row in done} == {worker.pid for worker in workers}
    with open_store(postgres_url) as store, store.read() as conn:
        assert all(read_watermark(conn, "memory", p).instant is not None for p in PROJECTS)
        kinds = Counter((run.kind, run.outcome) for run in last_runs(conn, limit=500))
    assert kinds["sync", "complete"] == 50
    assert kinds["assess", "done"] >= 1
    assert kinds["publish", "done"] >= 1
    assert [job for job in queue.jobs() if job.status != "succeeded"] == []


def test_the_job_of_a_killed_worker_is_taken_over(start: Any, queue: Queue, postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "hang-P00").touch()
    queue.ask([("memory", project) for project in PROJECTS[:6]])
    doomed = start(PROJECTS[:6], forever=True)
    until((tmp_path / f"hanging-{doomed.pid}").exists)
    doomed.kill()
    doomed.wait()
    heir = start(PROJECTS[:6], forever=True)
    until(lambda: len([job for job in queue.jobs("succeeded") if job.task == "sync"]) == 6)
    heir.send_signal(signal.SIGTERM)
    assert heir.wait(20) == 0, heir.stderr.read()
    done = asked(tmp_path)
    assert [row["pid"] for row in done if row["project"] == "P00"] == [doomed.pid, heir.pid]
    assert {count for project, count in Counter(r["project"] for r in done).items() if project != "P00"} == {1}
    with open_store(postgres_url) as store, store.read() as conn:
        assert all(read_watermark(conn, "memory", p).instant is not None for p in PROJECTS[:6])


def test_a_worker_that_is_told_to_stop_leaves_after_its_page_and_another_goes_on_there(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    queue.ask([("memory", "P00")])
    first = start(["P00"], forever=True, pages=200, seconds=0.05)
    until(lambda: asked(tmp_path))
    time.sleep(0.4)
    first.send_signal(signal.SIGTERM)
    assert first.wait(10) == 0, first.stderr.read()
    with open_store(postgres_url) as store, store.read() as conn:
        assert read_watermark(conn, "memory", "P00").cursor is not None
        assert last_runs(conn, limit=1)[0].outcome == "stopped"
    assert [job.status for job in queue.jobs() if job.task == "sync"] == ["todo"]


def test_a_project_a_person_asks_for_goes_first(
    queue: Queue, installation: Callable[..., Settings], tmp_path: Path
) -> None:
    from pmbridge.jobs.queue.tasks import ROUTINE, enqueue

    settings = installation(PROJECTS[:4])
    enqueue(queue._app, [("memory", p) for p in PROJECTS[:3]], priority=ROUTINE)
    queue.ask([("memory", "P03")])
    work_off(settings, forever=False)
    assert [row["project"] for row in asked(tmp_path)] == ["P03", "P00", "P01", "P02"]


def test_a_job_whose_project_left_the_configuration_is_dropped(
    queue: Queue, installation: Callable[..., Settings], tmp_path: Path, postgres_url: str
) -> None:
    queue.ask([("memory", "GONE"), ("elsewhere", "SHOP")])
    work_off(installation(), forever=False)
    assert asked(tmp_path) == []
    assert [job for job in queue.jobs() if job.status != "succeeded"] == []


def test_a_dead_job_is_listed_with_its_error_and_can_be_retried(
    queue: Queue, installation: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.jobs.memory_worker import MemoryTracker

    settings = installation(PROJECTS[:1])

    def breaks(*_: Any, **__: Any) -> None:
        raise ValueError("a bug in the mapping")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryTracker, "fetch_reference", breaks)
        queue.ask([("memory", "P00")])
        work_off(settings, forever=False)
    (dead,) = queue.jobs("failed")
    assert (dead.task, dead.subject, dead.error) == ("sync", "memory/P00", "a bug in the mapping")
    with pytest.raises(UsageError, match="no dead job 999"):
        queue.retry(999)
    assert queue.retry(dead.id) == 1
    work_off(settings, forever=False)
    assert queue.jobs("failed") == []
    assert len(asked(tmp_path)) == 1


def test_workers_leave_a_tracker_alone_that_refused_one_of_them(
    queue: Queue, installation: Callable[..., Settings], tmp_path: Path, postgres_url: str
) -> None:
    (tmp_path / "refuse-P00").touch()
    queue.ask([("memory", "P00")])
    work_off(installation(PROJECTS[:1]), forever=False)
    with psycopg.connect(postgres_url) as conn:
        status, at = conn.execute(
            "SELECT status::text, scheduled_at FROM procrastinate_jobs WHERE task_name = 'sync'"
        ).fetchone()  # type: ignore[misc]
        closed = conn.execute("SELECT closed_until FROM budgets").fetchone()
    assert status == "todo"
    assert closed is not None
    assert at.timestamp() >= closed[0] / 1e6 - 0.001 > time.time() + 30


def test_what_the_clock_asks_for_is_queued_once_whoever_asks(
    queue: Queue, installation: Callable[..., Settings], postgres_url: str, tmp_path: Path
) -> None:
    from pmbridge.jobs.queue.tasks import enqueue

    both = [("memory", p) for p in PROJECTS[:2]]
    assert enqueue(queue._app, both) == 2
    assert enqueue(queue._app, both) == 0
    work_off(installation(), forever=False)
    assert len(asked(tmp_path)) == 2


def test_a_store_in_a_file_has_no_queue() -> None:
    with pytest.raises(StoreError, match="pmbridge store move"):
        work_off(an_installation("sqlite:///x.db", Path(), ["A"]))


@pytest.mark.parametrize("passing", [TryAgain("later"), Unavailable("down"), StoreLocked("busy")])
def test_what_may_pass_is_tried_again_ever_later_and_then_given_up(passing: Exception) -> None:
    job = type("Job", (), {"attempts": 3})()
    decision = Patience().get_retry_decision(exception=passing, job=job)
    assert decision is not None
    assert decision.retry_at >= datetime.now(UTC) + pause(3) - timedelta(seconds=5)
    job.attempts = ATTEMPTS
    assert Patience().get_retry_decision(exception=passing, job=job) is None


def test_a_bug_is_not_tried_again_and_a_stop_goes_back_at_once() -> None:
    job = type("Job", (), {"attempts": 0})()
    assert Patience().get_retry_decision(exception=ValueError(), job=job) is None
    decision = Patience().get_retry_decision(exception=Stopped("stop"), job=job)
    assert decision is not None
    assert decision.retry_at <= datetime.now(UTC)


def test_the_tracker_names_the_instant_and_is_obeyed() -> None:
    at = datetime.now(UTC) + timedelta(hours=3)
    job = type("Job", (), {"attempts": 0})()
    decision = Patience().get_retry_decision(exception=TryAgain("closed", at), job=job)
    assert decision is not None
    assert decision.retry_at == at
