"""The demonstration: two sandbox trackers with a product inside, and an installation that points at them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from pmbridge.errors import UsageError
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN as GITLAB_TOKEN
from pmbridge.sandbox.jira.records import Issue
from pmbridge.sandbox.jira.state import BOT_EMAIL
from pmbridge.sandbox.jira.state import TOKEN as JIRA_TOKEN
from pmbridge.sandbox.story.build import build
from pmbridge.sandbox.story.index import MilestoneEntry, StoryIndex
from pmbridge.sandbox.story.scenario import Role

#: The instant at which the story stands when the demonstration begins.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SEED = 7

#: Marks a folder as ours, so that cleaning never removes another one.
SIGN = ".pmbridge-demo"

#: Who works in which team, by the user name both trackers give.
_TEAMS = {
    "checkout": ["h.lindqvist", "t.okonjo", "s.marchetti", "j.vandael"],
    "catalogue": ["r.achterberg", "l.moreau", "k.brzezinska", "d.oyelaran"],
    "platform": ["m.halvorsen", "a.ferreira", "p.nakagawa", "o.steinmetz"],
}
#: Who decides about the gate.
_BOSS = "v.rademacher"

_SECRETS = {"jira.token": JIRA_TOKEN, "gitlab.token": GITLAB_TOKEN}


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration: the trackers, what is in them, and the folder it works in."""

    folder: Path
    sandbox: Sandbox
    story: StoryIndex

    @property
    def config(self) -> Path:
        """The configuration that points at the sandbox."""
        return self.folder / "config.yaml"

    @property
    def decisions(self) -> Path:
        """The file in which people decide about the gate."""
        return self.folder / "decisions.yaml"

    @property
    def trouble(self) -> MilestoneEntry:
        """The milestone that is in trouble."""
        return self.story.milestone(Role.TROUBLE)

    def pages(self) -> dict[str, str]:
        """Name the pages on which a person can look at what was written."""
        entry = self.trouble
        web = f"{self.sandbox.gitlab.url}/acme/shop-web/-"
        milestone = self.sandbox.gitlab.site.milestones[entry.web_milestone]
        return {
            "the epic in Jira": f"{self.sandbox.jira.url}/browse/{entry.epic}",
            "the version in Jira": f"{self.sandbox.jira.url}/projects/SHOP/versions/{entry.version}",
            "the tracking issue in GitLab": f"{web}/issues/{entry.tracking}",
            "the milestone in GitLab": f"{web}/milestones/{milestone.iid}",
        }

    def comment(self) -> str:
        """Return the comment on the tracking issue as GitLab holds it: Markdown."""
        site = self.sandbox.gitlab.site
        issue = next(
            i for i in site.issues.values() if (i.project, i.iid) == (self.story.web_project, self.trouble.tracking)
        )
        return next(note.body for note in reversed(issue.notes) if not note.system and "<!-- pmbridge" in note.body)

    def keep_pages(self) -> None:
        """Store what the trackers show now, so that it can be looked at when they have stopped."""
        for name, url in self.pages().items():
            answer = requests.get(url, timeout=30)
            answer.raise_for_status()
            (self.folder / f"{name.removeprefix('the ').replace(' ', '-').lower()}.html").write_text(answer.text)

    def writes(self) -> int:
        """Count the write requests both trackers have received."""
        return len(self.sandbox.jira.requests.writes()) + len(self.sandbox.gitlab.requests.writes())


@contextmanager
def running(folder: Path, *, ports: tuple[int, int] = (0, 0)) -> Iterator[Demo]:
    """Start the trackers, tell the story, write the files; the trackers stop on leaving, the files stay.

    ``ports`` are Jira's and GitLab's; 0 takes any free one.
    """
    _claim(folder)
    sandbox = Sandbox(Clock(NOW), jira_port=ports[0], gitlab_port=ports[1])
    with sandbox:
        story = build(
            sandbox.jira.site,
            sandbox.gitlab.site,
            seed=SEED,
            now=NOW,
            jira_url=sandbox.jira.url,
            gitlab_url=sandbox.gitlab.url,
        )
        demo = Demo(folder, sandbox, story)
        _write_files(demo)
        yield demo


def _claim(folder: Path) -> None:
    if folder.exists() and not (folder / SIGN).exists():
        raise UsageError(f"{folder} exists and is not a folder of the demo. Name another one with --folder.")
    clean(folder)
    folder.mkdir(parents=True)
    (folder / SIGN).write_text("Made by `pmbridge demo`; `pmbridge demo --clean` removes this folder.\n")


