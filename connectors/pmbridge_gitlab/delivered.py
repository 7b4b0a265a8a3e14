"""GitLab's merge requests and deployments in pmbridge's vocabulary; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from pmbridge.model import Deployment, DeploymentStatus, MergeRequest, MergeRequestState
from pmbridge_gitlab.activity import number
from pmbridge_gitlab.rows import Row, instant, maybe_instant, user_id
from pmbridge_gitlab.waits import waits

_STATES = {"merged": MergeRequestState.MERGED, "closed": MergeRequestState.CLOSED}
_STATUSES = {
    "success": DeploymentStatus.SUCCESS,
    "failed": DeploymentStatus.FAILED,
    "canceled": DeploymentStatus.CANCELLED,
    "skipped": DeploymentStatus.CANCELLED,
}
#: What a system note of a review is about; everything else that is written by itself is none.
_REVIEWS = frozenset({"approved", "unapproved", "requested_changes", "reviewed"})
_DRAFT = re.compile(r"\A\s*(?:\[?(?:draft|wip)\]?\s*[:\s]|\(draft\))", re.IGNORECASE)


def merge_request(row: Row, source: str, project: str, items: Iterable[str] = ()) -> MergeRequest:
    """Turn a merge request into one of ours; ``items`` are the ids of the issues it closes."""
    title = row.get("title") or ""
    return MergeRequest(
        source=source,
        id=str(row["id"]),
        key=f"{project}!{row['iid']}",
        project=project,
        url=row.get("web_url") or "",
        title=title,
        branch=row.get("source_branch") or "",
        state=_STATES.get(str(row.get("state")), MergeRequestState.OPEN),
        draft=bool(row.get("draft") or row.get("work_in_progress") or _DRAFT.match(title)),
        author=user_id(row.get("author")),
        reviewers=tuple(filter(None, (user_id(user) for user in row.get("reviewers") or ()))),
        items=tuple(dict.fromkeys(items)),
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        reviewed_at=maybe_instant(row.get("reviewed_at")),
        merged_at=maybe_instant(row.get("merged_at")),
        closed_at=maybe_instant(row.get("closed_at")),
        commit=row.get("merge_commit_sha") or row.get("squash_commit_sha") or row.get("sha"),
        **row.get("waits", {}),
    )


def as_listed(node: Row) -> Row:
    """Write a merge request as the other interface does, with when it was last reviewed beside it."""
    remarks = (node.get("notes") or {}).get("nodes") or ()
    author = _account(node.get("author"))
    return {
        "id": number(node["id"]),
        "iid": node["iid"],
        "title": node.get("title"),
        "description": node.get("description"),
        "state": str(node.get("state")).lower(),
        "draft": node.get("draft"),
        "source_branch": node.get("sourceBranch"),
        "web_url": node.get("webUrl"),
        "author": author,
        "reviewers": [_account(user) for user in (node.get("reviewers") or {}).get("nodes") or ()],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "merged_at": node.get("mergedAt"),
        "closed_at": _last(remarks, {"closed"}) if str(node.get("state")).lower() == "closed" else None,
        "sha": node.get("diffHeadSha"),
        "merge_commit_sha": node.get("mergeCommitSha"),
        "reviewed_at": _reviewed(remarks, author),
        "waits": waits(node),
    }


def _account(user: Row | None) -> Row | None:
    return {"id": number(user["id"])} if user and user.get("id") else None


def _last(remarks: Iterable[Row], actions: Collection[str]) -> str | None:
    found = (r["createdAt"] for r in remarks if (r.get("systemNoteMetadata") or {}).get("action") in actions)
    return max(found, default=None)


def _reviewed(remarks: Iterable[Row], author: Row | None) -> str | None:
    """Return when a person other than the author last wrote or judged something."""
    by_others = [
        remark for remark in remarks if (who := remark.get("author")) and not who.get("bot") and _account(who) != author
    ]
    said = (r["createdAt"] for r in by_others if not r.get("system"))
    return max([*said, *filter(None, [_last(by_others, _REVIEWS)])], default=None)


def deployment(row: Row, source: str, project: str, *, production: bool) -> Deployment:
    """Turn a deployment into one of ours."""
    job = row.get("deployable") or {}
    status = _STATUSES.get(str(row.get("status")), DeploymentStatus.RUNNING)
    ended = job.get("finished_at") if status is not DeploymentStatus.RUNNING else None
    return Deployment(
        source=source,
        id=str(row["id"]),
        project=project,
        environment=environment_name(row),
        production=production,
        status=status,
        at=instant(ended or row.get("updated_at") or row["created_at"]),
        ref=row.get("ref"),
        commit=row.get("sha"),
        url=job.get("web_url"),
    )


def environment_name(row: Row) -> str:
    """Return the name of the environment of a deployment; one that was deleted may have none."""
    return str((row.get("environment") or {}).get("name") or "unknown")


def is_production(name: str, tiers: Mapping[str, str | None], names: Collection[str]) -> bool:
    """Tell whether users work in an environment: by its tier, or by names where the server tells no tier."""
    tier = tiers.get(name)
    if tier:
        return tier.casefold() == "production"
    return any(fnmatchcase(name.casefold(), word.casefold()) for word in names)


def touched(row: Row) -> datetime:
    """Return when a row was last touched."""
    return instant(row.get("updated_at") or row["created_at"])
