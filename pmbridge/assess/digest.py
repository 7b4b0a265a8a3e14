"""A short name for the rows that an assessment rests on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from pmbridge.model import Change, FieldName, History, Item

#: The changes whose history is used; a tuple, since hashing a member costs more than comparing it.
_FIELDS = (
    FieldName.STATUS,
    FieldName.MILESTONES,
    FieldName.POINTS,
    FieldName.RESOLUTION,
    FieldName.LABELS,
    FieldName.TYPE,
    FieldName.ASSIGNEES,
    FieldName.FLAGGED,
)


def inputs_digest(history: History) -> str:
    """Name a history that was set back to its instant: rows that came later make no difference.

    Left out is what nothing is computed from, such as descriptions, and when a row was last touched.
    """
    digest = blake2b(digest_size=16)
    for rows in (_items(history.items), _changes(history.changes), _rest(history)):
        digest.update("\n".join(rows).encode())
    return digest.hexdigest()


def _items(items: Iterable[Item]) -> Iterable[str]:
    for i in items:
        yield (
            f"{i.source}|{i.id}|{i.key}|{i.created_at.timestamp()}|{i.author}|{i.type}|{i.level.value}|{i.status}|"
            f"{i.status_name}|{i.category.value}|{i.resolution}|{i.points}|{sorted(i.milestones)}|{sorted(i.labels)}|"
            f"{sorted(i.assignees)}|{i.flagged}|{i.restricted}|{i.due}|{i.title}|{i.url}"
        )


def _changes(changes: Iterable[Change]) -> Iterable[str]:
    for c in changes:
        if c.field in _FIELDS:
            yield f"{c.source}|{c.item}|{c.history}|{c.position}|{int(c.at.timestamp() * 1e6)}|{c.before}|{c.after}"


def _rest(history: History) -> Iterable[str]:
    for m in history.milestones:
        yield f"{m.source}|{m.id}|{m.project}|{m.title}|{m.state.value}|{m.start}|{m.due}|{m.released_at}|{m.closed_at}"
    for k in history.links:
        yield f"{k.source}|{k.item}|{k.target}|{k.kind.value}|{k.phrase}"
    for s in history.statuses:
        yield f"{s.source}|{s.id}|{s.name}|{s.category.value}"
    for o in history.observations:
        yield f"{o.source}|{o.milestone}|{o.seen_at.timestamp()}|{o.due}"
    for p in history.people:
        yield f"{p.source}|{p.id}|{p.name}"
