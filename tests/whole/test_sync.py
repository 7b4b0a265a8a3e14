"""Syncs as a user runs them: recorded, interrupted by a kill, with projects that vanish."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from pmbridge.sandbox.gitlab.state import TOKEN as GITLAB_TOKEN
from pmbridge.sandbox.jira.state import TOKEN as JIRA_TOKEN


def rows(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything a sync brings, but not when it was seen."""
    wanted = {
        "items": "SELECT source, id, key, project, gap, body FROM items",
        "changes": "SELECT * FROM changes",
        "links": "SELECT * FROM links",
        "worklogs": "SELECT * FROM worklogs",
        "milestones": "SELECT source, id, body FROM milestones",
    }
    conn = sqlite3.connect(store)
    try:
        return {name: sorted(conn.execute(text).fetchall(), key=repr) for name, text in wanted.items()}
    finally:
        conn.close()


def test_a_recorded_sync_can_be_sent_to_others(demo, call, tmp_path):
    folder = tmp_path / "record"
    assert call("sync", "--record", str(folder), config=demo.config).code == 0
    files = sorted(folder.rglob("*.json"))
    assert {file.parent.name for file in files} == {"jira-main", "gitlab-main"}
    asked = len(demo.sandbox.jira.requests) + len(demo.sandbox.gitlab.requests)
    assert len(files) == asked
    exchange = json.loads(next(file for file in files if "search_jql" in file.name).read_text())
    assert exchange["answer"]["issues"]
    kept = "".join(file.read_text() for file in files)
    assert JIRA_TOKEN not in kept
    assert GITLAB_TOKEN not in kept


def test_a_sync_that_is_killed_again_and_again_ends_as_an_undisturbed_one(demo, call):
    command = [sys.executable, "-c", "from pmbridge.cli import main; main()", "--config", str(demo.config), "sync"]
    environment = {**os.environ, "COLUMNS": "160"}
    store, kills = demo.folder / "pmbridge.db", 0
    for tracker in (demo.sandbox.jira, demo.sandbox.gitlab):
        tracker.faults.latency(0.15)
    for patience in (1.2, 1.4, 1.6, 1.8, 2.0, 2.4):
        running = subprocess.Popen(
            command, env=environment, cwd=demo.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(patience)
        kills += running.poll() is None
        running.kill()
        running.wait()
        _let_leases_expire(store)
    assert kills >= 4
    for tracker in (demo.sandbox.jira, demo.sandbox.gitlab):
        tracker.faults.latency(0)
    answer = call("sync", config=demo.config)
    assert answer.code == 0, answer.out + answer.err
    disturbed = rows(store)
    for file in demo.folder.glob("pmbridge.db*"):
        file.unlink()
    assert call("sync", config=demo.config).code == 0
    undisturbed = rows(store)
    for table, expected in undisturbed.items():
        assert disturbed[table] == expected, table


def _let_leases_expire(store: Path) -> None:
    """A killed run cannot give back its lease; waiting for the end of one would only make the test slow."""
    conn = sqlite3.connect(store)
    try:
        with conn:
            conn.execute("UPDATE leases SET expires_at = 0")
    except sqlite3.OperationalError:
        return  # It was killed before it had made its tables.
    finally:
        conn.close()


def test_what_vanishes_from_the_trackers_is_buried_and_told(synced, call):
    jira, gitlab = synced.sandbox.jira.site, synced.sandbox.gitlab.site
    gone = next(issue for issue in jira.issues.values() if issue.project == "SHOP" and not issue.links)
    jira.delete_issue(gone.id)
    gitlab.delete_issue(next(id for id, issue in gitlab.issues.items() if not issue.links))
    certificates = json.loads(call("sync", "--format", "json", config=synced.config).out)
    assert [c["status"] for c in certificates] == ["complete", "complete"], certificates
    assert [c["tombstones"] for c in certificates] == [1, 1]
    assert any(gone.key in note for note in certificates[0]["notes"])
