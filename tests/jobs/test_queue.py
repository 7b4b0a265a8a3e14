from __future__ import annotations

import asyncio
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
import structlog.testing
from procrastinate.exceptions import ConnectorException

from pmbridge.cli.boundary import exit_code
from pmbridge.config import Settings
from pmbridge.errors import RateLimited, StoreError, StoreLocked, Unavailable, UsageError
from pmbridge.jobs.queue import worker as working
from pmbridge.jobs.queue.inspect import Queue, open_queue
from pmbridge.jobs.queue.retrying import ATTEMPTS, Patience, pause
from pmbridge.jobs.queue.tasks import defer
from pmbridge.jobs.queue.work import TryAgain
from pmbridge.jobs.queue.worker import work_off
from pmbridge.jobs.sharing import Share
from pmbridge.jobs.stopping import Stopped
from pmbridge.store import open_store
from pmbridge.store.runs import last_runs
from pmbridge.store.watermarks import read_watermark
from tests.jobs.memory_worker import an_installation, load_memory
from tests.postgres import Postgres

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


def until(condition: Callable[[], Any], seconds: float = 90.0) -> None:
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
        assert worker.wait(180) == 0, worker.stderr.read()
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


def test_of_two_workers_on_fifty_projects_one_is_killed_and_the_other_takes_over_its_job(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    (tmp_path / "hang-P07").touch()
    queue.ask([("memory", project) for project in PROJECTS])
    pair = [start(forever=True, seconds=0.1), start(forever=True, seconds=0.1)]
    until(lambda: list(tmp_path.glob("hanging-*")))
    (hanging,) = tmp_path.glob("hanging-*")
    doomed, heir = sorted(pair, key=lambda worker: worker.pid != int(hanging.name.split("-")[1]))
    doomed.kill()
    doomed.wait()
    until(lambda: len([job for job in queue.jobs("succeeded") if job.task == "sync"]) == 50, 180)
    heir.send_signal(signal.SIGTERM)
    assert heir.wait(60) == 0, heir.stderr.read()
    done = asked(tmp_path)
    assert [row["pid"] for row in done if row["project"] == "P07"] == [doomed.pid, heir.pid]
    others = Counter(row["project"] for row in done if row["project"] != "P07")
    assert others == dict.fromkeys([p for p in PROJECTS if p != "P07"], 1)
    assert {row["pid"] for row in done} == {doomed.pid, heir.pid}
    with open_store(postgres_url) as store, store.read() as conn:
        assert all(read_watermark(conn, "memory", p).instant is not None for p in PROJECTS)


def test_one_worker_of_several_queues_what_the_clock_asks_for(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    pair = [start(PROJECTS[:6], forever=True, sync="* * * * *") for _ in range(2)]
    until(lambda: len([job for job in queue.jobs("succeeded") if job.task == "sync"]) >= 6, 180)
    for worker in pair:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(60) for worker in pair] == [0, 0]
    with psycopg.connect(postgres_url.replace("postgresql+psycopg", "postgresql")) as conn:
        counts = "SELECT args ->> 'timestamp', count(*) FROM procrastinate_jobs WHERE task_name = %s GROUP BY 1"
        ticks = dict(conn.execute(counts, ["enqueue_syncs"]).fetchall())
    assert set(ticks.values()) == {1}, "a tick of the clock is one job, whoever of the two was first"
    assert set(Counter(row["project"] for row in asked(tmp_path)).values()) <= {len(ticks)}


def test_every_line_a_worker_writes_names_the_worker_and_a_job_s_lines_the_job_and_the_run(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    queue.ask([("memory", "P00"), ("memory", "GONE")])
    worker = start(PROJECTS[:1], log="info")
    assert worker.wait(180) == 0
    lines = [json.loads(line) for line in worker.stderr.read().splitlines()]
    assert lines
    assert all(line["worker"].endswith(f"-{worker.pid}") for line in lines)
    jobs = {job.id: job.task for job in queue.jobs()}
    with open_store(postgres_url) as store, store.read() as conn:
        runs = {run.id: run.kind for run in last_runs(conn, limit=50)}
    told = [line for line in lines if line["logger"].startswith("pmbridge.jobs")]
    assert {(jobs[line["job"]], runs.get(line.get("run"))) for line in told} == {
        ("sync", "sync"),
        ("sync", None),
        ("assess", "assess"),
        ("publish", "publish"),
    }
    (dropped,) = [line for line in told if line["event"] == "dropped"]
    assert "GONE of memory is not configured any more" in dropped["reason"]


def test_a_worker_survives_a_restart_of_the_server_and_goes_on_where_it_was(
    start: Any, postgres: Postgres, postgres_url: str, tmp_path: Path
) -> None:
    worker = start(PROJECTS[:2], forever=True, pages=40, seconds=0.05)
    with open_queue(postgres_url) as queue:
        queue.ask([("memory", "P00")])
        until(lambda: asked(tmp_path))
    time.sleep(0.5)
    postgres.restart()
    with open_queue(postgres_url) as queue:
        queue.ask([("memory", "P01")])
        until(lambda: len([job for job in queue.jobs("succeeded") if job.task == "sync"]) == 2, 180)
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0, worker.stderr.read()
    with open_store(postgres_url) as store, store.read() as conn:
        assert all(read_watermark(conn, "memory", p).instant is not None for p in PROJECTS[:2])


def test_two_workers_draw_on_one_budget(postgres_url: str) -> None:
    waits: list[float] = []
    with open_store(postgres_url) as one, open_store(postgres_url) as other:
        first, second = (Share(store, "jira-main", 10, waits.append) for store in (one, other))
        first.draw(6)
        assert waits == []
        second.draw(6)
        assert len(waits) == 1
        assert 0 < waits[0] <= 60
        second.refused(RateLimited("slow down", source="jira-main"))
        reopens = first.reopens_at()
    assert reopens is not None
    assert reopens > datetime.now(UTC) + timedelta(seconds=30)


def test_the_command_line_lists_retries_and_asks(
    queue: Queue, postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    (tmp_path / "reports").mkdir()
    config.write_text(
        json.dumps(
            {
                "store": postgres_url,
                "sources": {"files": {"connector": "folder", "path": str(tmp_path / "reports")}},
                "products": {"shop": {"title": "Shop", "projects": {"files": ["SHOP"]}}},
            }
        )
    )

    def call(*words: str) -> tuple[int, str]:
        code = exit_code(["--config", str(config), "jobs", *words])
        return int(code), capsys.readouterr().out

    assert call("ask", "files", "SHOP", "PAY") == (0, "2 queued.\n")
    assert call("ask", "files", "SHOP") == (0, "0 queued.\n")
    rows = [json.loads(line) for line in call("list", "--format", "json")[1].splitlines()]
    assert [(row["task"], row["subject"], row["status"]) for row in rows] == [
        ("sync", "files/SHOP", "todo"),
        ("sync", "files/PAY", "todo"),
    ]
    assert "files/PAY" in call("list", "--status", "todo")[1]
    assert call("list", "--status", "failed") == (0, "")
    assert call("retry") == (0, "0 queued again.\n")
    assert call("ask", "nowhere", "SHOP")[0] == 2
    assert call("retry", "4711")[0] == 2


def test_a_worker_that_is_told_to_stop_leaves_after_its_page_and_another_goes_on_there(
    start: Any, queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    queue.ask([("memory", "P00")])
    first = start(["P00"], forever=True, pages=200, seconds=0.05)
    until(lambda: asked(tmp_path))
    time.sleep(0.4)
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0, first.stderr.read()
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
    defer(queue._app, "assess", "assess gone", 0, product="gone", publish=True)
    work_off(installation(), forever=False)
    assert asked(tmp_path) == []
    assert {(job.task, job.status, job.attempts) for job in queue.jobs() if job.task != "rescue"} == {
        ("sync", "succeeded", 1),
        ("assess", "succeeded", 1),
    }
    with open_store(postgres_url) as store, store.read() as conn:
        told = {(run.subject, run.outcome, run.facts["error"]) for run in last_runs(conn, limit=9)}
    assert told == {
        ("memory/GONE", "not configured", "GONE of memory is not configured any more."),
        ("elsewhere/SHOP", "not configured", "elsewhere is not configured any more."),
        ("gone", "not configured", "The product gone is not configured any more."),
    }


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


def test_what_goes_wrong_beside_the_jobs_is_logged_and_tried_again() -> None:
    trouble = [ValueError("the disk is gone"), ConnectorException("no server"), None]
    done: list[str] = []

    async def once() -> None:
        done.append("tried")
        if (error := trouble[len(done) - 1]) is not None:
            raise error

    async def briefly() -> None:
        task = asyncio.create_task(working._again_and_again("rescue", 0.0, once))
        while len(done) < len(trouble):
            await asyncio.sleep(0)
        task.cancel()

    with structlog.testing.capture_logs() as lines:
        asyncio.run(briefly())
    assert [(line["log_level"], line["beside"], line.get("error")) for line in lines] == [
        ("error", "rescue", "the disk is gone"),
        ("info", "rescue", None),
    ]


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
