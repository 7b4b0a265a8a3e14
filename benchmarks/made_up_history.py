"""A made-up project of any size, for benchmarks: consistent rows, always the same for one seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pmbridge.connector import Page, Reference
from pmbridge.model import (
    Change,
    FieldName,
    History,
    Item,
    Milestone,
    MilestoneKind,
    MilestoneState,
    SourceState,
    StatusCategory,
    StatusDefinition,
)
from pmbridge.model.changes import Changes

SOURCE = "jira"
#: As many items as a tracker hands over at once.
PAGE = 100
BEGIN = datetime(2024, 1, 1, 9, tzinfo=UTC)
DAYS = 700
MILESTONES = 12
CHANGES_AN_ITEM = 10
STATUSES = {"1": ("To Do", "todo"), "2": ("In Progress", "active"), "3": ("Done", "done")}
NOISE = (FieldName.DESCRIPTION, FieldName.PRIORITY, FieldName.ASSIGNEES, FieldName.LABELS, FieldName.TITLE)


def history(items: int, seed: int = 1) -> History:
    """Make up a project: four changes an item matter, the others are what trackers also record.

    It is what a store hands over of it: the changes stand in columns.
    """
    chance = random.Random(seed)
    rows = [_item(n, chance) for n in range(items)]
    changes = sorted((c for _, own in rows for c in own), key=lambda c: (c.at, len(c.history), c.history))
    return History(
        items=tuple(item for item, _ in rows),
        changes=Changes.of(changes),
        milestones=tuple(_milestone(n) for n in range(MILESTONES)),
        statuses=tuple(
            StatusDefinition(source=SOURCE, id=id_, name=name, category=StatusCategory(category))
            for id_, (name, category) in STATUSES.items()
        ),
        sources=(SourceState("jira", "jira", "https://jira.example", BEGIN + timedelta(days=DAYS)),),
    )


def pages(made: History) -> Iterator[Page]:
    """Yield a made-up project as a tracker hands it over."""
    changes = defaultdict(list)
    for change in made.changes:
        changes[change.item].append(change)
    for begin in range(0, len(made.items), PAGE):
        items = made.items[begin : begin + PAGE]
        told = tuple(change for item in items for change in changes[item.id])
        yield Page(items=items, changes=told, whole_worklogs=tuple(item.id for item in items))


def reference(made: History) -> Reference:
    """Return what is read before the first page."""
    return Reference(statuses=made.statuses, milestones=made.milestones)


def _milestone(n: int) -> Milestone:
    begin, end = (BEGIN + timedelta(days=DAYS / MILESTONES * (n + k)) for k in (0, 1))
    released = n < MILESTONES - 2
    return Milestone(
        source=SOURCE,
        id=f"version:{n}",
        native_id=str(n),
        kind=MilestoneKind.VERSION,
        project="P",
        title=f"1.{n}",
        state=MilestoneState.RELEASED if released else MilestoneState.OPEN,
        start=begin.date(),
        due=end.date(),
        released_at=end if released else None,
    )


def _item(n: int, chance: random.Random) -> tuple[Item, list[Change]]:
    span, place = DAYS / MILESTONES, chance.randrange(MILESTONES)
    created = BEGIN + timedelta(days=max(0.0, span * (place + chance.uniform(-0.5, 0.5))))
    active = created + timedelta(days=chance.uniform(0, span / 2))
    done = active + timedelta(days=chance.expovariate(1 / 8))
    events: list[tuple[datetime, FieldName, Any, Any]] = [
        (created + timedelta(hours=chance.uniform(0, 72)), FieldName.MILESTONES, None, f"version:{place}"),
        (created + timedelta(hours=chance.uniform(0, 72)), FieldName.POINTS, None, str(chance.choice((1, 2, 3, 5)))),
        (active, FieldName.STATUS, "1", "2"),
        (done, FieldName.STATUS, "2", "3"),
    ]
    for _ in range(CHANGES_AN_ITEM - len(events)):
        at = created + timedelta(days=chance.uniform(0, span))
        events.append((at, chance.choice(NOISE), None, f"v{chance.randrange(9)}"))
    events = sorted((e for e in events if e[0] < BEGIN + timedelta(days=DAYS)), key=lambda e: e[0])
    last = {field: after for _, field, _, after in events}
    status = last.get(FieldName.STATUS, "1")
    name, category = STATUSES[status]
    points = last.get(FieldName.POINTS)
    item = Item(
        source=SOURCE,
        id=str(n),
        key=f"P-{n}",
        project="P",
        url=f"https://jira.example/browse/P-{n}",
        title=f"Item {n}",
        type="Story",
        status=status,
        status_name=name,
        category=StatusCategory(category),
        created_at=created,
        updated_at=events[-1][0] if events else created,
        milestones=(last[FieldName.MILESTONES],) if FieldName.MILESTONES in last else (),
        points=None if points is None else float(points),
    )
    return item, [_change(n, k, event) for k, event in enumerate(events)]


def _change(item: int, place: int, event: tuple[datetime, FieldName, Any, Any]) -> Change:
    at, field, before, after = event
    names = [STATUSES[v][0] if field is FieldName.STATUS else None for v in (before, after)]
    return Change(
        source=SOURCE,
        item=str(item),
        history=f"{item}{place:02}",
        position=0,
        at=at,
        author="u1",
        field=field,
        before=before,
        after=after,
        before_name=names[0],
        after_name=names[1],
    )
