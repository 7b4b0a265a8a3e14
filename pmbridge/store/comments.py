"""Comments in the store: those under tickets that stand for a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select

from pmbridge.model import Comment
from pmbridge.store import schema
from pmbridge.store.bulk import upsert
from pmbridge.store.instants import to_micros


def write_comments(conn: Connection, source: str, items: Sequence[str], comments: Iterable[Comment]) -> None:
    """Let the comments of some items take the place of what was stored: one that is gone decides nothing any more."""
    table = schema.comments
    if items:
        conn.execute(delete(table).where(table.c.source == source, table.c.item.in_(items)))
    rows = [(one.source, one.id, one.item, to_micros(one.at), one.model_dump_json()) for one in comments]
    upsert(conn, table, rows)


def read_comments(conn: Connection, sources: Iterable[str]) -> tuple[Comment, ...]:
    """Return the comments of some sources, in the order in which they were written."""
    table = schema.comments.c
    chosen = select(table.body).where(table.source.in_(list(sources))).order_by(table.at, table.source, table.id)
    return tuple(Comment.model_validate_json(body) for (body,) in conn.execute(chosen))
