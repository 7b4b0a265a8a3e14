"""What projects hold at a glance, in the shape of GitLab's lists; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pmbridge_gitlab.activity import number, person
from pmbridge_gitlab.rows import Row, instant

#: This interface tells instants to the second: something may be so much younger than it seems.
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Glance:
    """What one question told of a project; ``None`` is what it did not tell, or not all of.

    The instants are when the newest of each kind was touched, at the latest; of no such thing they are ``None`` and
    ``tells_*`` is true.
    """

    count: int | None = None
    milestones: list[Row] | None = None
    releases: list[Row] | None = None
    members: list[Row] | None = None
    pipelines: list[Row] | None = None
    tiers: dict[str, str | None] | None = None
    issues_at: datetime | None = None
    merge_requests_at: datetime | None = None
    deployments_at: datetime | None = None
    pipelines_at: datetime | None = None
    has_requirements: bool = False
    tells_issues: bool = False
    tells_merge_requests: bool = False
    tells_deployments: bool = False
    tells_pipelines: bool = False

    def nothing_since(self, kind: str, since: datetime) -> bool:
        """Tell whether none of a kind (``issues``, ``merge_requests``, ...) was touched since an instant, for sure."""
        at: datetime | None = getattr(self, f"{kind}_at")
        told: bool = getattr(self, f"tells_{kind}")
        return told and (at is None or at < since)


def read_glance(answer: Row, url: str) -> Glance:
    """Read what was told of one project; ``url`` is the server's address."""
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    environments = _whole(answer.get("environments"))
    return Glance(
        count=(answer.get("issueStatusCounts") or {}).get("all"),
        milestones=_each(answer.get("milestones"), lambda node: _milestone(node, host)),
        releases=_each(answer.get("releases"), _release),
        members=_each(answer.get("projectMembers"), _member),
        pipelines=_pipelines(answer.get("pipelines")),
        tiers=None if environments is None else {str(row["name"]): row.get("tier") for row in environments},
        issues_at=_newest((answer.get("issues") or {}).get("nodes")),
        merge_requests_at=_newest((answer.get("mergeRequests") or {}).get("nodes")),
        deployments_at=_newest(_last_deployments(environments or ())),
        pipelines_at=_newest((answer.get("pipelines") or {}).get("nodes")),
        has_requirements=bool((answer.get("requirements") or {}).get("nodes")),
        tells_issues=answer.get("issues") is not None,
        tells_merge_requests=answer.get("mergeRequests") is not None,
        tells_deployments=environments is not None,
        tells_pipelines=answer.get("pipelines") is not None,
    )


def _whole(listing: Row | None) -> list[Row] | None:
    """Return the entries of a list that was told to its end."""
    if listing is None or (listing.get("pageInfo") or {}).get("hasNextPage"):
        return None
    return list(listing.get("nodes") or ())


def _each(listing: Row | None, read: Callable[[Row], Row | None]) -> list[Row] | None:
    nodes = _whole(listing)
    return None if nodes is None else [row for node in nodes if (row := read(node)) is not None]


def _milestone(node: Row, host: str) -> Row:
    return {
        "id": number(node["id"]),
        "iid": int(node["iid"]),
        "title": node.get("title"),
        "description": node.get("description"),
        "state": str(node.get("state")).lower(),
        "start_date": node.get("startDate"),
        "due_date": node.get("dueDate"),
        "updated_at": node.get("updatedAt"),
        "group_id": "group" if node.get("groupMilestone") else None,
        "web_url": f"{host}{node.get('webPath') or ''}",
    }


def _release(node: Row) -> Row:
    return {
        "released_at": node.get("releasedAt"),
        "upcoming_release": node.get("upcomingRelease"),
        "milestones": [{"id": number(row["id"])} for row in (node.get("milestones") or {}).get("nodes") or ()],
    }


def _member(node: Row) -> Row | None:
    user = node.get("user")
    if not user:
        return None
    # Only administrators are shown addresses that are not public.
    shown = [row.get("email") for row in (user.get("emails") or {}).get("nodes") or ()]
    return {**person(user), "public_email": user.get("publicEmail"), "email": next(filter(None, shown), None)}


def _pipelines(listing: Row | None) -> list[Row] | None:
    if listing is None:
        return None
    return [
        {
            "id": number(node["id"]),
            "ref": node.get("ref"),
            "sha": node.get("sha"),
            "status": str(node.get("status")).lower(),
            "created_at": node["createdAt"],
            "updated_at": node.get("updatedAt") or node["createdAt"],
        }
        for node in listing.get("nodes") or ()
    ]


def _last_deployments(environments: Iterable[Row]) -> list[Row]:
    return [part for row in environments for part in row.values() if isinstance(part, dict)]


def _newest(rows: Iterable[Row] | None) -> datetime | None:
    found = (instant(row["updatedAt"]) + _SECOND for row in rows or () if row and row.get("updatedAt"))
    return max(found, default=None)
