"""What the GraphQL interface of a sandbox GitLab says of a project beside its issues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pmbridge.sandbox.gitlab.graphql_shape import Answered, Context, Types, account, plain, rows, second
from pmbridge.sandbox.gitlab.graphql_text import GraphqlError
from pmbridge.sandbox.gitlab.merge_request_view import merge_request_url
from pmbridge.sandbox.gitlab.records import Deployment, Environment, MergeRequest, Milestone, Pipeline, Project, Remark
from pmbridge.sandbox.gitlab.views import Frame, day, milestone_url

_ENDED = ("success", "failed", "canceled", "skipped")
_SORTS = {"CREATED": "created", "UPDATED": "updated"}


def _merge_requests(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[MergeRequest]:
    after, before = (instant(arguments.get(name)) for name in ("updatedAfter", "updatedBefore"))
    found = [
        row
        for row in context.site.merge_requests.values()
        if row.project == project.id
        and (after is None or row.updated >= after)
        and (before is None or row.updated <= before)
        and arguments.get("state") in (None, "all", row.state)
    ]
    attribute, _, direction = str(arguments.get("sort") or "CREATED_DESC").partition("_")
    if attribute not in _SORTS:
        raise GraphqlError("the sandbox sorts merge requests by creation and update only")
    return sorted(found, key=lambda r: (getattr(r, _SORTS[attribute]), r.id), reverse=direction != "ASC")


def instant(text: Any) -> datetime | None:
    """Read an instant of a question."""
    try:
        moment = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        raise GraphqlError(f'Could not coerce value "{text}" to Time') from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _pipelines(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[Pipeline]:
    after = instant(arguments.get("updatedAfter"))
    found = [row for row in context.site.pipelines.values() if row.project == project.id]
    return sorted((row for row in found if after is None or row.at >= after), key=lambda row: -row.id)


def _milestones(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[Milestone]:
    above = context.site.groups_above(project) if arguments.get("includeAncestors") else set()
    return [row for row in context.site.milestones.values() if row.project == project.id or row.group in above]


def _last(context: Context, environment: Environment, arguments: Mapping[str, Any]) -> Deployment | None:
    status = str(arguments.get("status")).lower()
    found = [
        row for row in context.site.deployments.values() if row.environment == environment.id and row.status == status
    ]
    return max(found, key=lambda row: row.id, default=None)


def _counts(context: Context, project: Project, arguments: Mapping[str, Any]) -> dict[str, int]:
    states = [issue.state for issue in context.site.issues.values() if issue.project == project.id]
    return {"all": len(states), "opened": states.count("opened"), "closed": states.count("closed")}


def _web_path(context: Context, entry: Milestone, arguments: Mapping[str, Any]) -> str:
    return milestone_url(Frame(context.site, ""), entry)


def _mr_address(context: Context, entry: MergeRequest, arguments: Mapping[str, Any]) -> str:
    return merge_request_url(Frame.of(context.call), entry)


def _release_rows(context: Context, project: Project, arguments: Mapping[str, Any]) -> list[Any]:
    found = [row for row in context.site.releases if row.project == project.id]
    return sorted(found, key=lambda row: row.released_at, reverse=True)


def _head(context: Context, entry: MergeRequest, arguments: Mapping[str, Any]) -> Pipeline | None:
    return next((run for run in context.site.pipelines_of(entry) if run.sha == entry.sha), None)


def _is_resolved(context: Context, remark: Remark, arguments: Mapping[str, Any]) -> bool:
    return any(remark.thread in row.resolved for row in context.site.merge_requests.values())


def _action(context: Context, remark: Remark, arguments: Mapping[str, Any]) -> Remark | None:
    return remark if remark.action else None


TYPES: Types = {
    "Project": {
        "id": plain(lambda project: f"gid://gitlab/Project/{project.id}"),
        "fullPath": plain(lambda project: project.path),
        "issueStatusCounts": Answered(_counts, "IssueStatusCountsType"),
        "mergeRequests": Answered(_merge_requests, "MergeRequest", connection=True),
        "pipelines": Answered(_pipelines, "Pipeline", connection=True),
        "milestones": Answered(_milestones, "Milestone", connection=True),
        "releases": Answered(_release_rows, "Release", connection=True),
        "projectMembers": rows("ProjectMember", lambda site, project: list(site.users.values())),
        "environments": rows(
            "Environment",
            lambda site, project: [row for row in site.environments.values() if row.project == project.id],
        ),
    },
    "IssueStatusCountsType": {
        "all": plain(lambda counts: counts["all"]),
        "opened": plain(lambda counts: counts["opened"]),
        "closed": plain(lambda counts: counts["closed"]),
    },
    "Milestone": {
        "id": plain(lambda row: f"gid://gitlab/Milestone/{row.id}"),
        "iid": plain(lambda row: str(row.iid)),
        "title": plain(lambda row: row.title),
        "description": plain(lambda row: row.description),
        "state": plain(lambda row: row.state),
        "startDate": plain(lambda row: day(row.start)),
        "dueDate": plain(lambda row: day(row.due)),
        "updatedAt": plain(lambda row: second(row.updated)),
        "webPath": Answered(_web_path),
        "groupMilestone": plain(lambda row: row.group is not None),
    },
    "Release": {
        "tagName": plain(lambda row: row.tag),
        "releasedAt": plain(lambda row: second(row.released_at)),
        "upcomingRelease": Answered(lambda context, row, _: row.released_at > context.site.clock.now()),
        "milestones": rows("Milestone", lambda site, row: [site.milestones[id] for id in row.milestones]),
    },
    "ProjectMember": {"user": account(lambda user: user.id)},
    "Environment": {
        "id": plain(lambda row: f"gid://gitlab/Environment/{row.id}"),
        "name": plain(lambda row: row.name),
        "tier": plain(lambda row: row.tier and row.tier.upper()),
        "lastDeployment": Answered(_last, "Deployment"),
    },
    "Deployment": {
        "id": plain(lambda row: f"gid://gitlab/Deployment/{row.id}"),
        "updatedAt": plain(lambda row: second(row.updated)),
    },
    "Pipeline": {
        "id": plain(lambda row: f"gid://gitlab/Ci::Pipeline/{row.id}"),
        "iid": plain(lambda row: str(row.iid)),
        "ref": plain(lambda row: row.ref),
        "sha": plain(lambda row: row.sha),
        "status": plain(lambda row: row.status.upper()),
        "createdAt": plain(lambda row: second(row.at)),
        "updatedAt": plain(lambda row: second(row.at)),
        "finishedAt": plain(lambda row: second(row.at) if row.status in _ENDED else None),
    },
    "MergeRequest": {
        "id": plain(lambda row: f"gid://gitlab/MergeRequest/{row.id}"),
        "iid": plain(lambda row: str(row.iid)),
        "title": plain(lambda row: row.title),
        "description": plain(lambda row: row.description),
        "state": plain(lambda row: row.state),
        "draft": plain(lambda row: row.draft),
        "sourceBranch": plain(lambda row: row.branch),
        "author": account(lambda row: row.by),
        "reviewers": rows("User", lambda site, row: [site.users[id] for id in row.reviewers if id in site.users]),
        "createdAt": plain(lambda row: second(row.created)),
        "updatedAt": plain(lambda row: second(row.updated)),
        "mergedAt": plain(lambda row: second(row.merged)),
        "diffHeadSha": plain(lambda row: row.sha),
        "mergeCommitSha": plain(lambda row: row.merge_commit),
        "webUrl": Answered(_mr_address),
        "notes": rows("Remark", lambda site, row: row.remarks),
        "approved": plain(lambda row: len(row.approvers) >= row.approvals_required),
        "approvedBy": rows("User", lambda site, row: [site.users[id] for id in row.approvers if id in site.users]),
        "headPipeline": Answered(_head, "Pipeline"),
        "pipelines": rows("Pipeline", lambda site, row: site.pipelines_of(row)),
        "resolvableDiscussionsCount": plain(lambda row: len(row.threads)),
        "resolvedDiscussionsCount": plain(lambda row: len(row.threads & row.resolved)),
    },
    "Remark": {
        "id": plain(lambda remark: f"gid://gitlab/Note/{remark.id}"),
        "createdAt": plain(lambda remark: second(remark.at)),
        "system": plain(lambda remark: remark.action is not None),
        "body": plain(lambda remark: remark.body),
        "author": account(lambda remark: remark.by),
        "systemNoteMetadata": Answered(_action, "RemarkMetadata"),
        "resolvable": plain(lambda remark: remark.thread is not None),
        "resolved": Answered(_is_resolved),
        "discussion": Answered(lambda context, remark, _: remark, "RemarkThread"),
    },
    "RemarkThread": {"id": plain(lambda remark: f"gid://gitlab/Discussion/{remark.thread or remark.id}")},
    "RemarkMetadata": {"action": plain(lambda remark: remark.action)},
}
