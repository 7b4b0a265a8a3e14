"""Filling two empty sandbox trackers with the story."""

from __future__ import annotations

from datetime import UTC, datetime

from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.story.deploying import Deploying
from pmbridge.sandbox.story.gitlab_stage import GitlabStage
from pmbridge.sandbox.story.index import MilestoneEntry, Mirror, StoryIndex
from pmbridge.sandbox.story.jira_stage import JiraStage
from pmbridge.sandbox.story.merging import Merging
from pmbridge.sandbox.story.playback import Playback
from pmbridge.sandbox.story.scenario import MilestonePlan, Role, Scenario
from pmbridge.sandbox.story.simulation import simulate
from pmbridge.sandbox.story.ticket import Home, Kind, Ticket
from pmbridge.sandbox.story.world import World


def build(
    jira: JiraSite,
    gitlab: GitlabSite,
    *,
    seed: int,
    now: datetime,
    jira_url: str,
    gitlab_url: str,
    scenario: Scenario | None = None,
) -> StoryIndex:
    """Simulate the project until ``now``, play it on both trackers and return where things are.

    The same scenario, seed and instant give the same states. The trackers must be empty; their clocks stand at
    ``now`` afterwards. Raises `ValueError` when ``now`` carries no time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"the story needs an instant with a time zone to end at, not {now.isoformat()}")
    scenario = scenario or Scenario()
    world = simulate(scenario, seed, now.astimezone(UTC))
    left, right = JiraStage(jira, scenario, jira_url), GitlabStage(gitlab, scenario, gitlab_url)
    Playback(left, right).play(world.script.events, now)
    Merging(world, left, right).play()
    Deploying(world, right).play()
    return _index(world, left, right)


def _index(world: World, jira: JiraStage, gitlab: GitlabStage) -> StoryIndex:
    scenario = world.scenario
    told = [ticket for ticket in world.tickets if ticket.number in jira.ids or ticket.number in gitlab.ids]
    return StoryIndex(
        now=world.now,
        jira_project=scenario.jira_project,
        web_project=gitlab.site.project(scenario.web_project).id,
        api_project=gitlab.site.project(scenario.api_project).id,
        milestones=tuple(_entry(plan, world, jira, gitlab) for plan in scenario.milestones),
        mirrors=tuple(
            Mirror(jira.key(ticket.mirrors), gitlab.site.issues[gitlab.ids[ticket.number]].iid)
            for ticket in told
            if ticket.mirrors is not None
        ),
        user_bugs=tuple(jira.key(t.number) for t in told if t.affects is not None and t.home is Home.JIRA),
        tests=tuple(jira.key(t.number) for t in told if t.kind is Kind.TEST),
        restricted=tuple(jira.key(t.number) for t in told if t.restricted and t.home is Home.JIRA),
        confidential=tuple(gitlab.reference(t.number) for t in told if t.restricted and t.home is not Home.JIRA),
        keeper=scenario.plan(Role.TROUBLE).keeper,
    )


def _entry(plan: MilestonePlan, world: World, jira: JiraStage, gitlab: GitlabStage) -> MilestoneEntry:
    epic = _container(world.tickets, plan, Kind.EPIC)
    tracking = _container(world.tickets, plan, Kind.TRACKING)
    return MilestoneEntry(
        role=plan.role,
        title=plan.title,
        start=world.starts(plan),
        due=world.ends(plan),
        released_at=world.released.get(plan.title),
        version=jira.versions[plan.title],
        web_milestone=gitlab.milestones[Home.WEB, plan.title],
        api_milestone=gitlab.milestones[Home.API, plan.title],
        epic=None if epic is None else jira.key(epic),
        tracking=None if tracking is None else gitlab.site.issues[gitlab.ids[tracking]].iid,
    )


def _container(tickets: list[Ticket], plan: MilestonePlan, kind: Kind) -> int | None:
    found = (ticket.number for ticket in tickets if ticket.kind is kind and ticket.milestone == plan.title)
    return next(found, None)
