"""The JSON shape of a GitLab merge request."""

from __future__ import annotations

from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.records import MergeRequest
from pmbridge.sandbox.gitlab.views import Frame, Json


def merge_request(frame: Frame, entry: MergeRequest) -> Json:
    """Draw a merge request as lists show it."""
    path = frame.site.projects[entry.project].path
    reviewers = [views.user(frame, user) for user in entry.reviewers]
    return {
        "id": entry.id,
        "iid": entry.iid,
        "project_id": entry.project,
        "title": entry.title,
        "description": entry.description,
        "state": entry.state,
        "created_at": views.stamp(entry.created),
        "updated_at": views.stamp(entry.updated),
        "merge_user": views.user(frame, entry.ended_by) if entry.merged else None,
        "merged_at": views.stamp(entry.merged),
        "closed_by": views.user(frame, entry.ended_by) if entry.closed else None,
        "closed_at": views.stamp(entry.closed),
        "target_branch": entry.target,
        "source_branch": entry.branch,
        "user_notes_count": sum(remark.action is None for remark in entry.remarks),
        "upvotes": 0,
        "downvotes": 0,
        "author": views.user(frame, entry.by),
        "assignees": [],
        "assignee": None,
        "reviewers": reviewers,
        "source_project_id": entry.project,
        "target_project_id": entry.project,
        "labels": [],
        "draft": entry.draft,
        "imported": False,
        "imported_from": "none",
        "milestone": None,
        "detailed_merge_status": "not_open" if entry.state != "opened" else "mergeable",
        "sha": entry.sha,
        "merge_commit_sha": entry.merge_commit,
        "squash_commit_sha": None,
        "reference": f"!{entry.iid}",
        "references": {"short": f"!{entry.iid}", "relative": f"!{entry.iid}", "full": f"{path}!{entry.iid}"},
        "web_url": merge_request_url(frame, entry),
    }


def merge_request_url(frame: Frame, entry: MergeRequest) -> str:
    """Return the address of a merge request's page."""
    return f"{frame.base}/{frame.site.projects[entry.project].path}/-/merge_requests/{entry.iid}"
