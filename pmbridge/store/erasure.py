"""Erasing one person from a store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update

from pmbridge.store import schema
from pmbridge.store.revisions import touch_everything

#: Where a person's id, name or address may stand, by table.
_TEXTS = {
    "changes": ("author", "before", "after", "before_name", "after_name"),
    "intervals": ("value",),
    "worklogs": ("author",),
    "items": ("body",),
    "comments": ("body",),
    "milestones": ("body",),
    "tests": ("body",),
    "executions": ("body",),
    "deployments": ("body",),
    "merge_requests": ("body",),
    "assessments": ("body",),
    "certificates": ("body",),
    "receipts": ("previous_text", "error"),
}

#: Shorter words would be found inside others.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Erased:
    """The pseudonym that a person has now, and how many rows spoke of them."""

    pseudonym: str
    rows: int


def erase_person(conn: Connection, source: str, person: str, *, salt: str) -> Erased | None:
    """Replace a person's id, name, username and address by one pseudonym wherever they stand; ``None`` if unknown.

    ``person`` is any of the four. Their history keeps its shape, so that every count stays. Payloads that speak of
    them are deleted. A later sync brings back what the tracker still shows: erase there first.
    """
    table = schema.people.c
    same = or_(table.id == person, table.username == person, table.email == person, table.name == person)
    rows = conn.execute(select(schema.people).where(table.source == source, same)).all()
    if len(rows) != 1:
        return None
    words = [word for word in (rows[0].id, rows[0].email, rows[0].username, rows[0].name) if word]
    pseudonym = f"erased-{blake2b(f'{salt}:{source}:{rows[0].id}'.encode(), digest_size=5).hexdigest()}"
    changed = _drop_payloads(conn, source, rows[0].id, words)
    for name, columns in _TEXTS.items():
        changed += _replace(conn, schema.metadata.tables[name], columns, words, pseudonym)
    mine = (table.source == source) & (table.id == rows[0].id)
    conn.execute(update(schema.people).where(mine).values(id=pseudonym, name=pseudonym, username=None, email=None))
    touch_everything(conn)
    return Erased(pseudonym, changed + 1)


def _drop_payloads(conn: Connection, source: str, person: str, words: Sequence[str]) -> int:
    """Delete the payloads of items that have to do with a person, or whose text names them."""
    items, history, logs = schema.items.c, schema.changes.c, schema.worklogs.c
    touched = select(history.item).where(
        history.source == source, or_(history.author == person, history.before == person, history.after == person)
    )
    worked = select(logs.item).where(logs.source == source, logs.author == person)
    named = select(items.id).where(items.source == source, or_(*_contains(items.body, words)))
    payloads = schema.raw_payloads.c
    mine = payloads.item.in_(touched) | payloads.item.in_(worked) | payloads.item.in_(named)
    return conn.execute(delete(schema.raw_payloads).where(payloads.source == source, mine)).rowcount


def _replace(conn: Connection, table: Table, columns: Iterable[str], words: Sequence[str], pseudonym: str) -> int:
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words, key=len, reverse=True)))
    keys, changed = list(table.primary_key), 0
    for column in columns:
        cell = table.c[column]
        found = conn.execute(select(*keys, cell).where(or_(*_contains(cell, words)))).all()
        for *key, text in found:
            new = pattern.sub(pseudonym, text)
            if new != text:
                here = [k == value for k, value in zip(keys, key, strict=True)]
                conn.execute(update(table).where(*here).values({column: new}))
                changed += 1
    return changed


def _contains(column: Any, words: Sequence[str]) -> list[Any]:
    inside = [column.contains(word, autoescape=True) for word in words if len(word) >= _SHORTEST]
    return [*(column == word for word in words), *inside]
