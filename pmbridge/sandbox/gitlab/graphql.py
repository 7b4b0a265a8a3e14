"""The part of GitLab's GraphQL interface that tells the histories of issues."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pmbridge.sandbox.exchange import Refusal, Route
from pmbridge.sandbox.gitlab.activity import Told, activity
from pmbridge.sandbox.gitlab.graphql_text import Field, GraphqlError, parse
from pmbridge.sandbox.gitlab.lookup import GitlabCall, body_object, visible_project
from pmbridge.sandbox.gitlab.records import Issue, IssueLink, Project, TimeLog
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.gitlab.views import stamp

#: What a question may cost an account that is known.
MOST_COMPLEX = 250
_LONGEST, _MOST_NODES, _MOST_VALUES = 10_000, 100, 100

Resolve = Callable[["Context", Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The call a question came with."""

    call: GitlabCall

    @property
    def site(self) -> GitlabSite:
        """The site that is asked."""
        return self.call.site


@dataclass(frozen=True, slots=True)
class Answered:
    """How a field is answered: by ``resolve``, as an object of ``type``, as a ``connection`` of them, as a ``list``."""

    resolve: Resolve
    type: str | None = None
    connection: bool = False
    many: bool = False


def answer(call: GitlabCall) -> Any:
    """Answer one question; what is wrong with it comes as ``errors`` with a good status, as in GitLab."""
    if call.site.widgets is None:
        raise Refusal(404, {"error": "404 Not Found"})
    asked = body_object(call)
    try:
        text = str(asked.get("query") or "")
        if len(text) > _LONGEST:
            raise GraphqlError(f"Query too large, at most {_LONGEST} characters are allowed")
        fields = parse(text, asked.get("variables") or {})
        cost = complexity(fields, "Query", call.site.widgets)
        if cost > MOST_COMPLEX:
            raise GraphqlError(f"Query has complexity of {cost}, which exceeds max complexity of {MOST_COMPLEX}")
        return {"data": _object(Context(call), None, "Query", fields)}
    except GraphqlError as error:
        return {"errors": [{"message": str(error)}]}


def complexity(fields: Sequence[Field], kind: str, widgets: frozenset[str]) -> int:
    """Add up what fields cost: one each, and a list its content once more for each hundred of its entries."""
    total = 0
    for field in fields:
        if field.type is not None:
            if field.type not in widgets:
                raise GraphqlError(f"No such type {field.type}, so it can't be a fragment condition")
            total += complexity(field.selection, field.type, widgets)
            continue
        shape = _shape(kind, field.name)
        inside = complexity(field.selection, shape.type or "", widgets) if field.selection else 0
        total += 1 + inside
        if shape.connection:
            first = field.arguments.get("first")
            if not isinstance(first, int) or not 0 < first <= _MOST_NODES:
                raise GraphqlError(f"'first' of {field.name} must be given, from 1 to {_MOST_NODES}")
            total += int(inside * first * 0.01)
    return total


def _shape(kind: str, name: str) -> Answered:
    if name in ("nodes", "pageInfo"):
        return Answered(lambda context, thing, arguments: thing, kind if name == "nodes" else "PageInfo")
    try:
        return _TYPES[kind][name]
    except KeyError:
        raise GraphqlError(f"Field '{name}' doesn't exist on type '{kind}'") from None


