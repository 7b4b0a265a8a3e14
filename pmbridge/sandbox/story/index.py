"""Where to find the notable things of a told story in the trackers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pmbridge.sandbox.story.scenario import Role


@dataclass(frozen=True, slots=True)
class MilestoneEntry:
    """One milestone in both trackers; ids are the trackers' own.

    ``epic`` is the key of its epic in Jira, ``tracking`` the number (iid) of its tracking issue in the web project;
    milestones of the earlier history have neither.
    """

    role: Role
    title: str
    start: date
    due: date
    released_at: datetime | None
    version: str
    web_milestone: int
    api_milestone: int
    epic: str | None
    tracking: int | None


@dataclass(frozen=True, slots=True)
class Mirror:
    """One item in both trackers: the key of the planned half, the number of the developers' half."""

    key: str
    iid: int


@dataclass(frozen=True, slots=True)
class StoryIndex:
    """What the story left behind; ``web_project`` and ``api_project`` are GitLab project ids.

    ``user_bugs`` are the keys of the bugs users reported in Jira, ``tests`` those of the acceptance tests,
    ``restricted`` and ``confidential`` the items whose titles must not appear elsewhere, ``keeper`` the account that
    holds more of the milestone in trouble than anybody.
    """

    now: datetime
    jira_project: str
    web_project: int
    api_project: int
    milestones: tuple[MilestoneEntry, ...]
    mirrors: tuple[Mirror, ...]
    user_bugs: tuple[str, ...]
    tests: tuple[str, ...]
    restricted: tuple[str, ...]
    confidential: tuple[str, ...]
    keeper: str | None

    def milestone(self, role: Role) -> MilestoneEntry:
        """Return the first milestone that plays ``role``."""
        return next(entry for entry in self.milestones if entry.role is role)
