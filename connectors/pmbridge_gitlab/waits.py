"""What keeps an open merge request of GitLab from its merge; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import TypedDict

from pmbridge_gitlab.rows import Row, instant


class Waits(TypedDict):
    """The fields of a merge request that say what it waits for."""

    failing_since: datetime | None
    approved_at: datetime | None
    unresolved: tuple[datetime, ...] | None


def waits(node: Row) -> Waits | dict[str, object]:
    """Read a node of the GraphQL interface; of one that has ended, or was not asked for it, nothing is known."""
    if str(node.get("state")).lower() != "opened" or "headPipeline" not in node:
        return {}
    remarks = _nodes(node, "notes")
    return Waits(
        failing_since=_failing_since([node["headPipeline"] or {}, *_nodes(node, "pipelines")]),
        approved_at=_approved_at(node, remarks),
        unresolved=_unresolved(node, remarks),
    )


def _failing_since(runs: Iterable[Row]) -> datetime | None:
    """Return when the first pipeline failed that no success has followed; ``runs`` come newest first.

    What was cancelled, skipped or runs still decides nothing.
    """
    judged = [run for run in runs if run.get("status") in ("FAILED", "SUCCESS") and run.get("finishedAt")]
    failed = takewhile(lambda run: run["status"] == "FAILED", judged)
    return min((instant(run["finishedAt"]) for run in failed), default=None)


def _approved_at(node: Row, remarks: Sequence[Row]) -> datetime | None:
    """Return when the last approval came, of one that somebody approved and that lacks none."""
    # Where no approvals are required, everything counts as approved.
    if not node.get("approved") or not _nodes(node, "approvedBy"):
        return None
    given = [r["createdAt"] for r in remarks if (r.get("systemNoteMetadata") or {}).get("action") == "approved"]
    return max(map(instant, given)) if given else _oldest(node, remarks)


def _unresolved(node: Row, remarks: Sequence[Row]) -> tuple[datetime, ...] | None:
    """Return when the threads were opened that nobody resolved; those older than all remarks seen as old as these."""
    resolvable, resolved = node.get("resolvableDiscussionsCount"), node.get("resolvedDiscussionsCount")
    if resolvable is None or resolved is None:
        return None
    opened: dict[str, datetime] = {}
    for remark in remarks:
        if remark.get("resolvable") and not remark.get("resolved"):
            at, thread = instant(remark["createdAt"]), str((remark.get("discussion") or {}).get("id"))
            opened[thread] = min(at, opened.get(thread, at))
    older = max(0, resolvable - resolved - len(opened))
    return tuple(sorted([*opened.values(), *[_oldest(node, remarks)] * older]))


def _oldest(node: Row, remarks: Iterable[Row]) -> datetime:
    return min((instant(remark["createdAt"]) for remark in remarks), default=instant(node["updatedAt"]))


def _nodes(node: Row, name: str) -> list[Row]:
    return list((node.get(name) or {}).get("nodes") or ())
