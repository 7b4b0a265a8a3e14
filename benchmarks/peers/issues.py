"""A history as the issues that Jira answers with, their changelogs inside."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pmbridge.model import Change, History, Item


def by_milestone(rows: History) -> dict[str, list[dict[str, Any]]]:
    """Return the issues of each milestone, by its id; work of none is left out."""
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    for change in rows.changes:
        changes[change.item].append(change)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in rows.items:
        for milestone in item.milestones:
            found[milestone].append(_issue(item, changes[item.id]))
    return dict(found)


def _issue(item: Item, changes: list[Change]) -> dict[str, Any]:
    return {
        "id": item.id,
        "key": item.key,
        "self": item.url,
        "fields": {
            "summary": item.title,
            "issuetype": {"name": item.type},
            "status": {"name": item.status_name},
            "resolution": None,
            "resolutiondate": None,
            "created": item.created_at.isoformat(),
            "flagged": None,
        },
        "changelog": {"histories": list(map(_edit, changes))},
    }


def _edit(change: Change) -> dict[str, Any]:
    left, joined = change.before_name or change.before, change.after_name or change.after
    moved = {"field": change.field.value, "fromString": left, "toString": joined}
    return {"id": change.history, "created": change.at.isoformat(), "items": [moved]}
