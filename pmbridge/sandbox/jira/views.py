"""The JSON shapes of everything in a sandbox Jira but its issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmbridge.sandbox.jira import adf, catalog
from pmbridge.sandbox.jira.lookup import JiraCall
from pmbridge.sandbox.jira.records import Comment, Component, History, Project, RemoteLink, User, Version, Worklog
from pmbridge.sandbox.jira.state import JiraSite

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where and how an answer is drawn: ``api`` is the address of the interface, ``rich`` means documents as ADF."""

    site: JiraSite
    base: str
    api: str
    rich: bool
    people: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, call: JiraCall) -> Frame:
        """Draw for a request."""
        version = call.version or "3"
        return cls(call.site, call.base, f"{call.base}/rest/api/{version}", version == "3")

    def text(self, document: adf.Node | None) -> Any:
        """Draw a document: ADF in version 3, a string before."""
        return document if self.rich or document is None else adf.plain(document)


def stamp(instant: datetime | None) -> str | None:
    """Draw an instant as Jira does, with an offset without a colon."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "+0000"


def zulu(instant: datetime | None) -> str | None:
    """Draw an instant as Jira Software does."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def day(value: date | None) -> str | None:
    """Draw a date."""
    return None if value is None else value.isoformat()


def filled(**fields: Any) -> Json:
    """Keep the fields that have a value, as Jira leaves empty ones out of small objects."""
    return {name: value for name, value in fields.items() if value is not None}


def user(frame: Frame, id: str | None) -> Json | None:
    """Draw an account, once for each answer."""
    if id is None:
        return None
    if id not in frame.people:
        frame.people[id] = _user(frame, id)
    return frame.people[id]


def _user(frame: Frame, id: str) -> Json:
    account = frame.site.users.get(id) or User(id, "Former user", "")
    if frame.site.server:
        return _server_user(frame, account)
    return {
        "self": f"{frame.api}/user?accountId={account.id}",
        "accountId": account.id,
        "emailAddress": account.email,
        "avatarUrls": {f"{size}x{size}": f"{frame.base}/avatar/{account.id}/{size}" for size in (48, 24, 16, 32)},
        "displayName": account.name,
        "active": account.id in frame.site.users,
        "timeZone": account.zone,
        "accountType": "app" if account.bot else "atlassian",
    }


def _server_user(frame: Frame, account: User) -> Json:
    """Draw an account of a Data Center: by a key that stays, or in old versions by its name alone."""
    drawn = {
        "self": f"{frame.api}/user?username={account.id}",
        "name": account.id if frame.site.old else account.email.partition("@")[0],
        "key": account.id,
        "emailAddress": account.email,
        "displayName": account.name,
        "active": account.id in frame.site.users,
        "timeZone": account.zone,
    }
    return {name: value for name, value in drawn.items() if not (frame.site.old and name == "key")}


def category(frame: Frame, key: str) -> Json:
    """Draw a status category."""
    id, name, colour = catalog.CATEGORIES[key]
    return {"self": f"{frame.api}/statuscategory/{id}", "id": id, "key": key, "colorName": colour, "name": name}


def status(frame: Frame, entry: catalog.Status) -> Json:
    """Draw a status."""
    return {
        "self": f"{frame.api}/status/{entry.id}",
        "description": "",
        "iconUrl": f"{frame.base}/images/icons/status_generic.gif",
        "name": entry.name,
        "id": entry.id,
        "statusCategory": category(frame, entry.category),
    }


def issue_type(frame: Frame, entry: catalog.IssueType) -> Json:
    """Draw an issue type."""
    return {
        "self": f"{frame.api}/issuetype/{entry.id}",
        "id": entry.id,
        "description": "",
        "iconUrl": f"{frame.base}/images/icons/{entry.id}.svg",
        "name": entry.name,
        "subtask": entry.level < 0,
        "hierarchyLevel": entry.level,
    }


def named(frame: Frame, kind: str, entry: catalog.Named) -> Json:
    """Draw a priority or a resolution."""
    drawn = {"self": f"{frame.api}/{kind}/{entry.id}", "id": entry.id, "name": entry.name}
    if kind == "priority":
        return {**drawn, "iconUrl": f"{frame.base}/images/icons/priorities/{entry.id}.svg"}
    return {**drawn, "description": ""}


