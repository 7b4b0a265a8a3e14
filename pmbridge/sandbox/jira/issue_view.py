"""The JSON shape of an issue, drawn field by field as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pmbridge.sandbox.jira import catalog, views
from pmbridge.sandbox.jira.records import Issue, Link
from pmbridge.sandbox.jira.views import Frame, Json

#: Search results and issues carry no more than the newest of each.
EMBEDDED_HISTORIES = 40
EMBEDDED_COMMENTS = 20

Draw = Callable[[Frame, Issue], Any]


def issue(
    frame: Frame,
    entry: Issue,
    fields: Sequence[str],
    *,
    changelog: bool = False,
    properties: Iterable[str] = (),
) -> Json:
    """Draw an issue with the given field ids, its newest changes and the named entity properties."""
    drawn: Json = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": entry.id,
        "self": f"{frame.api}/issue/{entry.id}",
        "key": entry.key,
    }
    if fields:
        drawn["fields"] = {name: DRAWN[name](frame, entry) for name in fields}
    if changelog:
        drawn["changelog"] = _changelog(frame, entry)
    wanted = list(properties)
    if wanted:
        keys = entry.properties if "*all" in wanted else [key for key in wanted if key in entry.properties]
        drawn["properties"] = {key: entry.properties[key] for key in keys}
    return drawn


def chosen(asked: Iterable[object], default: str) -> list[str]:
    """Resolve field names, ``*all``, ``*navigable`` and ``-name`` into ids; unknown names are passed over."""
    names = [part for name in asked for part in str(name).split(",") if part] or [default]
    found: dict[str, None] = {}
    for name in names:
        if name in ("*all", "*navigable"):
            hidden = catalog.NOT_NAVIGABLE if name == "*navigable" else frozenset()
            found.update(dict.fromkeys(field for field in DRAWN if field not in hidden))
        elif name.startswith("-"):
            if not found:
                found.update(dict.fromkeys(DRAWN))
            found.pop(name[1:], None)
        elif name in DRAWN:
            found[name] = None
    return list(found)


def _changelog(frame: Frame, entry: Issue) -> Json:
    most = len(entry.histories) if frame.site.server else EMBEDDED_HISTORIES
    newest = entry.histories[: -most - 1 : -1]
    return {
        "startAt": 0,
        "maxResults": len(newest),
        "total": len(entry.histories),
        "histories": [views.history(frame, history) for history in newest],
    }


def _status(frame: Frame, entry: Issue) -> Json:
    return views.status(frame, frame.site.named("statuses", entry.status))


def _type(frame: Frame, entry: Issue) -> Json:
    return views.issue_type(frame, frame.site.named("types", entry.type))


def _priority(frame: Frame, entry: Issue) -> Json:
    return views.named(frame, "priority", frame.site.named("priorities", entry.priority))


def _resolution(frame: Frame, entry: Issue) -> Json | None:
    if entry.resolution is None:
        return None
    return views.named(frame, "resolution", frame.site.named("resolutions", entry.resolution))


def _brief(frame: Frame, id: str) -> Json:
    """Draw another issue as links and parents show it."""
    other = frame.site.issues[id]
    fields = {"summary": other.summary, "status": _status(frame, other), "priority": _priority(frame, other)}
    return {
        "id": other.id,
        "key": other.key,
        "self": f"{frame.api}/issue/{other.id}",
        "fields": {**fields, "issuetype": _type(frame, other)},
    }


def _subtasks(frame: Frame, entry: Issue) -> list[Json]:
    children = (frame.site.issues[id] for id in frame.site.children.get(entry.id, ()))
    return [_brief(frame, child.id) for child in children if frame.site.named("types", child.type).level < 0]


def _link(frame: Frame, entry: Issue, link: Link) -> Json:
    end, other = ("outwardIssue", link.target) if link.source == entry.id else ("inwardIssue", link.source)
    return {
        "id": link.id,
        "self": f"{frame.api}/issueLink/{link.id}",
        "type": views.link_type(frame, frame.site.named("link_types", link.type)),
        end: _brief(frame, other),
    }


def _versions(frame: Frame, ids: Iterable[str]) -> list[Json]:
    hidden = ("projectId", "overdue", "startDate")
    drawn = (views.version(frame, frame.site.versions[id]) for id in ids)
    return [{name: value for name, value in version.items() if name not in hidden} for version in drawn]


def _sprint(frame: Frame, id: str) -> Json | str:
    sprint = frame.site.sprints[int(id)]
    if frame.site.server:
        # A Data Center shows the object as Java prints it, whatever stands in the name.
        dates = f"startDate={views.stamp(sprint.start)},endDate={views.stamp(sprint.end)},completeDate=<null>"
        head = "com.atlassian.greenhopper.service.sprint.Sprint@4c9c41a5"
        state = f"state={sprint.state.upper()},name={sprint.name}"
        return f"{head}[id={sprint.id},rapidViewId={sprint.board},{state},{dates},sequence={sprint.id},goal=]"
    return {
        "id": sprint.id,
        "name": sprint.name,
        "state": sprint.state,
        "boardId": sprint.board,
        "goal": sprint.goal,
        **views.filled(
            startDate=views.zulu(sprint.start),
            endDate=views.zulu(sprint.end),
            completeDate=views.zulu(sprint.completed),
        ),
    }


def _comments(frame: Frame, entry: Issue) -> Json:
    newest = entry.comments[-EMBEDDED_COMMENTS:]
    return {
        "comments": [views.comment(frame, comment) for comment in newest],
        "self": f"{frame.api}/issue/{entry.id}/comment",
        "maxResults": len(newest),
        "total": len(entry.comments),
        "startAt": len(entry.comments) - len(newest),
    }


def _worklogs(frame: Frame, entry: Issue) -> Json:
    first = entry.worklogs[:EMBEDDED_COMMENTS]
    return {
        "startAt": 0,
        "maxResults": EMBEDDED_COMMENTS,
        "total": len(entry.worklogs),
        "worklogs": [views.worklog(frame, worklog) for worklog in first],
    }


def _spent(frame: Frame, entry: Issue) -> int | None:
    return sum(worklog.seconds for worklog in entry.worklogs) or None


def _flag(frame: Frame, entry: Issue) -> list[Json] | None:
    if not entry.flagged:
        return None
    return [{"self": f"{frame.api}/customFieldOption/{catalog.FLAG['id']}", **catalog.FLAG}]


def _security(frame: Frame, entry: Issue) -> Json | None:
    if not entry.restricted:
        return None
    return {"self": f"{frame.api}/securitylevel/{catalog.SECURITY['id']}", **catalog.SECURITY}


def _epic(frame: Frame, entry: Issue) -> str | None:
    """Return the key of the epic, which a Data Center does not call a parent."""
    is_standard = frame.site.named("types", entry.type).level == 0
    return frame.site.issues[entry.parent].key if frame.site.server and entry.parent and is_standard else None


def _nothing(frame: Frame, entry: Issue) -> None:
    return None


#: How each field is drawn, in the order an issue shows them.
DRAWN: dict[str, Draw] = {
    **{field[0]: _nothing for field in catalog.SYSTEM_FIELDS},
    "summary": lambda frame, entry: entry.summary,
    "issuetype": _type,
    "project": lambda frame, entry: views.project(frame, frame.site.projects[entry.project]),
    "parent": lambda frame, entry: None if _epic(frame, entry) or not entry.parent else _brief(frame, entry.parent),
    "subtasks": _subtasks,
    "status": _status,
    "statuscategorychangedate": lambda frame, entry: views.stamp(entry.category_changed),
    "resolution": _resolution,
    "resolutiondate": lambda frame, entry: views.stamp(entry.resolved),
    "priority": _priority,
    "created": lambda frame, entry: views.stamp(entry.created),
    "updated": lambda frame, entry: views.stamp(entry.updated),
    "creator": lambda frame, entry: views.user(frame, entry.by),
    "reporter": lambda frame, entry: views.user(frame, entry.by),
    "assignee": lambda frame, entry: views.user(frame, entry.assignee),
    "labels": lambda frame, entry: list(entry.labels),
    "components": lambda frame, entry: [views.component(frame, frame.site.components[id]) for id in entry.components],
    "fixVersions": lambda frame, entry: _versions(frame, entry.fix_versions),
    "versions": lambda frame, entry: _versions(frame, entry.affects),
    "duedate": lambda frame, entry: views.day(entry.due),
    "archiveddate": lambda frame, entry: views.stamp(entry.archived),
    "description": lambda frame, entry: frame.text(entry.description),
    "issuelinks": lambda frame, entry: [_link(frame, entry, link) for link in entry.links],
    "security": _security,
    "timespent": _spent,
    "comment": _comments,
    "worklog": _worklogs,
    "attachment": lambda frame, entry: [],
    **{field.id: _nothing for field in catalog.CUSTOM_FIELDS},
    catalog.POINTS: lambda frame, entry: entry.points,
    catalog.SPRINT: lambda frame, entry: [_sprint(frame, id) for id in entry.sprints] or None,
    catalog.FLAGGED: _flag,
    catalog.EPIC_LINK: lambda frame, entry: _epic(frame, entry),
}
