"""What people wrote under issues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.errors import NotFound, PermissionDenied
from pmbridge.model import Comment, Item
from pmbridge_jira import adf
from pmbridge_jira.client import Client
from pmbridge_jira.instants import instant
from pmbridge_jira.marker import PROPERTY, decode
from pmbridge_jira.normalize import account
from pmbridge_jira.shape import Json, expected


def comments(client: Client, source: str, items: Sequence[Item]) -> Iterator[Comment]:
    """Yield the comments of some issues, one request a hundred of each; what may not be read is passed over."""
    for item in items:
        try:
            rows = list(client.rows(f"issue/{item.id}/comment", key="comments", expand="properties"))
        except (NotFound, PermissionDenied):
            continue
        with expected(source, f"the comments of {item.key}"):
            yield from (_comment(row, source, item) for row in rows)


def _comment(row: Json, source: str, item: Item) -> Comment:
    author = row.get("author") or {}
    return Comment(
        source=source,
        id=str(row["id"]),
        item=item.id,
        author=account(author),
        at=instant(row["created"]),
        text=adf.text(row.get("body")) or "",
        url=f"{item.url}?focusedCommentId={row['id']}",
        edited=row.get("updated") not in (None, row["created"]),
        by_bot=author.get("accountType") == "app",
        # A service desk tells what its customers see; elsewhere a comment may be kept to a role or group.
        internal=row.get("jsdPublic") is False or bool(row.get("visibility")),
        ours=_is_marked(row),
    )


def _is_marked(row: Json) -> bool:
    """Tell whether a comment bears our mark: people can quote our words, and cannot set a property."""
    return any(entry.get("key") == PROPERTY and decode(entry.get("value")) for entry in row.get("properties") or ())
