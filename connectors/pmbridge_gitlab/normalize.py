"""GitLab's issues, accounts, milestones and links in pmbridge's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmbridge.model import (
    FORMER_USER,
    Item,
    Level,
    Link,
    LinkKind,
    Milestone,
    MilestoneKind,
    MilestoneState,
    Person,
    StatusCategory,
    StatusDefinition,
    Worklog,
)
from pmbridge_gitlab import fields
from pmbridge_gitlab.accounts import SUPPORT_BOT, is_bot, is_former
from pmbridge_gitlab.description import checklist, remote_links
from pmbridge_gitlab.rows import (
    Row,
    epic_id,
    instant,
    iteration_id,
    maybe_day,
    maybe_instant,
    milestone_id,
    positive,
    user_id,
)
from pmbridge_gitlab.settings import LabelScopes

_PATHS = ("/-/issues/", "/-/work_items/")
_CATEGORIES = {"opened": StatusCategory.TODO, "closed": StatusCategory.DONE}
#: How GitLab says that an iteration is over: by number, or in words.
_PAST = (3, "closed")
_LEVELS = {"task": Level.SUBTASK, "epic": Level.EPIC}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: the configured source and project, how its labels are read, whether epics count."""

    source: str
    project: str
    scopes: LabelScopes
    epics: bool = False


def statuses(source: str) -> tuple[StatusDefinition, ...]:
    """Return the two states every GitLab issue has."""
    return tuple(
        StatusDefinition(source=source, id=state, name=state, category=category)
        for state, category in _CATEGORIES.items()
    )


def _twin(url: str) -> tuple[str, ...]:
    """Return the other address of an issue: GitLab serves it as an issue and as a work item."""
    for one, other in (_PATHS, _PATHS[::-1]):
        if one in url:
            return (url.replace(one, other),)
    return ()


def item(issue: Row, origin: Origin, parent: Row | None = None) -> Item:
    """Turn an issue into an item; ``parent`` is what it is a part of: an epic is a milestone, where epics count."""
    in_epic = parent is not None and parent["kind"] == "epic"
    times = issue.get("time_stats") or {}
    text = issue.get("description") or None
    return Item(
        source=origin.source,
        id=str(issue["id"]),
        key=f"{origin.project}#{issue['iid']}",
        project=origin.project,
        url=(url := issue.get("web_url") or ""),
        also_at=_twin(url),
        title=issue.get("title") or "",
        type=(kind := issue_type(issue)),
        level=_LEVELS.get(kind, Level.STANDARD),
        created_at=instant(issue["created_at"]),
        updated_at=instant(issue["updated_at"]),
        author=user_id(issue.get("author")),
        assignees=tuple(str(user["id"]) for user in assignees(issue)),
        labels=fields.label_names(issue),
        milestones=(*_containers(issue), *((epic_id(parent["id"]),) if parent and in_epic and origin.epics else ())),
        parent=str(parent["id"]) if parent and not in_epic else None,
        estimate_seconds=positive(times.get("time_estimate")),
        spent_seconds=positive(times.get("total_time_spent")),
        start=maybe_day(issue.get("start_date")),
        due=maybe_day(issue.get("due_date")),
        restricted=bool(issue.get("confidential")),
        customer_facing=customer_facing(issue),
        description=text,
        checklist=checklist(text or ""),
        remote_links=remote_links(text or ""),
        **_standing(issue),
        **_worth(issue, origin.scopes),
    )


def _containers(issue: Row) -> tuple[str, ...]:
    milestone, iteration = issue.get("milestone"), issue.get("iteration")
    found = (milestone_id(milestone["id"]) if milestone else None, iteration_id(iteration["id"]) if iteration else None)
    return tuple(filter(None, found))


def _standing(issue: Row) -> dict[str, Any]:
    state = issue["state"]
    return {
        "status": state,
        "status_name": state,
        "category": _CATEGORIES.get(state, StatusCategory.UNMAPPED),
        "resolution": resolution(issue),
        "closed_at": maybe_instant(issue.get("closed_at")),
    }


def _worth(issue: Row, scopes: LabelScopes) -> dict[str, Any]:
    return {
        "priority": fields.priority(issue, scopes),
        "severity": fields.severity(issue, scopes),
        "points": fields.points(issue, scopes),
    }


def issue_type(issue: Row) -> str:
    """Return the type in lower case; servers before 13 know issues only."""
    return str(issue.get("issue_type") or issue.get("type") or "issue").lower()


def assignees(issue: Row) -> list[Row]:
    """Return all assignees; the singular key is all that old servers have."""
    several = issue.get("assignees")
    if several is not None:
        return list(several)
    return [one] if (one := issue.get("assignee")) else []


