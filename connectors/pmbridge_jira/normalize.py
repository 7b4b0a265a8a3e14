"""Jira's payloads as rows of the normalized vocabulary; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import isfinite
from typing import Any

from msgspec import to_builtins

from pmbridge.connector import Tally
from pmbridge.model import (
    FORMER_USER,
    Item,
    Level,
    Milestone,
    MilestoneKind,
    MilestoneState,
    Person,
    StatusCategory,
    StatusDefinition,
    Worklog,
)
from pmbridge_jira import adf
from pmbridge_jira.accounts import is_bot, is_former
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.histories import Account, history_of
from pmbridge_jira.instants import instant, optional_date, optional_instant
from pmbridge_jira.links import remote_links

Json = Mapping[str, Any]

_CATEGORIES = {
    "new": StatusCategory.TODO,
    "indeterminate": StatusCategory.ACTIVE,
    "done": StatusCategory.DONE,
}

_SPRINT_FIRST = re.compile(r"[^\[]*\[id=(\d+)[,\]]")
_SPRINT_LAST = re.compile(r",id=(\d+)(?=[,\]])")


@dataclass(frozen=True, slots=True)
class Site:
    """What a payload does not say itself: the source it came from, the address people open, where the fields are.

    ``project`` is the one that was asked for, by the key in the configuration: a renamed project has another one now.
    """

    source: str
    url: str
    fields: FieldMap
    project: str | None = None


def item(issue: Json, site: Site) -> Item:
    """Read one issue as the search returns it.

    ``updated_at`` is Jira's own ``updated``: our comments move it like anyone's, so it is a watermark for reading
    and no sign of human activity. ``closed_at`` is the last change of category of a done item and falls back to
    the resolution date, which workflows set at will. A security level makes an item restricted.
    """
    fields = issue["fields"]
    status = fields["status"]
    text = adf.text(fields.get("description"))
    project = fields.get("project") or {}
    return Item(
        source=site.source,
        id=str(issue["id"]),
        key=issue["key"],
        project=site.project or project.get("key") or issue["key"].rsplit("-", 1)[0],
        url=f"{site.url}/browse/{issue['key']}",
        title=fields.get("summary") or "",
        type=fields["issuetype"]["name"],
        level=level(fields["issuetype"]),
        status=str(status["id"]),
        status_name=status["name"],
        category=category(status),
        resolution=_name(fields.get("resolution")),
        created_at=instant(fields["created"]),
        updated_at=instant(fields["updated"]),
        closed_at=_closed_at(fields),
        author=account(fields.get("reporter")),
        assignees=_present(account(fields.get("assignee"))),
        priority=_name(fields.get("priority")),
        severity=_option(_custom(fields, site.fields.severity)),
        labels=tuple(fields.get("labels") or ()),
        components=tuple(part["name"] for part in fields.get("components") or ()),
        milestones=_milestones(fields, site.fields),
        affects=tuple(version_id(version["id"]) for version in fields.get("versions") or ()),
        parent=str(fields["parent"]["id"]) if fields.get("parent") else None,
        points=_number(_custom(fields, site.fields.story_points)),
        estimate_seconds=fields.get("timeoriginalestimate"),
        remaining_seconds=fields.get("timeestimate"),
        spent_seconds=fields.get("timespent"),
        start=optional_date(_custom(fields, site.fields.start)),
        due=optional_date(fields.get("duedate")),
        flagged=bool(_custom(fields, site.fields.flagged)),
        restricted=fields.get("security") is not None,
        customer_facing=is_service_desk(project),
        description=text,
        checklist=adf.checklist(text),
        remote_links=remote_links(issue.get("remotelinks") or ()),
    )


def level(issue_type: Json) -> Level:
    """Place a type in the hierarchy; servers without levels are read by the sub-task mark and the name."""
    if issue_type.get("subtask"):
        return Level.SUBTASK
    rank = issue_type.get("hierarchyLevel")
    if rank is None:
        return Level.EPIC if str(issue_type.get("name")).casefold() == "epic" else Level.STANDARD
    return Level.SUBTASK if rank < 0 else Level.EPIC if rank > 0 else Level.STANDARD


def category(status: Json) -> StatusCategory:
    """Map a status by the key of its category and never by its name, which admins translate."""
    key = (status.get("statusCategory") or {}).get("key")
    return _CATEGORIES.get(str(key), StatusCategory.UNMAPPED)


def is_service_desk(project: Json) -> bool:
    """Tell whether customers read along in a project."""
    return project.get("projectTypeKey") == "service_desk"


def status_definition(status: Json, source: str) -> StatusDefinition:
    """Read one status of the status list."""
    return StatusDefinition(source=source, id=str(status["id"]), name=status["name"], category=category(status))


def account(user: Json | None) -> str | None:
    """Return the id of a user; deleted and hidden users have none.

    Data Center knows its users by a key that outlives renaming, and before 8.4 by their names alone.
    """
    return None if not user else user.get("accountId") or user.get("key") or user.get("name")


def person(user: Json, source: str) -> Person:
    """Read one user; apps are bots."""
    identifier = account(user)
    if identifier is None:
        raise ValueError("a user without an account id")
    if is_former(user):
        return Person(source=source, id=identifier, name=FORMER_USER)
    return Person(
        source=source,
        id=identifier,
        name=user.get("displayName") or identifier,
        username=user.get("name") or None,
        email=user.get("emailAddress") or None,
        bot=is_bot(user),
    )


def people(issues: Sequence[Json], source: str) -> Iterator[Person]:
    """Name everyone who appears in some issues, their worklogs and their histories, once each."""
    found = {account(user): user for issue in issues for user in _users(issue) if user}
    known = _authors(issues)
    found |= {identifier: to_builtins(who) for identifier, who in known.items()}
    yield from (person(user, source) for identifier, user in found.items() if identifier is not None)


def _authors(issues: Sequence[Json]) -> dict[str | None, Account]:
    known: dict[str | None, Account] = {}
    for issue in issues:
        for edit in history_of(issue):
            if (who := edit.author) is not None:
                known[who.account_id or who.key or who.name] = who
    return known


def _users(issue: Json) -> Iterator[Json | None]:
    fields = issue["fields"]
    yield from (fields.get("reporter"), fields.get("assignee"))
    yield from (log.get("author") for log in _worklogs(issue))


def worklogs(issue: Json, source: str) -> Iterator[Worklog]:
    """Read the time that was logged on an issue."""
    for log in _worklogs(issue):
        yield Worklog(
            source=source,
            id=str(log["id"]),
            item=str(issue["id"]),
            author=account(log.get("author")),
            started_at=instant(log["started"]),
            seconds=int(log.get("timeSpentSeconds") or 0),
        )


def version_id(native: Any) -> str:
    """Name a version the way milestones are named."""
    return f"{MilestoneKind.VERSION}:{native}"


def sprint_id(native: Any) -> str:
    """Name a sprint the way milestones are named."""
    return f"{MilestoneKind.SPRINT}:{native}"


def sprint_number(entry: Any) -> str | None:
    """Return the id of a sprint, which Data Center prints the way Java prints an object.

    Names stand in that text as they are, with commas, brackets and equals signs: only what comes first, or last after
    every name, can be trusted.
    """
    if isinstance(entry, Mapping):
        return str(entry["id"])
    first = _SPRINT_FIRST.match(str(entry))
    found = first or next(iter(list(_SPRINT_LAST.finditer(str(entry)))[-1:]), None)
    return found[1] if found else None


def epic_id(native: Any) -> str:
    """Name an epic the way milestones are named."""
    return f"{MilestoneKind.EPIC}:{native}"


def version(payload: Json, project: str, site: Site) -> Milestone:
    """Read one version.

    Jira keeps the day of a release and not its instant: ``released_at`` is the first instant of that day in UTC
    and is to be read with the resolution of one day. An archived version that was never released is closed.
    """
    day = optional_date(payload.get("releaseDate"))
    released, archived = bool(payload.get("released")), bool(payload.get("archived"))
    ended = MilestoneState.CLOSED if archived else MilestoneState.OPEN
    return Milestone(
        source=site.source,
        id=version_id(payload["id"]),
        native_id=str(payload["id"]),
        kind=MilestoneKind.VERSION,
        project=project,
        title=payload["name"],
        description=payload.get("description") or None,
        state=MilestoneState.RELEASED if released else ended,
        start=optional_date(payload.get("startDate")),
        due=day,
        released_at=datetime.combine(day, time(), UTC) if released and day else None,
        url=f"{site.url}/projects/{project}/versions/{payload['id']}",
    )


def tallies(versions: Iterable[Json], project: str) -> Iterator[Tally]:
    """Read how many issues each version has by Jira's own count, which Cloud gives with the list of versions."""
    for payload in versions:
        counts = payload.get("issuesStatusForFixVersion")
        if counts is not None:
            yield Tally(project=project, milestone=version_id(payload["id"]), items=sum(map(int, counts.values())))


