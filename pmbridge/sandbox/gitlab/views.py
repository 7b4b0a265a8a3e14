"""The JSON shapes of everything in a sandbox GitLab but its issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from pmbridge.sandbox.gitlab.lookup import GitlabCall
from pmbridge.sandbox.gitlab.records import (
    Deployment,
    Environment,
    Event,
    Group,
    Issue,
    Iteration,
    Label,
    Milestone,
    Note,
    Pipeline,
    Project,
    Release,
    User,
)
from pmbridge.sandbox.gitlab.state import GitlabSite

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an answer is drawn: ``base`` is the address without the interface's path."""

    site: GitlabSite
    base: str
    people: dict[int, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, call: GitlabCall) -> Frame:
        """Draw for a request."""
        return cls(call.site, call.base)

    @property
    def api(self) -> str:
        """The address of the interface."""
        return f"{self.base}/api/v4"


def stamp(instant: datetime | None) -> str | None:
    """Draw an instant in UTC with milliseconds."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def day(value: date | None) -> str | None:
    """Draw a date."""
    return None if value is None else value.isoformat()


def user(frame: Frame, id: int | None) -> Json | None:
    """Draw an account, once for each answer."""
    if id is None:
        return None
    if id not in frame.people:
        frame.people[id] = _user(frame, id)
    return frame.people[id]


def _user(frame: Frame, id: int) -> Json:
    account = frame.site.users.get(id) or User(id, "ghost", "Ghost User")
    return {
        "id": account.id,
        "username": account.username,
        "public_email": "",
        "name": account.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{frame.base}/{account.username}",
    }


def group(frame: Frame, entry: Group) -> Json:
    """Draw a group."""
    return {
        "id": entry.id,
        "web_url": f"{frame.base}/groups/{entry.path}",
        "name": entry.name,
        "path": entry.path.rpartition("/")[2],
        "full_name": entry.path.replace("/", " / "),
        "full_path": entry.path,
        "description": "",
        "visibility": "private",
        "parent_id": next((g.id for g in frame.site.groups.values() if g.path == entry.path.rpartition("/")[0]), None),
    }


def project(frame: Frame, entry: Project) -> Json:
    """Draw a project."""
    parent = frame.site.group(entry.path.rpartition("/")[0])
    return {
        "id": entry.id,
        "description": "",
        "name": entry.name,
        "name_with_namespace": f"{parent.name} / {entry.name}",
        "path": entry.path.rpartition("/")[2],
        "path_with_namespace": entry.path,
        "created_at": stamp(entry.created),
        "default_branch": "main",
        "web_url": f"{frame.base}/{entry.path}",
        "issues_enabled": True,
        "archived": entry.archived,
        "visibility": "private",
        "namespace": {
            "id": parent.id,
            "name": parent.name,
            "path": parent.path.rpartition("/")[2],
            "kind": "group",
            "full_path": parent.path,
            "web_url": f"{frame.base}/groups/{parent.path}",
        },
    }


def label(frame: Frame, entry: Label) -> Json:
    """Draw a label."""
    return {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description or None,
        "description_html": entry.description,
        "text_color": "#FFFFFF",
        "color": entry.color,
        "archived": False,
    }


def milestone(frame: Frame, entry: Milestone) -> Json:
    """Draw a milestone."""
    today = frame.site.clock.now().date()
    owner = {"project_id": entry.project} if entry.project is not None else {"group_id": entry.group}
    return {
        "id": entry.id,
        "iid": entry.iid,
        **owner,
        "title": entry.title,
        "description": entry.description,
        "state": entry.state,
        "created_at": stamp(entry.created),
        "updated_at": stamp(entry.updated),
        "due_date": day(entry.due),
        "start_date": day(entry.start),
        "expired": entry.due is not None and entry.due < today,
        "web_url": milestone_url(frame, entry),
    }


def iteration(frame: Frame, entry: Iteration) -> Json:
    """Draw an iteration; its state is a number: upcoming, current, closed."""
    today = frame.site.clock.now().date()
    return {
        "id": entry.id,
        "iid": entry.iid,
        "sequence": entry.iid,
        "group_id": entry.group,
        "title": entry.title,
        "description": None,
        "state": 1 if entry.start > today else 3 if entry.due < today else 2,
        "created_at": stamp(entry.created),
        "updated_at": stamp(entry.created),
        "start_date": day(entry.start),
        "due_date": day(entry.due),
        "web_url": f"{frame.base}/groups/{frame.site.groups[entry.group].path}/-/iterations/{entry.id}",
    }


def milestone_url(frame: Frame, entry: Milestone) -> str:
    """Return the address of a milestone's page."""
    if entry.project is not None:
        return f"{frame.base}/{frame.site.projects[entry.project].path}/-/milestones/{entry.iid}"
    return f"{frame.base}/groups/{frame.site.groups[entry.group or 0].path}/-/milestones/{entry.iid}"


