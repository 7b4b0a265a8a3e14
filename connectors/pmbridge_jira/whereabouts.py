"""Finding out where issues went that a project no longer lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmbridge.connector import Finding, Whereabouts
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.shape import Json


def whereabouts(jira: Deployment, project: str, items: Mapping[str, str]) -> Iterator[Whereabouts]:
    """Read issues by their ids, which survive a move; one that does not come is deleted or hidden."""
    shown = jira.issues(items, ["project", "archiveddate"])
    for native in items:
        yield _seen(native, shown.get(native), project)


def _seen(native: str, issue: Json | None, project: str) -> Whereabouts:
    if issue is None:
        return Whereabouts(item=native, finding=Finding.GONE)
    fields, key = issue.get("fields") or {}, str(issue["key"])
    home = (fields.get("project") or {}).get("key") or key.rpartition("-")[0]
    if fields.get("archiveddate"):
        return Whereabouts(item=native, finding=Finding.ARCHIVED, key=key)
    return Whereabouts(item=native, finding=Finding.HERE if home == project else Finding.MOVED, key=key)
