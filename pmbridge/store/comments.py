"""Comments in the store: those under tickets that stand for a milestone, and signs of answers under bugs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from pmbridge.model import Comment, Item
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store import schema
from pmbridge.store.bulk import upsert
from pmbridge.store.revisions import touch


def write_comments(conn: Connection, source: str, items: Sequence[str], comments: Iterable[Comment]) -> None:
    """Let the comments of some items take the place of what was stored: one that is gone decides nothing any more."""
    table = schema.comments
    here = (table.c.source == source) & table.c.item.in_(items)
    rows = [(one.source, one.id, one.item, to_micros(one.at), one.model_dump_json()) for one in comments]
    held = {tuple(row) for row in conn.execute(select(table).where(here))}
    if held == set(rows):
        return
    conn.execute(delete(table).where(here))
    upsert(conn, table, rows)
    own = select(schema.items.c.project).where(schema.items.c.source == source, schema.items.c.id.in_(items))
    touch(conn, source, conn.execute(own.distinct()).scalars())


def read_comments(conn: Connection, sources: Iterable[str]) -> tuple[Comment, ...]:
    """Return the comments of some sources, in the order in which they were written."""
    table = schema.comments.c
    chosen = select(table.body).where(table.source.in_(list(sources))).order_by(table.at, table.source, table.id)
    return tuple(Comment.model_validate_json(body) for (body,) in conn.execute(chosen))


def write_heard(conn: Connection, source: str, items: Sequence[Item]) -> None:
    """Note that the comments of some items are stored as of their last touch."""
    upsert(conn, schema.heard, [(source, item.id, to_micros(item.updated_at)) for item in items])


def read_heard(conn: Connection, source: str) -> Mapping[str, datetime]:
    """Return the last touch as of which the comments of each item were read, by id."""
    table = schema.heard.c
    rows = conn.execute(select(table.item, table.updated_at).where(table.source == source))
    return {item: from_micros(at) for item, at in rows}