def _object(context: Context, thing: Any, kind: str, fields: Sequence[Field]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        if field.type is not None:
            found |= _object(context, thing, kind, field.selection) if field.type == kind else {}
            continue
        shape = _shape(kind, field.name)
        value = shape.resolve(context, thing, field.arguments)
        found[field.name] = _value(context, value, shape, field)
    return found


def _value(context: Context, value: Any, shape: Answered, field: Field) -> Any:
    if value is None or shape.type is None:
        return value
    if shape.connection:
        return _connection(context, list(value), shape.type, field)
    if shape.many:
        return [_object(context, entry, kind, field.selection) for kind, entry in value]
    return _object(context, value, shape.type, field.selection)


def _connection(context: Context, rows: list[Any], kind: str, field: Field) -> dict[str, Any]:
    start = _unseal(field.arguments.get("after"))
    end = start + int(field.arguments["first"])
    found: dict[str, Any] = {}
    for part in field.selection:
        if part.name == "pageInfo":
            found["pageInfo"] = {"hasNextPage": end < len(rows), "endCursor": _seal(min(end, len(rows)))}
        else:
            found[part.name] = [_object(context, row, kind, part.selection) for row in rows[start:end]]
    return found


def _seal(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def _unseal(cursor: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor.encode())) if cursor else 0
    except ValueError:
        raise GraphqlError("Invalid cursor provided") from None


def _project(context: Context, thing: Any, arguments: Mapping[str, Any]) -> Project | None:
    try:
        return visible_project(context.call, str(arguments.get("fullPath")))
    except Refusal:
        return None


def _issues(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[Issue]:
    iids = arguments.get("iids")
    if iids is not None and len(iids) > _MOST_VALUES:
        raise GraphqlError(f"iids may hold at most {_MOST_VALUES} values")
    if iids is None:
        return [issue for issue in context.site.issues.values() if issue.project == project.id]
    found = (context.site.find_issue(project.id, int(iid)) for iid in iids)
    return sorted((issue for issue in found if issue), key=lambda issue: -issue.iid)


def _widgets(context: Context, issue: Issue, arguments: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(kind, issue) for kind in sorted(context.site.widgets or ())]


def _discussions(context: Context, issue: Issue, arguments: Mapping[str, Any]) -> list[Told]:
    if arguments.get("filter") != "ONLY_ACTIVITY":
        raise GraphqlError("the sandbox tells the activity only")
    return activity(context.site, issue)


def _links(context: Context, issue: Issue, arguments: Mapping[str, Any]) -> list[tuple[Issue, IssueLink]]:
    return [(issue, link) for link in issue.links]


def _link_type(context: Context, end: tuple[Issue, IssueLink], arguments: Mapping[str, Any]) -> str:
    issue, link = end
    if not link.blocks:
        return "relates_to"
    return "blocks" if link.source == issue.id else "is_blocked_by"


def _other_end(context: Context, end: tuple[Issue, IssueLink], arguments: Mapping[str, Any]) -> Issue:
    issue, link = end
    return context.site.issues[link.target if link.source == issue.id else link.source]


def _second(at: datetime) -> str:
    """Draw an instant as this interface does: without parts of a second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _logged(context: Context, issue: Issue, arguments: Mapping[str, Any]) -> list[TimeLog]:
    return issue.time_logs


def _plain(get: Callable[[Any], Any]) -> Answered:
    return Answered(lambda context, thing, arguments: get(thing))


def _account(get: Callable[[Any], int]) -> Answered:
    return Answered(lambda context, thing, arguments: context.site.users.get(get(thing)), "User")


_TYPES: dict[str, dict[str, Answered]] = {
    "Query": {"project": Answered(_project, "Project")},
    "Project": {
        "workItems": Answered(_issues, "WorkItem", connection=True),
        "issues": Answered(_issues, "Issue", connection=True),
    },
    "WorkItem": {
        "id": _plain(lambda issue: f"gid://gitlab/WorkItem/{issue.id}"),
        "iid": _plain(lambda issue: str(issue.iid)),
        "title": _plain(lambda issue: issue.title),
        "updatedAt": _plain(lambda issue: _second(issue.updated)),
        "widgets": Answered(_widgets, "WorkItemWidget", many=True),
    },
    "WorkItemWidgetNotes": {"discussions": Answered(_discussions, "Discussion", connection=True)},
    "WorkItemWidgetLinkedItems": {"linkedItems": Answered(_links, "LinkedWorkItemType", connection=True)},
    "LinkedWorkItemType": {
        "linkId": _plain(lambda end: f"gid://gitlab/WorkItems::RelatedWorkItemLink/{end[1].id}"),
        "linkType": Answered(_link_type),
        "workItem": Answered(_other_end, "WorkItem"),
    },
    "Discussion": {"notes": Answered(lambda context, told, arguments: [told], "Note", connection=True)},
    "Note": {
        "id": _plain(lambda told: f"gid://gitlab/{told.kind}/{told.id}"),
        "createdAt": _plain(lambda told: _second(told.at)),
        "body": _plain(lambda told: told.body),
        "author": _account(lambda told: told.by),
        "systemNoteMetadata": Answered(lambda context, told, arguments: told, "SystemNoteMetadata"),
    },
    "SystemNoteMetadata": {"action": _plain(lambda told: told.action)},
    "User": {
        "id": _plain(lambda user: f"gid://gitlab/User/{user.id}"),
        "username": _plain(lambda user: user.username),
        "name": _plain(lambda user: user.name),
    },
    "Issue": {
        "iid": _plain(lambda issue: str(issue.iid)),
        "timelogs": Answered(_logged, "Timelog", connection=True),
    },
    "Timelog": {
        "id": _plain(lambda log: f"gid://gitlab/Timelog/{log.id}"),
        "timeSpent": _plain(lambda log: log.seconds),
        "spentAt": _plain(lambda log: stamp(log.spent_at)),
        "user": _account(lambda log: log.by),
    },
    "PageInfo": {"hasNextPage": _plain(lambda rows: False), "endCursor": _plain(lambda rows: None)},
}

ROUTES = (Route("POST", "/api/graphql", answer, reads=True),)