def clean(folder: Path) -> bool:
    """Remove the demo's folder; tell whether there was one. A folder that is not the demo's is left alone."""
    if not (folder / SIGN).exists():
        return False
    shutil.rmtree(folder)
    return True


def _write_files(demo: Demo) -> None:
    for name, secret in _SECRETS.items():
        path = demo.folder / name
        path.write_text(secret + "\n")
        path.chmod(0o600)
    demo.config.write_text(_config(demo), encoding="utf-8")
    demo.decisions.write_text("# Waivers, sign-offs and rulings about the gate stand here.\n", encoding="utf-8")


def _known() -> list[str]:
    return [*(name for team in _TEAMS.values() for name in team), _BOSS]


def _config(demo: Demo) -> str:
    quoted = json.dumps
    return f"""\
# Written by `pmbridge demo`. It points at the sandbox trackers, which run only while the demo does.
owner: demo
store: {quoted(f"sqlite:///{(demo.folder / 'pmbridge.db').absolute()}")}
sources:
  jira-main:
    connector: jira
    url: {quoted(demo.sandbox.jira.url)}
    auth: {{email: {BOT_EMAIL}, token: "file:{(demo.folder / "jira.token").absolute()}"}}
    projects: [SHOP, HELP]
    full_history: true
  gitlab-main:
    connector: gitlab
    url: {quoted(demo.sandbox.gitlab.url)}
    auth: {{token: "file:{(demo.folder / "gitlab.token").absolute()}"}}
    projects: [acme/shop-web, acme/shop-api]
# GitLab shows no addresses, so nothing else would prove that these accounts are one person each.
people: {quoted({name: {"jira-main": name, "gitlab-main": name} for name in _known()})}
products:
  shop:
    title: Meridian Shop
    zone: Europe/Berlin
    projects: {{jira-main: [SHOP, HELP], gitlab-main: [acme/shop-web, acme/shop-api]}}
    types: {{bug: [Bug, "type::bug"]}}
    bugs:
      sla: {{highest: 2bd, high: 5bd, medium: 15bd, "1": 2bd, "2": 5bd, "3": 15bd}}
      comments: true
      handoff: {{support: {{jira-main: [HELP]}}, escalated: [In Review]}}
    status:
      active: ["label:workflow::doing"]
      waiting: [In Review, "label:workflow::review"]
      cancelled: ["label:resolution::duplicate", "label:resolution::wont do", "label:resolution::not reproducible"]
    acceptance:
      waivers: decisions.yaml
      approvers: {{"*": [{_BOSS}]}}
      accountable: {_BOSS}
    calendar: {{holidays: [2026-12-25, 2027-01-01]}}
    teams: {quoted({team: {"people": people} for team, people in _TEAMS.items()})}
    budget:
      rates: {{default: 85}}
      milestones: {{"2.1 Express checkout": 60000, "2.2 Loyalty": 110000, "2.3 International": 70000}}
    publish:
      - {{slot: milestone-health, surface: comment}}
      - {{slot: milestone-health, surface: description}}
"""


@dataclass(frozen=True, slots=True)
class Tampering:
    """What people did in the tracker between two runs: an item left the milestone, another was re-opened."""

    moved_out: str
    reopened: str


def work_goes_on(demo: Demo) -> Tampering:
    """Let people move one open item out of the milestone in trouble and re-open a finished one."""
    site, clock = demo.sandbox.jira.site, demo.sandbox.clock
    clock.advance(timedelta(minutes=20))
    moved, reopened = _member(demo, "To Do"), _member(demo, "Done")
    staying = [version for version in moved.fix_versions if version != demo.trouble.version]
    site.edit_issue(moved.id, at=clock.now(), by=moved.by, fix_versions=staying)
    site.edit_issue(reopened.id, at=clock.now(), by=reopened.by, status="In Progress", resolution=None)
    clock.advance(timedelta(minutes=20))
    return Tampering(moved.key, reopened.key)


def _member(demo: Demo, status: str) -> Issue:
    site = demo.sandbox.jira.site
    members = (
        issue
        for issue in site.issues.values()
        if demo.trouble.version in issue.fix_versions and site.named("statuses", issue.status).name == status
    )
    return min((i for i in members if i.key != demo.trouble.epic), key=lambda issue: int(issue.id))
