from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from pmbridge.config import Settings
from pmbridge.errors import StoreError
from pmbridge.jobs.schedule import cron_trigger, once, read_and_assess, serve
from pmbridge.jobs.stopping import Stopped, Stopping
from pmbridge.jobs.telemetry import served, write_figures
from pmbridge.store import open_store
from pmbridge.store.budget import close, closed_until, spend
from pmbridge.store.runs import begin_run, last_runs
from pmbridge.store.watermarks import read_watermark
from pmbridge.sync import Progress
from tests.jobs.memory_worker import an_installation, load_memory

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installation(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    from pmbridge.jobs import installation as module

    monkeypatch.setattr(module, "load", load_memory)
    return lambda projects=("A", "B"), **options: an_installation(store_url, tmp_path, projects, **options)


@pytest.mark.parametrize(
    ("line", "next_"),
    [
        ("*/15 * * * *", "2026-03-04T12:15"),
        ("0 7 * * mon-fri", "2026-03-05T07:00"),
        ("0 7 * * 1-5", "2026-03-05T07:00"),
        ("0 7 * * 0", "2026-03-08T07:00"),
        ("0 7 * * 7", "2026-03-08T07:00"),
        ("0 7 * * 0-1", "2026-03-08T07:00"),
        ("30 6 1 * *", "2026-04-01T06:30"),
    ],
)
def test_a_cron_line_means_what_it_means_to_cron(line: str, next_: str) -> None:
    found = cron_trigger(line, UTC).get_next_fire_time(None, NOW + timedelta(seconds=1))
    assert found.isoformat().startswith(next_)


def test_a_pass_reads_assesses_and_is_recorded(installation: Callable[..., Settings]) -> None:
    settings = installation()
    once(settings, Stopping(), read_and_assess)
    with open_store(settings.store) as store, store.read() as conn:
        (run,) = last_runs(conn, limit=9)
        assert read_watermark(conn, "memory", "A").instant is not None
    assert (run.kind, run.outcome, run.facts["requests"]) == ("read_and_assess", "done", 2)


def test_a_pass_that_is_told_to_stop_ends_after_its_page(installation: Callable[..., Settings]) -> None:
    settings, stopping = installation(("A",), pages=50), Stopping()
    threading.Timer(0.3, stopping.wish).start()
    once(settings, stopping, read_and_assess)
    with open_store(settings.store) as store, store.read() as conn:
        (run,) = last_runs(conn, limit=9)
        assert read_watermark(conn, "memory", "A").cursor is not None
    assert run.outcome == "stopped"


def test_trouble_ends_a_pass_and_not_the_schedule(tmp_path: Path) -> None:
    settings = an_installation(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}", tmp_path, ["A"])
    with pytest.raises(StoreError, match="nowhere"), open_store(settings.store):
        pass
    assert once(settings, Stopping(), read_and_assess) is None


def test_the_schedule_makes_up_for_what_came_due_and_stops_at_once_when_told(
    installation: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    from apscheduler.triggers.cron import CronTrigger

    from pmbridge.jobs import schedule

    every_second = CronTrigger(second="*")
    monkeypatch.setattr(
        schedule, "cron_trigger", lambda line: every_second if line == "* * * * *" else cron_trigger(line)
    )
    settings, stopping, beats = installation(("A",), sync="* * * * *", seconds=1.2), Stopping(), []
    threading.Timer(3.5, stopping.wish).start()
    serve(settings, stopping, beat=lambda: beats.append(1))
    with open_store(settings.store) as store, store.read() as conn:
        runs = last_runs(conn, limit=9)
    assert len(beats) >= 2
    assert 1 <= len(runs) <= 3
    spans = sorted((run.started_at, run.finished_at) for run in runs)
    assert all(a[1] is not None and a[1] <= b[0] for a, b in pairwise(spans))


def test_a_schedule_that_gets_sigterm_ends_well(store_url: str, tmp_path: Path) -> None:
    program = (
        "import sys, json; from pathlib import Path; from tests.jobs.memory_worker import an_installation\n"
        "from pmbridge.jobs.schedule import serve; from pmbridge.jobs.stopping import Stopping, on_signals\n"
        "with on_signals(Stopping()) as stopping:\n"
        "    print('ready', flush=True)\n"
        "    serve(an_installation(sys.argv[1], Path(sys.argv[2]), ['A']), stopping)\n"
    )
    command = [sys.executable, "-c", program, store_url, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_wish_to_stop_is_heard_at_the_next_page() -> None:
    stopping = Stopping()
    told = stopping.watching()
    told(Progress("jira", "SHOP", 1, 2))
    stopping.wish()
    with pytest.raises(Stopped, match="goes on from there"):
        told(Progress("jira", "SHOP", 2, 2))
    with pytest.raises(Stopped):
        stopping.wait(60)


def test_metrics_and_health_are_answered(installation: Callable[..., Settings]) -> None:
    settings = installation(worker={"requests_per_minute": {"memory": 100}})
    once(settings, Stopping(), read_and_assess)
    alive = [True]
    with served(settings, 0, lambda: alive[0]) as port:
        text = urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        health = json.load(urlopen(f"http://127.0.0.1:{port}/health"))
        alive[0] = False
        with pytest.raises(HTTPError, match="503") as stuck:
            urlopen(f"http://127.0.0.1:{port}/health")
        stuck.value.close()
    assert 'pmbridge_lag_seconds{project="A",source="memory"}' in text
    assert 'pmbridge_certificate_complete{source="memory"} 1.0' in text
    assert 'pmbridge_requests_left{source="memory"} 100.0' in text
    assert 'pmbridge_runs{kind="read_and_assess",outcome="done"} 1.0' in text
    assert health["status"] == "ok"
    assert health["lag_seconds"] > 0


def test_figures_are_written_for_the_node_exporter(installation: Callable[..., Settings], tmp_path: Path) -> None:
    settings = installation()
    once(settings, Stopping(), read_and_assess)
    with open_store(settings.store) as store:
        with store.write() as conn:
            begin_run(conn, "killed", "run", "all", datetime.now(UTC))
        write_figures(store, settings, tmp_path / "pmbridge.prom")
    text = (tmp_path / "pmbridge.prom").read_text(encoding="utf-8")
    assert 'pmbridge_runs{kind="run",outcome="running"} 1.0' in text


def test_the_minute_is_shared_and_ends(store_url: str) -> None:
    at = NOW
    with open_store(store_url) as store, store.write() as conn:
        assert spend(conn, "jira", 6, per_minute=10, now=at) == timedelta()
        assert spend(conn, "jira", 6, per_minute=10, now=at + timedelta(seconds=20)) == timedelta(seconds=40)
        assert spend(conn, "jira", 0, per_minute=10, now=at + timedelta(seconds=61)) == timedelta()
        assert spend(conn, "gitlab", 999, per_minute=None, now=at) == timedelta()
        # The clock was set back by an hour: nobody waits for it to come round again.
        assert spend(conn, "jira", 1, per_minute=10, now=at - timedelta(hours=1)) == timedelta()


def test_a_closed_tracker_is_closed_for_everybody(store_url: str) -> None:
    with open_store(store_url) as store, store.write() as conn:
        close(conn, "jira", NOW + timedelta(minutes=5), now=NOW)
        close(conn, "jira", NOW + timedelta(minutes=2), now=NOW)
        assert closed_until(conn, "jira") == NOW + timedelta(minutes=5)
        assert spend(conn, "jira", 1, per_minute=None, now=NOW) == timedelta(minutes=5)
