"""The frame a sandbox GitLab's issues live in: accounts, groups, projects, labels, milestones."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any, TypeVar

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.records import Group, Label, Milestone, Project, User

Owner = TypeVar("Owner", Group, Project)

#: The colours labels get in turn.
_COLORS = ("#1f75cb", "#108548", "#c17d10", "#dd2b0e", "#694cc0", "#737278")


class Structure:
    """Everything of a site that is neither an issue nor a delivery, by id."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.users: dict[int, User] = {}
        self.groups: dict[int, Group] = {}
        self.projects: dict[int, Project] = {}
        self.labels: dict[tuple[int, str], Label] = {}
        self.milestones: dict[int, Milestone] = {}
        self._ids = count(101)
        self._group_milestones: dict[int, int] = {}

    def add_user(self, username: str, name: str, bot: bool = False) -> int:
        """Add an account and return its id."""
        user = User(next(self._ids), username, name, bot)
        self.users[user.id] = user
        return user.id

    def add_group(self, path: str, name: str | None = None) -> int:
        """Add a group by its full path and return its id; a group that exists is returned."""
        for group in self.groups.values():
            if group.path == path:
                return group.id
        group = Group(next(self._ids), path, name or path.rpartition("/")[2].replace("-", " ").title())
        self.groups[group.id] = group
        return group.id

    def add_project(self, path: str, name: str | None = None) -> int:
        """Add a project by its full path, with the groups above it, and return its id."""
        parts = path.split("/")
        if len(parts) < 2:
            raise ValueError(f"a project needs a path such as 'group/project', not {path!r}")
        for depth in range(1, len(parts)):
            self.add_group("/".join(parts[:depth]))
        title = name or parts[-1].replace("-", " ").title()
        project = Project(next(self._ids), path, title, self.clock.now())
        self.projects[project.id] = project
        return project.id

    def add_label(self, project: int | str, name: str, *, color: str | None = None, description: str = "") -> int:
        """Add a label and return its id; a label that exists is returned."""
        home = self.project(project)
        label = self.labels.get((home.id, name))
        if label is None:
            id = next(self._ids)
            label = Label(id, home.id, name, color or _COLORS[id % len(_COLORS)], description)
            self.labels[home.id, name] = label
        return label.id

    def add_milestone(
        self,
        project: int | str,
        title: str,
        *,
        start: date | None = None,
        due: date | None = None,
        description: str = "",
    ) -> int:
        """Add a project's milestone and return its id."""
        home = self.project(project)
        home.last_milestone += 1
        return self._keep(home.last_milestone, title, start, due, description, project=home.id)

    def add_group_milestone(
        self, group: int, title: str, *, start: date | None = None, due: date | None = None, description: str = ""
    ) -> int:
        """Add a group's milestone and return its id."""
        iid = self._group_milestones[group] = self._group_milestones.get(group, 0) + 1
        return self._keep(iid, title, start, due, description, group=self.groups[group].id)

    def _keep(
        self,
        iid: int,
        title: str,
        start: date | None,
        due: date | None,
        description: str,
        *,
        project: int | None = None,
        group: int | None = None,
    ) -> int:
        now = self.clock.now()
        kept = Milestone(next(self._ids), iid, title, now, now, project, group, description, start=start, due=due)
        self.milestones[kept.id] = kept
        return kept.id

    def update_milestone(self, id: int, **fields: Any) -> None:
        """Set fields of `Milestone` by their names; its issues are not touched."""
        milestone = self.milestones[id]
        for name, value in fields.items():
            if name not in ("title", "description", "start", "due", "state", "created"):
                raise ValueError(f"a milestone has no field {name!r} that can be set")
            setattr(milestone, name, value)
        milestone.updated = self.clock.now()

    def close_milestone(self, id: int) -> None:
        """Close a milestone."""
        self.update_milestone(id, state="closed")

    def project(self, id_or_path: int | str) -> Project:
        """Return a project by id or path; raises `KeyError` for an unknown one."""
        return _find(self.projects, id_or_path, "project")

    def group(self, id_or_path: int | str) -> Group:
        """Return a group by id or path; raises `KeyError` for an unknown one."""
        return _find(self.groups, id_or_path, "group")

    def groups_above(self, project: Project) -> set[int]:
        """Return the ids of the groups a project stands in."""
        return {group.id for group in self.groups.values() if project.path.startswith(group.path + "/")}

    def project_labels(self, project: int) -> list[Label]:
        """Return a project's labels by name."""
        found = (label for label in self.labels.values() if label.project == project)
        return sorted(found, key=lambda label: label.name.lower())


def _find(entries: dict[int, Owner], id_or_path: int | str, kind: str) -> Owner:
    for entry in entries.values():
        if str(entry.id) == str(id_or_path) or entry.path == id_or_path:
            return entry
    raise KeyError(f"the sandbox GitLab has no {kind} {id_or_path!r}")