def project(frame: Frame, entry: Project) -> Json:
    """Draw a project as lists and issues show it."""
    return {
        "self": f"{frame.api}/project/{entry.id}",
        "id": entry.id,
        "key": entry.key,
        "name": entry.name,
        "projectTypeKey": "service_desk" if entry.service_desk else "software",
        "simplified": False,
        "style": "classic",
        "isPrivate": False,
        "avatarUrls": {"48x48": f"{frame.base}/avatar/project/{entry.id}"},
    }


def version(frame: Frame, entry: Version) -> Json:
    """Draw a version."""
    owner = frame.site.users[frame.site.projects[entry.project].lead] if entry.project else None
    today = frame.site.clock.now().astimezone(ZoneInfo(owner.zone if owner else "UTC")).date()
    overdue = not entry.released and entry.release_date is not None and entry.release_date < today
    return {
        "self": f"{frame.api}/version/{entry.id}",
        "id": entry.id,
        "name": entry.name,
        "archived": entry.archived,
        "released": entry.released,
        "projectId": int(frame.site.projects[entry.project].id),
        **filled(
            description=entry.description or None,
            startDate=day(entry.start),
            releaseDate=day(entry.release_date),
            overdue=overdue if entry.release_date and not entry.released else None,
        ),
    }


def component(frame: Frame, entry: Component) -> Json:
    """Draw a component."""
    return {"self": f"{frame.api}/component/{entry.id}", "id": entry.id, "name": entry.name}


def history(frame: Frame, entry: History, *, epoch: bool = False) -> Json:
    """Draw an edit; ``epoch`` gives its instant in milliseconds, as the bulk interface does."""
    return {
        "id": str(entry.id),
        "author": user(frame, entry.by),
        "created": int(entry.at.timestamp() * 1000) if epoch else stamp(entry.at),
        "items": [_change(frame, item) for item in entry.items],
    }


def _change(frame: Frame, item: Any) -> Json:
    is_epic = frame.site.server and item.field == "IssueParentAssociation"
    drawn = {"field": "Epic Link" if is_epic else item.field, "fieldtype": "custom" if item.custom else "jira"}
    if item.field_id is not None:
        drawn["fieldId"] = item.field_id
    return {
        **drawn,
        "from": item.before,
        "fromString": item.before_text,
        "to": item.after,
        "toString": item.after_text,
    }


def comment(frame: Frame, entry: Comment, *, properties: bool = False) -> Json:
    """Draw a comment, with its entity properties on request."""
    drawn = {
        "self": f"{frame.api}/issue/{entry.issue}/comment/{entry.id}",
        "id": entry.id,
        "author": user(frame, entry.by),
        "body": frame.text(entry.body),
        "updateAuthor": user(frame, entry.updated_by),
        "created": stamp(entry.at),
        "updated": stamp(entry.updated),
        "jsdPublic": entry.public,
    }
    if entry.visibility:
        drawn["visibility"] = entry.visibility
    if properties:
        drawn["properties"] = [{"key": key, "value": value} for key, value in entry.properties.items()]
    return drawn


def worklog(frame: Frame, entry: Worklog) -> Json:
    """Draw a worklog."""
    hours, minutes = divmod(entry.seconds // 60, 60)
    spent = " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "") if part)
    return {
        "self": f"{frame.api}/issue/{entry.issue}/worklog/{entry.id}",
        "author": user(frame, entry.by),
        "updateAuthor": user(frame, entry.by),
        "created": stamp(entry.at),
        "updated": stamp(entry.at),
        "started": stamp(entry.started),
        "timeSpent": spent or "0m",
        "timeSpentSeconds": entry.seconds,
        "id": entry.id,
        "issueId": entry.issue,
    }


def remote_link(frame: Frame, entry: RemoteLink) -> Json:
    """Draw a remote link."""
    return {
        "id": entry.id,
        "self": f"{frame.api}/issue/{entry.issue}/remotelink/{entry.id}",
        "application": entry.application,
        **filled(globalId=entry.global_id, relationship=entry.relationship),
        "object": {
            "url": entry.url,
            "title": entry.title,
            "icon": entry.icon,
            "status": entry.status,
            **filled(summary=entry.summary),
        },
    }


def link_type(frame: Frame, entry: catalog.LinkType) -> Json:
    """Draw a link type."""
    return {
        "id": entry.id,
        "name": entry.name,
        "inward": entry.inward,
        "outward": entry.outward,
        "self": f"{frame.api}/issueLinkType/{entry.id}",
    }
