"""A short name for the rows that an assessment rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from operator import itemgetter

import numpy

from pmbridge.assess.elsewhere import NOWHERE, Elsewhere, told
from pmbridge.history.columns import Columns
from pmbridge.model import Freeze, History, Item

_TEXTS = ("source", "id", "key", "type", "level", "status", "status_name", "category", "title", "url")
_SETS = ("milestones", "labels", "assignees")
_VALUES = ("author", "resolution", "points", "flagged", "restricted", "due", "estimate_seconds", "remaining_seconds")
_KEPT = (*_TEXTS, *_SETS, *_VALUES, "checklist", "remote_links")


def inputs_digest(
    history: History, columns: Columns, freezes: Iterable[Freeze] = (), elsewhere: Elsewhere = NOWHERE
) -> str:
    """Name a history that was set back to its instant, with its columns, the baselines and commitments of then.

    Rows that came later make no difference. Left out are descriptions, in which we write ourselves, and when a row was
    last touched.
    """
    digest = blake2b(digest_size=16)
    for part in (*_items(history.items), *_changes(columns), "\n".join(_rest(history)).encode()):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    digest.update("\n".join(freeze.model_dump_json() for freeze in freezes).encode())
    digest.update("\n".join(told(elsewhere)).encode())
    return digest.hexdigest()


def _items(items: Sequence[Item]) -> Iterable[bytes]:
    if not items:
        return
    columns = dict(zip(_KEPT, zip(*map(itemgetter(*_KEPT), map(vars, items)), strict=True), strict=True))
    for name in _TEXTS:
        yield _joined(columns[name])
    for name in _SETS:
        yield _told([tuple(sorted(held)) if len(held) > 1 else held for held in columns[name]])
    for name in _VALUES:
        yield _told(columns[name])
    yield _told([(n, [one.ticked for one in boxes]) for n, boxes in enumerate(columns["checklist"]) if boxes])
    yield _told([(n, [(r.relationship, r.url) for r in own]) for n, own in enumerate(columns["remote_links"]) if own])


def _changes(columns: Columns) -> Iterable[bytes]:
    """Tell texts once, in their order, and then only their numbers."""
    yield columns.born.tobytes()
    texts = sorted(columns.texts, key=lambda text: (text is not None, text or ""))
    yield _told(texts)
    number = numpy.empty(len(texts), numpy.int64)
    number[[columns.texts[text] for text in texts]] = numpy.arange(len(texts))
    for column in (columns.item, columns.at, columns.field, columns.position, columns.history):
        yield column.tobytes()
    for codes in (columns.before, columns.after):
        yield number[codes].tobytes()


def _joined(texts: Iterable[str]) -> bytes:
    return "\0".join(texts).encode()


def _told(values: object) -> bytes:
    return repr(values).encode()


def _rest(history: History) -> Iterable[str]:
    for m in history.milestones:
        yield f"{m.source}|{m.id}|{m.project}|{m.title}|{m.state.value}|{m.start}|{m.due}|{m.released_at}|{m.closed_at}"
    for k in history.links:
        yield f"{k.source}|{k.item}|{k.target}|{k.kind.value}|{k.phrase}"
    for s in history.statuses:
        yield f"{s.source}|{s.id}|{s.name}|{s.category.value}"
    for w in history.worklogs:
        yield f"{w.source}|{w.id}|{w.item}|{w.author}|{w.started_at.timestamp()}|{w.seconds}"
    for o in history.observations:
        yield f"{o.source}|{o.milestone}|{o.seen_at.timestamp()}|{o.due}"
    for d in history.deployments:
        yield f"{d.source}|{d.id}|{d.environment}|{d.production}|{d.status.value}|{d.at.timestamp()}|{d.ref}|{d.commit}"
    for said in history.comments:
        yield f"{said.source}|{said.id}|{said.item}|{said.author}|{said.at.timestamp()}|{said.by_bot}|{said.internal}"
    for r in history.merge_requests:
        ends = [at and at.timestamp() for at in (r.created_at, r.reviewed_at, r.merged_at, r.closed_at)]
        waits = [at and at.timestamp() for at in (r.failing_since, r.approved_at, *(r.unresolved or ()))]
        told = "" if r.unresolved is None else len(r.unresolved)
        yield f"{r.source}|{r.id}|{r.title}|{r.branch}|{r.state.value}|{r.draft}|{r.author}|{r.items}|{ends}"
        yield f"{r.reviewers}|{waits}|{told}"
    for p in history.people:
        yield f"{p.source}|{p.id}|{p.name}"
