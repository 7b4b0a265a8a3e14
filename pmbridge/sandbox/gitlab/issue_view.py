"""The JSON shape of a GitLab issue."""

from __future__ import annotations

import re

from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.records import Issue, IssueLink
from pmbridge.sandbox.gitlab.state import duration
from pmbridge.sandbox.gitlab.views import Frame, Json

_BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s", re.MULTILINE)


def issue(frame: Frame, entry: Issue, *, label_details: bool = False) -> Json:
    """Draw an issue; on the free tier the keys of the paid ones are missing."""
    drawn = _whole(frame, entry, label_details=label_details)
    if frame.site.ultimate:
        drawn["health_status"] = None
    if not frame.site.premium:
        for paid in ("weight", "blocking_issues_count", "iteration", "epic", "epic_iid"):
            del drawn[paid]
    return drawn


def _whole(frame: Frame, entry: Issue, *, label_details: bool) -> Json:
    site = frame.site
    path = site.projects[entry.project].path
    assignees = [views.user(frame, user) for user in entry.assignees]
    milestone = site.milestones[entry.milestone] if entry.milestone is not None else None
    names = sorted(entry.labels, key=str.lower)
    return {
        "id": entry.id,
        "iid": entry.iid,
        "project_id": entry.project,
        "title": entry.title,
        "description": entry.description,
        "state": entry.state,
        "created_at": views.stamp(entry.created),
        "updated_at": views.stamp(entry.updated),
        "closed_at": views.stamp(entry.closed),
        "closed_by": views.user(frame, entry.closed_by),
        "labels": [views.label(frame, site.labels[entry.project, name]) for name in names] if label_details else names,
        "milestone": views.milestone(frame, milestone) if milestone else None,
        "assignees": assignees,
        "author": views.user(frame, entry.by),
        "type": entry.type.upper(),
        "assignee": assignees[0] if assignees else None,
        "user_notes_count": sum(not note.system for note in entry.notes),
        "merge_requests_count": sum(entry.id in row.closes for row in site.merge_requests.values()),
        "upvotes": 0,
        "downvotes": 0,
        "due_date": views.day(entry.due),
        "confidential": entry.confidential,
        "discussion_locked": None,
        "issue_type": entry.type,
        "web_url": f"{frame.base}/{path}/-/issues/{entry.iid}",
        "time_stats": _time(entry),
        "task_completion_status": _boxes(entry.description),
        "weight": entry.weight,
        "iteration": views.iteration(frame, site.iterations[entry.iteration]) if entry.iteration else None,
        **_epic(frame, entry),
        "blocking_issues_count": _blocking(frame, entry),
        "has_tasks": bool(_BOX.search(entry.description or "")),
        "_links": _addresses(frame, entry),
        "references": _references(path, entry),
        "severity": "UNKNOWN",
        "moved_to_id": entry.moved_to,
        "imported": False,
        "imported_from": "none",
        "service_desk_reply_to": None,
    }


def _epic(frame: Frame, entry: Issue) -> Json:
    """Draw the epic of an issue, which has another id here than its work item."""
    epic = frame.site.epics.get(entry.parent or 0)
    if epic is None:
        return {"epic": None, "epic_iid": None}
    url = f"/groups/{frame.site.groups[epic.group].path}/-/epics/{epic.iid}"
    named = {"id": epic.id + 1_000_000, "iid": epic.iid, "title": epic.title, "url": url, "group_id": epic.group}
    return {"epic": named, "epic_iid": epic.iid}


def brief(frame: Frame, entry: Issue) -> Json:
    """Draw an issue as the answer to a new link shows it."""
    more = ("has_tasks", "_links", "references", "severity", "moved_to_id", "service_desk_reply_to")
    hidden = (*more, "imported", "imported_from", "iteration", "epic", "epic_iid", "health_status")
    return {name: value for name, value in issue(frame, entry).items() if name not in hidden}


def _addresses(frame: Frame, entry: Issue) -> Json:
    address = f"{frame.api}/projects/{entry.project}"
    return {
        "self": f"{address}/issues/{entry.iid}",
        "notes": f"{address}/issues/{entry.iid}/notes",
        "award_emoji": f"{address}/issues/{entry.iid}/award_emoji",
        "project": address,
        "closed_as_duplicate_of": None,
    }


def _references(path: str, entry: Issue) -> Json:
    number = f"#{entry.iid}"
    return {"short": number, "relative": number, "full": f"{path}{number}"}


def _time(entry: Issue) -> Json:
    spent = sum(log.seconds for log in entry.time_logs)
    return {
        "time_estimate": 0,
        "total_time_spent": spent,
        "human_time_estimate": None,
        "human_total_time_spent": duration(spent) if spent else None,
    }


def _boxes(description: str | None) -> Json:
    found = _BOX.findall(description or "")
    return {"count": len(found), "completed_count": sum(box != " " for box in found)}


def _blocking(frame: Frame, entry: Issue) -> int:
    blocked = (link.target for link in entry.links if link.blocks and link.source == entry.id)
    return sum(frame.site.issues[id].state == "opened" for id in blocked)


def linked(frame: Frame, entry: Issue, link: IssueLink) -> Json:
    """Draw the other end of a link, as seen from an issue."""
    outward = link.source == entry.id
    other = frame.site.issues[link.target if outward else link.source]
    kind = "relates_to" if not link.blocks else "blocks" if outward else "is_blocked_by"
    return {
        **issue(frame, other),
        "issue_link_id": link.id,
        "link_type": kind,
        "link_created_at": views.stamp(link.at),
        "link_updated_at": views.stamp(link.at),
    }