def resolution(issue: Row) -> str | None:
    """Say why an issue was closed, where GitLab knows another reason than that it was done."""
    if issue.get("moved_to_id"):
        return "moved"
    if (issue.get("_links") or {}).get("closed_as_duplicate_of"):
        return "duplicate"
    return None


def customer_facing(issue: Row) -> bool:
    """Tell whether a comment would be mailed to a customer of the service desk."""
    author = (issue.get("author") or {}).get("username")
    return bool(issue.get("service_desk_reply_to")) or author == SUPPORT_BOT or issue_type(issue) == "ticket"


def person(user: Row, source: str) -> Person:
    """Turn an account into a person."""
    if is_former(user):
        return Person(source=source, id=str(user["id"]), name=FORMER_USER)
    username = user.get("username")
    return Person(
        source=source,
        id=str(user["id"]),
        name=user.get("name") or username or str(user["id"]),
        username=username,
        email=user.get("email") or user.get("public_email") or None,
        bot=is_bot(user),
    )


def people(users: Iterable[Row | None], source: str) -> tuple[Person, ...]:
    """Return each account once, in the order of ids."""
    found = {user["id"]: user for user in users if user and user.get("id") is not None}
    return tuple(person(found[key], source) for key in sorted(found))


def milestone(row: Row, source: str, project: str, released_at: datetime | None) -> Milestone:
    """Turn a milestone into one of ours; ``project`` is the project or group it is defined in."""
    state = MilestoneState.CLOSED if row.get("state") == "closed" else MilestoneState.OPEN
    return Milestone(
        source=source,
        id=milestone_id(row["id"]),
        native_id=str(row["id"]),
        kind=MilestoneKind.MILESTONE,
        project=project,
        title=row["title"],
        description=row.get("description") or None,
        state=MilestoneState.RELEASED if released_at else state,
        start=maybe_day(row.get("start_date")),
        due=maybe_day(row.get("due_date")),
        released_at=released_at,
        url=row.get("web_url"),
        updated_at=maybe_instant(row.get("updated_at")),
    )


def iteration(row: Row, source: str, project: str) -> Milestone:
    """Turn an iteration into a milestone; those that a cadence makes have no title but their dates."""
    start, due = maybe_day(row.get("start_date")), maybe_day(row.get("due_date"))
    return Milestone(
        source=source,
        id=iteration_id(row["id"]),
        native_id=str(row["id"]),
        kind=MilestoneKind.ITERATION,
        project=project,
        title=row.get("title") or f"{start} – {due}",
        description=row.get("description") or None,
        state=MilestoneState.CLOSED if row.get("state") in _PAST else MilestoneState.OPEN,
        start=start,
        due=due,
        url=row.get("web_url"),
        updated_at=maybe_instant(row.get("updated_at")),
    )


def release_instants(releases: Iterable[Row]) -> dict[str, datetime]:
    """Return when each milestone first reached users, by the milestone's native id; plans do not count."""
    first: dict[str, datetime] = {}
    for release in releases:
        at = maybe_instant(release.get("released_at"))
        if at is None or release.get("upcoming_release"):
            continue
        for row in release.get("milestones") or []:
            key = str(row["id"])
            first[key] = min(first.get(key, at), at)
    return first


def links(issue: Row, rows: Iterable[Row], source: str) -> Iterator[Link]:
    """Turn what an issue is linked to into links, the same whichever end they are read from."""
    here = str(issue["id"])
    for row in rows:
        there, kind = str(row["id"]), row.get("link_type") or "relates_to"
        ends = (there, here) if kind == "is_blocked_by" else (here, there)
        if kind == "relates_to":
            ends = (min(here, there, key=int), max(here, there, key=int))
        blocks = kind in {"blocks", "is_blocked_by"}
        yield Link(
            source=source,
            id=str(row["issue_link_id"]),
            item=ends[0],
            target=ends[1],
            kind=LinkKind.BLOCKS if blocks else LinkKind.RELATES,
            type="blocks" if blocks else kind,
            phrase="blocks" if blocks else "relates to",
        )


def worklogs(issue: Row, rows: Iterable[Row], source: str) -> Iterator[Worklog]:
    """Turn the time logged on an issue into worklogs; time that was taken back is negative, as GitLab has it."""
    for row in rows:
        at = row.get("spentAt") or issue["updated_at"]
        yield Worklog(
            source=source,
            id=str(row["id"]),
            item=str(issue["id"]),
            author=user_id(row.get("user")),
            started_at=instant(at),
            seconds=int(row["timeSpent"]),
        )
