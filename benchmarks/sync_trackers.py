"""The trackers that contenders read: one project in each, made up in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
CHANGES = 20
#: As many fields has an issue of a site that was in use for some years.
FIELDS = 60
JIRA, GITLAB = "SHOP", "acme/shop-web"


@dataclass(frozen=True)
class Place:
    """Where the trackers answer; ``yesterday`` is a Jira whose search by offset was not removed yet."""

    jira: str
    gitlab: str
    yesterday: str | None = None


class Trackers:
    """The trackers' process: where they are, and how often they were asked."""

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self.place: Place = wire.recv()

    def requests(self) -> int:
        """Return how many requests all trackers have answered."""
        self._wire.send("count")
        return int(self._wire.recv())


@contextmanager
def trackers(items: int, latency: float, *, yesterday: bool = False, fields: int = FIELDS) -> Iterator[Trackers]:
    """Let the trackers answer while the context lasts."""
    here, there = multiprocessing.Pipe()
    arguments = (items, latency, yesterday, fields, there)
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=arguments, daemon=True)
    server.start()
    try:
        yield Trackers(here)
    finally:
        here.send("stop")
        server.join()


def _serve(items: int, latency: float, yesterday: bool, fields: int, wire: Any) -> None:
    from benchmarks.peers.trackers import GitlabForPeers, JiraOfYesterday, JiraWithTransitions
    from pmbridge.sandbox import Clock, GitlabSite, JiraSite
    from pmbridge.sandbox.server import TrackerServer

    clock = Clock(START + timedelta(days=400))
    jira, gitlab = JiraSite(clock), GitlabSite(clock)
    _widen(fields)
    _fill_jira(jira, items)
    _fill_gitlab(gitlab, items)
    servers: list[TrackerServer[Any]] = [
        TrackerServer(jira, JiraWithTransitions()),
        TrackerServer(gitlab, GitlabForPeers()),
        *([TrackerServer(jira, JiraOfYesterday())] if yesterday else []),
    ]
    with ExitStack() as stack:
        for server in servers:
            server.faults.latency(latency)
            server.start()
            stack.callback(server.stop)
        wire.send(Place(*(server.url for server in servers)))
        while wire.recv() == "count":
            wire.send(sum(len(list(server.requests)) for server in servers))


def _widen(fields: int) -> None:
    """Give every issue of Jira further fields of its own, chosen from lists, as sites do; in this process alone."""
    from pmbridge.sandbox.jira.issue_view import DRAWN

    def draw(frame: Any, _issue: Any, number: int) -> dict[str, str]:
        option = f"{frame.api}/customFieldOption/{number}"
        return {"self": option, "value": f"One of the options of field {number}", "id": str(number)}

    for number in range(11_000, 11_000 + fields - len(DRAWN)):
        DRAWN[f"customfield_{number}"] = partial(draw, number=number)


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
