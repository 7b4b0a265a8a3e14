"""What a first sync costs a tracker and this machine, beside plain loops over the client libraries.

Run from the project's root: ``python benchmarks/sync.py [ITEMS] [--latency 0.05] [--only NAME]``. The trackers are the
sandbox's, on loopback, in a process of their own; every contender reads the same project with its history.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
CHANGES = 20
JIRA, GITLAB = "SHOP", "acme/shop-web"


@dataclass(frozen=True)
class Place:
    """Where the trackers answer."""

    jira: str
    gitlab: str


def serve(items: int, latency: float, wire: Any) -> None:
    """Make up a project in both trackers, answer until told to stop, and count requests on demand."""
    from pmbridge.sandbox import Clock, Sandbox

    with Sandbox(Clock(START + timedelta(days=400))) as sandbox:
        _fill_jira(sandbox.jira.site, items)
        _fill_gitlab(sandbox.gitlab.site, items)
        for tracker in (sandbox.jira, sandbox.gitlab):
            tracker.faults.latency(latency)
        wire.send(Place(sandbox.jira.url, sandbox.gitlab.url))
        while wire.recv() == "count":
            wire.send((len(list(sandbox.jira.requests)), len(list(sandbox.gitlab.requests))))


def _fill_jira(site: Any, items: int) -> None:
    site.add_user("ada", "Ada", "ada@acme.example")
    site.add_project(JIRA, "Shop", "ada")
    versions = ["1.0", "1.1"]
    for name in versions:
        site.add_version(JIRA, name)
    for n in range(items):
        at = START + timedelta(minutes=7 * n)
        issue = site.create_issue(
            JIRA, "Story", f"Story {n}", at=at, by="ada", description="As a customer I want more of it. " * 20
        )
        for step in range(CHANGES):
            change = _JIRA_CHANGES[step % len(_JIRA_CHANGES)](step, versions)
            site.edit_issue(issue, at=at + timedelta(hours=step + 1), by="ada", **change)


_JIRA_CHANGES: tuple[Callable[[int, list[str]], dict[str, Any]], ...] = (
    lambda step, versions: {"status": "In Progress" if step % 2 else "To Do"},
    lambda step, versions: {"fix_versions": [versions[step // 5 % 2]]},
    lambda step, versions: {"points": float(step)},
    lambda step, versions: {"labels": [f"l{step}"]},
    lambda step, versions: {"status": "Done" if step % 2 else "In Progress"},
)


def _fill_gitlab(site: Any, items: int) -> None:
    site.add_project(GITLAB)
    ann = site.add_user("ann", "Ann")
    stones = [site.add_milestone(GITLAB, title) for title in ("1.0", "1.1")]
    for n in range(items):
        at = START + timedelta(minutes=7 * n)
        issue = site.create_issue(GITLAB, f"Issue {n}", at=at, by=ann, description="It should be better. " * 20)
        for step in range(4):
            later = at + timedelta(hours=step + 1)
            site.set_milestone(issue, stones[step % 2], at=later, by=ann)
            site.add_labels(issue, [f"l{step}"], at=later, by=ann)
            (site.reopen_issue if step % 2 else site.close_issue)(issue, at=later, by=ann)


def ours_jira(place: Place) -> int:
    """Sync Jira into a store."""
    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
    from pmbridge_jira import JiraConnector, JiraSettings

    auth = {"email": BOT_EMAIL, "token": TOKEN}
    section = JiraSettings.model_validate({"url": place.jira, "auth": auth, "projects": [JIRA]})
    return _synced(JiraConnector("jira", section, owner="bench"))


def ours_gitlab(place: Place) -> int:
    """Sync GitLab into a store."""
    from pmbridge.sandbox.gitlab.state import TOKEN
    from pmbridge_gitlab import GitlabConnector
    from pmbridge_gitlab.settings import GitlabSettings

    section = GitlabSettings.model_validate({"url": place.gitlab, "auth": {"token": TOKEN}, "projects": [GITLAB]})
    return _synced(GitlabConnector("gitlab", section, owner="bench"))


def _synced(connector: Any) -> int:
    from pmbridge.store import open_store
    from pmbridge.sync import sync_source

    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/bench.db") as store:
        proof = sync_source(connector, store, holder="bench")
    connector.close()
    assert proof.status == "complete", proof.gaps
    return proof.items_stored


def plain_jira(place: Place) -> int:
    """Page through Jira with its client library, histories of each page by the bulk changelog."""
    from jira import JIRA as Library

    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN

    client = Library(place.jira, basic_auth=(BOT_EMAIL, TOKEN))
    token, count = None, 0
    while True:
        body = {"jql": f"project = {JIRA}", "fields": ["*all"], "maxResults": 100}
        page = client._get_json("search/jql", {**body, **({"nextPageToken": token} if token else {})}, use_post=True)
        ids = [issue["id"] for issue in page["issues"]]
        client._get_json("changelog/bulkfetch", {"issueIdsOrKeys": ids, "maxResults": 10_000}, use_post=True)
        count += len(ids)
        token = page.get("nextPageToken")
        if token is None:
            return count


def plain_gitlab(place: Place) -> int:
    """Page through GitLab with its client library, three event lists an issue on eight threads."""
    from gitlab import Gitlab

    from pmbridge.sandbox.gitlab.state import TOKEN

    kinds = ("resourcestateevents", "resourcemilestoneevents", "resourcelabelevents")
    client = Gitlab(place.gitlab, private_token=TOKEN)
    issues = client.projects.get(GITLAB).issues.list(iterator=True, per_page=100, scope="all")

    def events(issue: Any) -> int:
        return sum(len(getattr(issue, kind).list(get_all=True)) for kind in kinds)

    with ThreadPoolExecutor(8) as pool:
        return len(list(pool.map(events, issues)))


CONTENDERS: dict[str, Callable[[Place], int]] = {
    "pmbridge, Jira": ours_jira,
    "plain jira loop": plain_jira,
    "pmbridge, GitLab": ours_gitlab,
    "plain python-gitlab, 8 threads": plain_gitlab,
}


def _measured(name: str, place: Place, wire: Any) -> None:
    # Imports are no part of a sync.
    import gitlab  # noqa: F401
    import jira  # noqa: F401

    import pmbridge.sync  # noqa: F401

    begin, spent = time.perf_counter(), time.process_time()
    items = CONTENDERS[name](place)
    wall, cpu = time.perf_counter() - begin, time.process_time() - spent
    wire.send((items, wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def run(name: str, place: Place, server: Any) -> dict[str, Any]:
    """Let one contender read in a process of its own, and ask the trackers how often they were asked."""
    before = _count(server)
    here, there = multiprocessing.Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=_measured, args=(name, place, there))
    reader.start()
    there.close()
    items, wall, cpu, memory = here.recv()
    reader.join()
    requests = sum(_count(server)) - sum(before)
    return {
        "contender": name,
        "items": items,
        "requests an item": round(requests / items, 4),
        "wall s": round(wall, 2),
        "CPU s": round(cpu, 2),
        "peak MB": round(memory),
    }


def _count(server: Any) -> tuple[int, int]:
    server.send("count")
    counted: tuple[int, int] = server.recv()
    return counted


def main() -> None:
    """Print one line a contender, as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", nargs="?", type=int, default=5000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--only", action="append", choices=list(CONTENDERS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(options.items, options.latency, there), daemon=True
    )
    server.start()
    place = here.recv()
    rows = [run(name, place, here) for name in options.only or CONTENDERS]
    here.send("stop")
    server.join()
    print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(map(str, row.values())) + " |")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    sys.exit(main())