def event(frame: Frame, issue: Issue, entry: Event, kind: str) -> Json:
    """Draw a resource event; ``kind`` is ``state``, ``label``, ``milestone`` or ``weight``."""
    drawn: Json = {
        "id": entry.id,
        "user": user(frame, entry.by),
        "created_at": stamp(entry.at),
        "resource_type": "Issue",
        "resource_id": issue.id,
    }
    match kind:
        case "state":
            drawn |= {"source_commit": None, "source_merge_request": None, "state": entry.action}
        case "label":
            known = frame.site.labels.get((issue.project, entry.label or ""))
            drawn |= {"label": label(frame, known) if known else None, "action": entry.action}
        case "milestone":
            known_milestone = frame.site.milestones.get(entry.milestone or 0)
            drawn["milestone"] = milestone(frame, known_milestone) if known_milestone else None
            drawn["action"] = entry.action
        case "iteration":
            known_iteration = frame.site.iterations.get(entry.iteration or 0)
            drawn["iteration"] = iteration(frame, known_iteration) if known_iteration else None
            drawn["action"] = entry.action
        case _:
            del drawn["resource_type"], drawn["resource_id"]
            drawn |= {"issue_id": issue.id, "weight": entry.weight}
    return drawn


def note(frame: Frame, entry: Note) -> Json:
    """Draw a note."""
    issue = frame.site.issues[entry.issue]
    return {
        "id": entry.id,
        "type": None,
        "body": entry.body,
        "author": user(frame, entry.by),
        "created_at": stamp(entry.at),
        "updated_at": stamp(entry.updated),
        "system": entry.system,
        "noteable_id": issue.id,
        "noteable_type": "Issue",
        "project_id": issue.project,
        "resolvable": False,
        "confidential": entry.internal,
        "internal": entry.internal,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": issue.iid,
        "commands_changes": {},
    }


def release(frame: Frame, entry: Release) -> Json:
    """Draw a release."""
    return {
        "name": entry.tag,
        "tag_name": entry.tag,
        "description": "",
        "created_at": stamp(entry.released_at),
        "released_at": stamp(entry.released_at),
        "upcoming_release": entry.released_at > frame.site.clock.now(),
        "milestones": [_with_stats(frame, id) for id in entry.milestones],
    }


def _with_stats(frame: Frame, id: int) -> Json:
    inside = [issue for issue in frame.site.issues.values() if issue.milestone == id]
    closed = sum(issue.state == "closed" for issue in inside)
    return {
        **milestone(frame, frame.site.milestones[id]),
        "issue_stats": {"total": len(inside), "closed": closed},
    }


def environment(frame: Frame, entry: Environment) -> Json:
    """Draw an environment."""
    return {
        "id": entry.id,
        "name": entry.name,
        "slug": entry.name,
        "external_url": None,
        "created_at": stamp(entry.created),
        "updated_at": stamp(entry.created),
        "tier": entry.tier,
        "state": "available",
    }


def deployment(frame: Frame, entry: Deployment) -> Json:
    """Draw a deployment; when it was finished stands with its job only, and its environment has no tier."""
    place = environment(frame, frame.site.environments[entry.environment])
    return {
        "id": entry.id,
        "iid": entry.iid,
        "ref": entry.ref,
        "sha": entry.sha,
        "created_at": stamp(entry.created),
        "updated_at": stamp(entry.updated),
        "user": user(frame, frame.site.bot),
        "status": entry.status,
        "environment": {name: value for name, value in place.items() if name not in ("tier", "state")},
        "deployable": {
            "id": entry.id,
            "name": "deploy",
            "stage": "deploy",
            "ref": entry.ref,
            "status": entry.status,
            "created_at": stamp(entry.created),
            "started_at": stamp(entry.created),
            "finished_at": stamp(entry.finished_at),
        },
    }


def pipeline(frame: Frame, entry: Pipeline) -> Json:
    """Draw a pipeline."""
    return {
        "id": entry.id,
        "iid": entry.iid,
        "project_id": entry.project,
        "sha": entry.sha,
        "ref": entry.ref,
        "status": entry.status,
        "source": "push",
        "created_at": stamp(entry.at),
        "updated_at": stamp(entry.at),
        "web_url": f"{frame.base}/{frame.site.projects[entry.project].path}/-/pipelines/{entry.id}",
    }
