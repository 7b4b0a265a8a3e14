"""The scope ledger of one milestone, with where every addition came from."""

from __future__ import annotations

from collections import defaultdict

from pmbridge.assess.acceptance.roles import lives_of
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Ledger, SinceStart
from pmbridge.history.chronicle import latest
from pmbridge.history.days import day_begins
from pmbridge.metrics.baseline import baseline
from pmbridge.metrics.creep import with_movement
from pmbridge.metrics.demand import Kinship, Origins
from pmbridge.metrics.ledger import ledger
from pmbridge.metrics.risks import Timeline
from pmbridge.model import LinkKind


def scope_book(stands: Standing, around: Surroundings, kin: Kinship, bugs: frozenset[int]) -> Ledger:
    """Write the ledger, its additions by origin, and how far the scope has moved; ``bugs`` are places of lives."""
    reading, lives, ids = around.reading, stands.lives, stands.milestone.ids
    defects = {life.item.key for life in lives_of(lives, bugs)}
    book = ledger(lives, ids, stands.baseline, stands.scope, reading.names, Origins(lives, ids, kin, defects))
    late = Timeline(reading.today, stands.milestone.start, stands.milestone.due).late_from
    points = latest(lives).points.tolist()
    moved = with_movement(
        book, None if late is None else day_begins(late, reading.zone), [one for one in points if one == one]
    )
    return (
        moved.model_copy(update={"since_start": _since_start(stands, reading)}) if stands.baseline.is_frozen else moved
    )


def _since_start(stands: Standing, reading: Reading) -> SinceStart | None:
    """Balance the scope from the start on; ``None`` where the freeze came no later."""
    lives, ids, start = stands.lives, stands.milestone.ids, stands.milestone.start
    begin = baseline(lives, ids, start, reading.as_of, reading.zone)
    if begin.at is None or stands.baseline.at is None or begin.at >= stands.baseline.at:
        return None
    book = ledger(lives, ids, begin, stands.scope, reading.names)
    return SinceStart(at=begin.at, baseline=book.baseline or 0, added=book.added, removed=book.removed)


def kinship(reading: Reading) -> Kinship:
    """Read which work belongs together: by links of any kind but mirrors, and as parent."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    splits: defaultdict[str, set[str]] = defaultdict(set)
    for link in reading.history.links:
        a, b = (reading.owner.get((link.source, end)) for end in (link.item, link.target))
        if a is not None and b is not None and a is not b:
            for group in (near, splits) if link.kind is LinkKind.SPLITS else (near,):
                group[a.item.key].add(b.item.key)
                group[b.item.key].add(a.item.key)
    for life in reading.lives:
        parent = reading.owner.get((life.item.source, life.item.parent)) if life.item.parent else None
        if parent is not None and parent is not life:
            near[life.item.key].add(parent.item.key)
    return Kinship(
        {key: frozenset(own) for key, own in near.items()}, {key: frozenset(own) for key, own in splits.items()}
    )