def sprint(payload: Json, project: str, site: Site) -> Milestone:
    """Read one sprint of a board; a sprint ends, it is not released."""
    start, end = optional_instant(payload.get("startDate")), optional_instant(payload.get("endDate"))
    return Milestone(
        source=site.source,
        id=sprint_id(payload["id"]),
        native_id=str(payload["id"]),
        kind=MilestoneKind.SPRINT,
        project=project,
        title=payload["name"],
        description=payload.get("goal") or None,
        state=MilestoneState.CLOSED if payload.get("state") == "closed" else MilestoneState.OPEN,
        start=start.date() if start else None,
        due=end.date() if end else None,
        closed_at=optional_instant(payload.get("completeDate")),
    )


def _milestones(fields: Json, found: FieldMap) -> tuple[str, ...]:
    """List the versions, the sprints (past ones too, as the history does) and the epic of an issue.

    The level above a standard item is that of epics, so that its parent is one whatever its type is called.
    """
    versions = [version_id(entry["id"]) for entry in fields.get("fixVersions") or ()]
    sprints = [sprint_id(native) for native in map(sprint_number, _custom(fields, found.sprint) or ()) if native]
    parent = fields.get("parent")
    is_standard = level(fields["issuetype"]) is Level.STANDARD
    epics = [epic_id(parent["id"])] if parent and is_standard else []
    return tuple(dict.fromkeys([*versions, *sprints, *epics]))


def _closed_at(fields: Json) -> datetime | None:
    if category(fields["status"]) is not StatusCategory.DONE:
        return None
    return optional_instant(fields.get("statuscategorychangedate") or fields.get("resolutiondate"))


def _worklogs(issue: Json) -> list[Json]:
    return list((issue["fields"].get("worklog") or {}).get("worklogs") or ())


def _custom(fields: Json, ids: tuple[str, ...]) -> Any:
    """Take the first field of a meaning that holds something."""
    for name in ids:
        value = fields.get(name)
        if value not in (None, "", []):
            return value
    return None


def _name(value: Json | None) -> str | None:
    return None if value is None else value.get("name")


def _option(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("value") or value.get("name")
    return None if value is None else str(value)


def _number(value: Any) -> float | None:
    """Read a number, also one that is written as text; what is none is no estimate."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _present(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
