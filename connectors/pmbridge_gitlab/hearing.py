"""What people wrote under issues."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pmbridge.errors import NotFound, PermissionDenied
from pmbridge.model import Comment, Item
from pmbridge_gitlab import paths
from pmbridge_gitlab.marker import read_signed
from pmbridge_gitlab.rows import Row, instant, user_id

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient


def comments(
    client: GitlabClient, source: str, items: Sequence[Item], me: Callable[[], str | None]
) -> Iterator[Comment]:
    """Yield the notes of some issues without GitLab's own, one request a hundred of each.

    ``me`` tells the id of our account; it is asked only where a note bears our mark and other words.
    """
    for item in items:
        project, _, number = item.key.rpartition("#")
        try:
            rows = list(client.every(f"{paths.issues(project)}/{number}/notes", sort="asc", order_by="created_at"))
        except (NotFound, PermissionDenied):
            continue
        yield from (_comment(row, source, item, me) for row in rows if not row.get("system"))


def _comment(row: Row, source: str, item: Item, me: Callable[[], str | None]) -> Comment:
    author = row.get("author") or {}
    return Comment(
        source=source,
        id=str(row["id"]),
        item=item.id,
        author=user_id(author),
        at=instant(row["created_at"]),
        text=str(row.get("body") or ""),
        url=f"{item.url}#note_{row['id']}",
        edited=row.get("updated_at") not in (None, row["created_at"]),
        by_bot=bool(author.get("bot")),
        internal=bool(row.get("internal") or row.get("confidential")),
        ours=_is_ours(row, me),
    )


def _is_ours(row: Row, me: Callable[[], str | None]) -> bool:
    """Tell whether we wrote a note; who quotes us, even with our mark, and adds a word says something."""
    found = read_signed(str(row.get("body") or ""))
    return found is not None and (found.intact or user_id(row.get("author") or {}) == me())
