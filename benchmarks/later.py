"""What a later run asks of a tracker, by how many items changed since the last one.

Run from the project's root: ``python benchmarks/later.py [--items 400] [--projects 1 50]``. The trackers are the
sandbox's, on loopback; the same items are in all of them, spread over the projects.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pmbridge.connector import Connector
from pmbridge.sandbox import Clock, GitlabSite, JiraSite, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN as GITLAB_TOKEN
from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN
from pmbridge.store import open_store
from pmbridge.sync import sync_source
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings
from pmbridge_jira import JiraConnector, JiraSettings

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = timedelta(minutes=10)
CHANGED = (0, 1, 20, 200)

#: How an item changes at an instant.
Change = Callable[[Any, datetime], None]


def jira(sandbox: Sandbox, count: int, items: int) -> tuple[Callable[[], Connector], list[Any], Change]:
    """Fill a Jira; returns how it is connected to, its items, and how one changes."""
    site: JiraSite = sandbox.jira.site
    site.add_user("ada", "Ada", "ada@acme.example")
    keys = [f"PART{n}" for n in range(count)]
    for key in keys:
        site.add_project(key, key.title(), "ada")
        site.add_version(key, "1.0")
    made = [
        site.create_issue(keys[n % count], "Story", f"Story {n}", at=START + n * LATER, by="ada") for n in range(items)
    ]
    section = {"url": sandbox.jira.url, "auth": {"email": BOT_EMAIL, "token": TOKEN}, "projects": keys}
    settings = JiraSettings.model_validate(section)

    def change(item: Any, at: datetime) -> None:
        status = "Done" if site.issue(item).status != site.named("statuses", "Done").id else "To Do"
        site.edit_issue(item, at=at, by="ada", status=status)

    return lambda: JiraConnector("jira", settings, owner="bench"), made, change


def gitlab(sandbox: Sandbox, count: int, items: int) -> tuple[Callable[[], Connector], list[Any], Change]:
    """Fill a GitLab in the same way."""
    site: GitlabSite = sandbox.gitlab.site
    ann = site.add_user("ann", "Ann")
    paths = [f"acme/part-{n}" for n in range(count)]
    for path in paths:
        site.add_project(path)
        site.add_milestone(path, "1.0")
    made = [site.create_issue(paths[n % count], f"Issue {n}", at=START + n * LATER, by=ann) for n in range(items)]
    section = {"url": sandbox.gitlab.url, "auth": {"token": GITLAB_TOKEN}, "projects": paths}
    settings = GitlabSettings.model_validate(section)

    def change(item: Any, at: datetime) -> None:
        closed = site.issues[item].state == "closed"
        (site.reopen_issue if closed else site.close_issue)(item, at=at, by=ann)

    return lambda: GitlabConnector("gitlab", settings, owner="bench"), made, change


TRACKERS = {"Jira": jira, "GitLab": gitlab}


def rows(items: int, projects: int) -> Iterator[tuple[str, list[int]]]:
    """Yield the requests of a first sync, and of later ones, for each tracker."""
    for name, fill in TRACKERS.items():
        clock = Clock(START + timedelta(days=30))
        with Sandbox(clock) as sandbox, tempfile.TemporaryDirectory() as folder:
            connect, made, change = fill(sandbox, projects, items)
            with open_store(f"sqlite:///{folder}/bench.db") as store:
                yield name, [_requests(connect, store, clock, made[:changed], change) for changed in (0, *CHANGED)]


def _requests(connect: Callable[[], Connector], store: Any, clock: Clock, items: list[Any], change: Change) -> int:
    at = clock.now() + LATER / 2
    for item in items:
        change(item, at)
    clock.advance(LATER)
    connector = connect()
    proof = sync_source(connector, store, holder="bench", clock=clock.now)
    connector.close()
    assert proof.status == "complete", proof.gaps
    return proof.requests


def main() -> None:
    """Print one line a tracker and number of projects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--projects", type=int, nargs="*", default=[1, 50])
    options = parser.parse_args()
    print("| tracker | projects | first sync |" + "".join(f" {changed} changed |" for changed in CHANGED))
    print("|---" * (3 + len(CHANGED)) + "|")
    for projects in options.projects:
        for name, found in rows(options.items, projects):
            print(f"| {name} | {projects} | " + " | ".join(map(str, found)) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
