"""A short name for the rows that an assessment rests on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from pmbridge.model import Change, FieldName, Freeze, History, Item

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


def inputs_digest(history: History, freezes: Iterable[Freeze] = ()) -> str:
    """Name a history that was set back to its instant, and the baselines agreed on by then.

    Rows that came later make no difference. Left out are descriptions, in which we write ourselves, and when a row was
    last touched.
    """
    digest = blake2b(digest_size=16)
    for rows in (_items(history.items), _changes(history.changes), _rest(history)):
        digest.update("\n".join(rows).encode())
    digest.update("\n".join(freeze.model_dump_json() for freeze in freezes).encode())
    return digest.hexdigest()


def _items(items: Iterable[Item]) -> Iterable[str]:
    for i in items:
        yield (
            f"{i.source}|{i.id}|{i.key}|{i.created_at.timestamp()}|{i.author}|{i.type}|{i.level.value}|{i.status}|"
            f"{i.status_name}|{i.category.value}|{i.resolution}|{i.points}|{sorted(i.milestones)}|{sorted(i.labels)}|"
            f"{sorted(i.assignees)}|{i.flagged}|{i.restricted}|{i.due}|{i.title}|{i.url}|"
            f"{i.estimate_seconds}|{i.remaining_seconds}|{[c.ticked for c in i.checklist]}|"
            f"{[(r.relationship, r.url) for r in i.remote_links]}"
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
    for w in history.worklogs:
        yield f"{w.source}|{w.id}|{w.item}|{w.author}|{w.started_at.timestamp()}|{w.seconds}"
    for o in history.observations:
        yield f"{o.source}|{o.milestone}|{o.seen_at.timestamp()}|{o.due}"
    for d in history.deployments:
        yield f"{d.source}|{d.id}|{d.environment}|{d.production}|{d.status.value}|{d.at.timestamp()}|{d.ref}|{d.commit}"
    for r in history.merge_requests:
        ends = [at and at.timestamp() for at in (r.created_at, r.reviewed_at, r.merged_at, r.closed_at)]
        yield f"{r.source}|{r.id}|{r.title}|{r.branch}|{r.state.value}|{r.draft}|{r.author}|{r.items}|{ends}"
    for p in history.people:
        yield f"{p.source}|{p.id}|{p.name}"
