"""Telling from one list of a group in which of its projects something was touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pmbridge_gitlab import paths
from pmbridge_gitlab.roads import REFUSALS

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

#: What groups list of all their projects.
_KINDS = frozenset({"issues", "merge_requests"})
#: A kind, and the group it is listed for.
_Listed = tuple[str, str]


@dataclass(slots=True)
class GroupLists:
    """Asks a server that shows nothing at a glance; each answer serves once for a project, since it ages.

    A list is asked for where at least two projects share a top group.
    """

    client: GitlabClient
    projects: Sequence[str]
    _touched: dict[_Listed, tuple[datetime, frozenset[str] | None]] = field(default_factory=dict)
    _served: set[tuple[str, str]] = field(default_factory=set)

    def nothing_since(self, project: str, kind: str, since: datetime) -> bool:
        """Tell whether no ``issues`` or ``merge_requests`` of a project were touched since an instant, for sure."""
        group = _group(project)
        if kind not in _KINDS or (kind, project) in self._served or Counter(map(_group, self.projects))[group] < 2:
            return False
        self._served.add((kind, project))
        known = self._touched.get((kind, group))
        if known is None or known[0] > since:
            known = self._touched[kind, group] = since, self._ask(group, kind, since)
        touched = known[1]
        return touched is not None and project.casefold() not in touched

    def _ask(self, group: str, kind: str, since: datetime) -> frozenset[str] | None:
        """Return the projects of which something was touched; ``None`` if that is more than one page, or not told."""
        after = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        query = {"scope": "all", "state": "all", "order_by": "updated_at", "sort": "desc", "updated_after": after}
        # Groups leave out archived projects unless told otherwise; what was touched just before is still to be read.
        query["non_archived"] = "false"
        try:
            listing = self.client.page(f"{paths.group(group)}/{kind}", query)
        except REFUSALS:
            return None
        names = [str((row.get("references") or {}).get("full") or "") for row in listing.rows]
        if listing.following or not all(names):
            return None
        return frozenset(name.replace("!", "#").rpartition("#")[0].casefold() for name in names)


def _group(project: str) -> str:
    return project.partition("/")[0]
