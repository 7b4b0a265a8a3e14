"""The deployments of the story beside those that launch a milestone."""

from __future__ import annotations

from datetime import datetime, timedelta

from pmbridge.sandbox.story.events import MilestoneReleased, PipelineRan
from pmbridge.sandbox.story.gitlab_stage import GitlabStage
from pmbridge.sandbox.story.scenario import Role
from pmbridge.sandbox.story.ticket import Home
from pmbridge.sandbox.story.world import World

#: What follows the launch of the headline: days after it, patch, and whether it went well. A patch that comes
#: again after a later one is a rollback.
AFTERMATH = ((6.1, 1, "success"), (13.2, 2, "success"), (29.4, 3, "success"), (29.43, 2, "success"))
REPAIR = ((30.9, 4, "failed"), (31.1, 4, "success"), (38.2, 5, "success"))


class Deploying:
    """Adds what goes to staging every night, and what goes to production after a launch."""

    def __init__(self, world: World, gitlab: GitlabStage) -> None:
        self._world = world
        self._gitlab = gitlab

    def play(self) -> None:
        """Deploy in the order of time, as far as now."""
        for event in self._world.script.events:
            if isinstance(event, PipelineRan) and event.succeeded:
                self._deploy(event.home, "staging", "main", event.at + timedelta(minutes=25))
            elif isinstance(event, MilestoneReleased):
                self._rehearse(event)
        begun = self._world.now - timedelta(minutes=6)
        path = self._gitlab.path(Home.WEB)
        self._gitlab.site.add_deployment(
            path, "staging", "staging", finished_at=None, ref="main", status="running", started_at=begun
        )

    def _rehearse(self, event: MilestoneReleased) -> None:
        """Try a release on staging; the launch of the headline fails once, and is repaired and rolled back later."""
        for home in (Home.WEB, Home.API):
            self._deploy(home, "staging", event.tag, event.at - timedelta(hours=22))
        if event.title != self._world.scenario.plan(Role.LAUNCHED).title:
            return
        self._deploy(Home.WEB, "production", event.tag, event.at - timedelta(minutes=48), "failed")
        for days, patch, status in (*AFTERMATH, *REPAIR):
            tag = f"{event.tag.removesuffix('.0')}.{patch}"
            self._deploy(Home.WEB, "production", tag, event.at + timedelta(days=days), status)

    def _deploy(self, home: Home, place: str, ref: str, at: datetime, status: str = "success") -> None:
        if at < self._world.now:
            self._gitlab.site.add_deployment(
                self._gitlab.path(home),
                place,
                place,
                finished_at=at,
                ref=ref,
                status=status,
                started_at=at - timedelta(minutes=4),
            )
