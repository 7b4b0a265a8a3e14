"""Playing the script on both trackers in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pmbridge.sandbox.story.events import (
    Case,
    Commented,
    Edited,
    Event,
    MilestonePlanned,
    MilestoneReleased,
    Opened,
    PipelineRan,
    Related,
    Worked,
)
from pmbridge.sandbox.story.gitlab_stage import GitlabStage, markdown
from pmbridge.sandbox.story.jira_stage import JiraStage
from pmbridge.sandbox.story.ticket import Home, Relation

#: What a page of the other tracker is to an item, from the source's end and from the target's.
PHRASES = {
    Relation.BLOCKS: ("blocks", "is blocked by"),
    Relation.DUPLICATES: ("duplicates", "is duplicated by"),
    Relation.RELATES: ("relates to", "relates to"),
    Relation.TESTS: ("tests", "is tested by"),
    Relation.SPLIT: ("split to", "split from"),
}


class Playback:
    """Hands each event to the tracker it happened in, and to both where it touches both."""

    def __init__(self, jira: JiraStage, gitlab: GitlabStage) -> None:
        self._jira = jira
        self._gitlab = gitlab

    def play(self, events: Iterable[Event], until: datetime) -> None:
        """Play all events, each at its own instant of the trackers' clocks, then set these to ``until``."""
        for number, event in enumerate(events):
            self._set_clocks(event.at)
            if number == 0:
                self._jira.furnish()
                self._gitlab.furnish()
            self._play(event)
        self._set_clocks(until)

    def _set_clocks(self, at: datetime) -> None:
        self._jira.site.clock.set(at)
        self._gitlab.site.clock.set(at)

    def _play(self, event: Event) -> None:
        match event:
            case MilestonePlanned():
                self._jira.plan(event)
                self._gitlab.plan(event)
            case MilestoneReleased():
                self._jira.release(event)
                self._gitlab.release(event)
            case Opened():
                self._open(event)
            case Edited():
                self._stage(event.ticket).edit(event)
            case Worked():
                self._stage(event.ticket).work(event)
            case Commented():
                self._stage(event.ticket).comment(event.ticket, event.text, at=event.at, by=event.by)
            case Related():
                self._relate(event)
            case PipelineRan():
                self._run(event)

    def _open(self, event: Opened) -> None:
        if event.home in (Home.JIRA, Home.DESK):
            self._jira.open(event)
            return
        more = [] if event.mirrors is None else [f"Mirrors: {self._jira.address(event.mirrors)}"]
        if event.reported is not None:
            more.append(f"Customer's ticket: {self._jira.address(event.reported)}")
        self._gitlab.open(event, markdown(event.body, *more))
        if event.mirrors is not None:
            self._jira.point_to(event.mirrors, self._gitlab.address(event.ticket), event.title, "mirrors")

    def _relate(self, event: Related) -> None:
        source, target = self._stage(event.source), self._stage(event.target)
        if source is target:
            source.relate(event.relation, event.source, event.target, at=event.at, by=event.by)
            return
        forth, back = PHRASES[event.relation]
        self._point(event, event.source, event.target, forth)
        self._point(event, event.target, event.source, back)

    def _point(self, event: Related, ticket: int, other: int, phrase: str) -> None:
        """Leave an address on one side: a remote link in Jira, a comment in GitLab."""
        stage, there = self._stage(ticket), self._stage(other)
        if stage is self._jira:
            self._jira.point_to(ticket, there.address(other), self._name(other), phrase)
        else:
            said = f"{phrase[0].upper()}{phrase[1:]} {there.address(other)}"
            stage.comment(ticket, said, at=event.at, by=event.by)

    def _run(self, event: PipelineRan) -> None:
        suites: dict[str, list[dict[str, Any]]] = {}
        for case in event.cases:
            suites.setdefault(case.suite, []).append(self._case(case))
        reports: list[dict[str, object]] = [{"name": name, "cases": cases} for name, cases in suites.items()]
        self._gitlab.pipeline(event.home, at=event.at, succeeded=event.succeeded, suites=reports)

    def _case(self, case: Case) -> dict[str, Any]:
        prefix = "" if case.requirement is None else f"{self._name(case.requirement)} "
        return {
            "name": prefix + case.name,
            "classname": case.suite,
            "status": case.status,
            "execution_time": case.seconds,
            "system_output": "expected true, got false" if case.status == "failed" else None,
        }

    def _stage(self, ticket: int) -> JiraStage | GitlabStage:
        return self._jira if ticket in self._jira.ids else self._gitlab

    def _name(self, ticket: int) -> str:
        return self._jira.key(ticket) if ticket in self._jira.ids else self._gitlab.reference(ticket)
