"""What the GraphQL interface of a sandbox GitLab says of issues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmbridge.sandbox.exchange import Refusal
from pmbridge.sandbox.gitlab.activity import Told, activity
from pmbridge.sandbox.gitlab.graphql_shape import Answered, Context, Types, account, plain, rows, second
from pmbridge.sandbox.gitlab.graphql_text import GraphqlError
from pmbridge.sandbox.gitlab.lookup import visible_group, visible_project
from pmbridge.sandbox.gitlab.records import Epic, Group, Issue, IssueLink, Project, TimeLog
from pmbridge.sandbox.gitlab.views import day, stamp

#: How many ids or numbers one question may name.
_MOST_VALUES = 100
_MOST_PATHS = 50


def _project(context: Context, thing: Any, arguments: Mapping[str, Any]) -> Project | None:
    try:
        return visible_project(context.call, str(arguments.get("fullPath")))
    except Refusal:
        return None


def _projects(context: Context, thing: Any, arguments: Mapping[str, Any]) -> list[Project]:
    """List visible projects, the newest first, or those of some paths however they are written."""
    sees, paths = context.call.token.sees, arguments.get("fullPaths")
    if paths is not None and len(paths) > _MOST_PATHS:
        raise GraphqlError(f"You cannot provide more than {_MOST_PATHS} full paths.")
    wanted = None if paths is None else {path.lower() for path in paths}
    shown = (row for row in context.site.projects.values() if sees(row.path))
    return sorted((row for row in shown if wanted is None or row.path.lower() in wanted), key=lambda row: -row.id)


def _issues(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[Issue]:
    iids, types = arguments.get("iids"), arguments.get("types")
    if iids is not None and len(iids) > _MOST_VALUES:
        raise GraphqlError(f"iids may hold at most {_MOST_VALUES} values")
    if iids is None:
        mine = [
            issue
            for issue in context.site.issues.values()
            if issue.project == project.id and (types is None or issue.type.upper() in types)
        ]
        newest_first = arguments.get("sort") == "UPDATED_DESC"
        return sorted(mine, key=lambda issue: issue.updated, reverse=True) if newest_first else mine
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


def _logged(context: Context, issue: Issue, arguments: Mapping[str, Any]) -> list[TimeLog]:
    return issue.time_logs


def _group(context: Context, thing: Any, arguments: Mapping[str, Any]) -> Group | None:
    try:
        return visible_group(context.call, str(arguments.get("fullPath")))
    except Refusal:
        return None


def _epics(context: Context, group: Group, arguments: Mapping[str, Any]) -> list[Epic]:
    """List the epics of a group and those below it; without a licence there are none."""
    if not context.site.premium:
        return []
    below = {g.id for g in context.site.groups.values() if f"{g.path}/".startswith(f"{group.path}/")}
    return [epic for epic in context.site.epics.values() if epic.group in below]


def _parent(context: Context, item: Issue, arguments: Mapping[str, Any]) -> Issue | Epic | None:
    parent = getattr(item, "parent", None) or 0
    return context.site.issues.get(parent) or context.site.epics.get(parent)


def _address(context: Context, item: Issue | Epic, arguments: Mapping[str, Any]) -> str:
    base, site = context.call.base, context.site
    if isinstance(item, Epic):
        return f"{base}/groups/{site.groups[item.group].path}/-/epics/{item.iid}"
    return f"{base}/{site.projects[item.project].path}/-/work_items/{item.iid}"


_TYPE_NAMES = {"test_case": "Test Case"}
TYPES: Types = {
    "Query": {
        "project": Answered(_project, "Project"),
        "projects": Answered(_projects, "Project", connection=True),
        "group": Answered(_group, "Group"),
    },
    "Group": {"workItems": Answered(_epics, "WorkItem", connection=True)},
    "WorkItemType": {"name": plain(lambda item: _TYPE_NAMES.get(item.type, item.type.capitalize()))},
    "WorkItemWidgetHierarchy": {"parent": Answered(_parent, "WorkItem")},
    "WorkItemWidgetDescription": {"description": plain(lambda item: item.description)},
    "WorkItemWidgetStartAndDueDate": {
        "startDate": plain(lambda item: day(getattr(item, "start", None))),
        "dueDate": plain(lambda item: day(item.due)),
    },
    "WorkItemWidgetTestReports": {
        "testReports": rows("TestReport", lambda site, item: [r for r in site.test_reports if r.issue == item.id]),
    },
    "TestReport": {
        "id": plain(lambda report: f"gid://gitlab/RequirementsManagement::TestReport/{report.id}"),
        "state": plain(lambda report: report.state.upper()),
        "createdAt": plain(lambda report: second(report.at)),
        "author": account(lambda report: report.by),
    },
    "Project": {
        "workItems": Answered(_issues, "WorkItem", connection=True),
        "issues": Answered(_issues, "Issue", connection=True),
    },
    "WorkItem": {
        "id": plain(lambda issue: f"gid://gitlab/WorkItem/{issue.id}"),
        "iid": plain(lambda issue: str(issue.iid)),
        "title": plain(lambda issue: issue.title),
        "state": plain(lambda item: "CLOSED" if item.state == "closed" else "OPEN"),
        "createdAt": plain(lambda item: second(item.created)),
        "updatedAt": plain(lambda issue: second(issue.updated)),
        "closedAt": plain(lambda item: second(item.closed)),
        "webUrl": Answered(_address),
        "workItemType": Answered(lambda context, item, _: item, "WorkItemType"),
        "widgets": Answered(_widgets, "WorkItemWidget", many=True),
    },
    "WorkItemWidgetNotes": {"discussions": Answered(_discussions, "Discussion", connection=True)},
    "WorkItemWidgetLinkedItems": {"linkedItems": Answered(_links, "LinkedWorkItemType", connection=True)},
    "WorkItemWidgetDevelopment": {
        "closingMergeRequests": rows(
            "WorkItemClosingMergeRequest",
            lambda site, issue: [row for row in site.merge_requests.values() if issue.id in row.closes],
        ),
    },
    "WorkItemClosingMergeRequest": {"mergeRequest": Answered(lambda context, row, _: row, "MergeRequest")},
    "LinkedWorkItemType": {
        "linkId": plain(lambda end: f"gid://gitlab/WorkItems::RelatedWorkItemLink/{end[1].id}"),
        "linkType": Answered(_link_type),
        "workItem": Answered(_other_end, "WorkItem"),
    },
    "Discussion": {"notes": Answered(lambda context, told, arguments: [told], "Note", connection=True)},
    "Note": {
        "id": plain(lambda told: f"gid://gitlab/{told.kind}/{told.id}"),
        "createdAt": plain(lambda told: second(told.at)),
        "body": plain(lambda told: told.body),
        "author": account(lambda told: told.by),
        "systemNoteMetadata": Answered(lambda context, told, arguments: told, "SystemNoteMetadata"),
    },
    "SystemNoteMetadata": {"action": plain(lambda told: told.action)},
    "User": {
        "id": plain(lambda user: f"gid://gitlab/User/{user.id}"),
        "username": plain(lambda user: user.username),
        "name": plain(lambda user: user.name),
        "publicEmail": plain(lambda user: None),
        "bot": plain(lambda user: user.bot),
        "emails": rows("Email", lambda site, user: []),
    },
    "Email": {"email": plain(str)},
    "Issue": {
        "iid": plain(lambda issue: str(issue.iid)),
        "updatedAt": plain(lambda issue: second(issue.updated)),
        "timelogs": Answered(_logged, "Timelog", connection=True),
    },
    "Timelog": {
        "id": plain(lambda log: f"gid://gitlab/Timelog/{log.id}"),
        "timeSpent": plain(lambda log: log.seconds),
        "spentAt": plain(lambda log: stamp(log.spent_at)),
        "user": account(lambda log: log.by),
    },
    "PageInfo": {"hasNextPage": plain(lambda rows: False), "endCursor": plain(lambda rows: None)},
}
