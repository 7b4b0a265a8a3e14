"""The frame a sandbox Jira's issues live in: accounts, projects, versions, components, boards, sprints."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from pmbridge.sandbox.jira.records import Board, Component, Project, Sprint, User, Version


class Structure:
    """Everything of a site that is not an issue, by id."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.projects: dict[str, Project] = {}
        self.versions: dict[str, Version] = {}
        self.components: dict[str, Component] = {}
        self.boards: dict[int, Board] = {}
        self.sprints: dict[int, Sprint] = {}
        #: Counts the changes, so that what was found before the last one is not taken for current.
        self.revision = 0
        self._ids = count(10000)
        self._small_ids = count(1)

    def add_user(self, account_id: str, name: str, email: str, bot: bool = False, *, zone: str = "UTC") -> str:
        """Add an account and return its id; ``zone`` is the time zone of its profile."""
        self.users[account_id] = User(account_id, name, email, bot, zone)
        return account_id

    def add_project(self, key: str, name: str, lead: str, *, service_desk: bool = False) -> str:
        """Add a project led by the account ``lead`` and return its key."""
        self.projects[key] = Project(str(next(self._ids)), key, name, lead, service_desk)
        return key

    def add_version(
        self,
        project: str,
        name: str,
        *,
        start: date | None = None,
        release_date: date | None = None,
        description: str = "",
    ) -> str:
        """Add an unreleased version and return its id."""
        version = Version(str(next(self._ids)), self.project(project).key, name, description, start, release_date)
        self.versions[version.id] = version
        return version.id

    def update_version(self, id: str, **fields: Any) -> None:
        """Set fields of `Version` by their names; no history is kept, as in Jira."""
        version = self.versions[id]
        for name, value in fields.items():
            if name not in Version.__slots__ or name in ("id", "project"):
                raise ValueError(f"a version has no field {name!r} that can be set")
            setattr(version, name, value)
        self.revision += 1

    def release_version(self, id: str, on: date) -> None:
        """Mark a version as released on a day."""
        self.update_version(id, released=True, release_date=on)

    def add_component(self, project: str, name: str) -> str:
        """Add a component and return its id."""
        component = Component(str(next(self._ids)), self.project(project).key, name)
        self.components[component.id] = component
        return component.id

    def add_board(self, project: str, name: str) -> int:
        """Add a scrum board and return its id."""
        board = Board(next(self._small_ids), self.project(project).key, name)
        self.boards[board.id] = board
        return board.id

    def add_sprint(
        self,
        board: int,
        name: str,
        *,
        state: str = "future",
        start: datetime | None = None,
        end: datetime | None = None,
        goal: str = "",
    ) -> int:
        """Add a sprint and return its id."""
        sprint = Sprint(next(self._small_ids), self.boards[board].id, name, state, start, end, goal=goal)
        self.sprints[sprint.id] = sprint
        return sprint.id

    def update_sprint(self, id: int, **fields: Any) -> None:
        """Set fields of `Sprint` by their names."""
        for name, value in fields.items():
            if name not in Sprint.__slots__ or name in ("id", "board"):
                raise ValueError(f"a sprint has no field {name!r} that can be set")
            setattr(self.sprints[id], name, value)
        self.revision += 1

    def project(self, id_or_key: str) -> Project:
        """Return a project by key or id; raises `KeyError` for an unknown one."""
        found = self.projects.get(id_or_key)
        if found is None:
            found = next((project for project in self.projects.values() if project.id == id_or_key), None)
        if found is None:
            raise KeyError(f"the sandbox Jira has no project {id_or_key!r}")
        return found

    def project_versions(self, key: str) -> list[Version]:
        """Return the versions of a project in the order of their making."""
        return [version for version in self.versions.values() if version.project == key]

    def project_components(self, key: str) -> list[Component]:
        """Return the components of a project in the order of their making."""
        return [component for component in self.components.values() if component.project == key]
