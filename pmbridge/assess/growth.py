"""The scope ledger of one milestone, with where every addition came from."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from pmbridge.assess.bugs.words import Words
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Ledger
from pmbridge.history.days import local_day
from pmbridge.metrics.creep import with_movement
from pmbridge.metrics.demand import Kinship, with_origins
from pmbridge.metrics.ledger import ledger
from pmbridge.metrics.risks import Timeline
from pmbridge.model import LinkKind


def scope_book(stands: Standing, around: Surroundings, kin: Kinship) -> Ledger:
    """Write the ledger, its additions by origin, and how far the scope has moved."""
    reading, ids = around.reading, stands.milestone.ids
    plain = ledger(stands.lives, ids, stands.baseline, stands.scope, reading.names)
    words = Words.of(around.settings)
    defects = {life.item.key for life in stands.lives if words.is_bug(life.item)}
    from_ = Timeline(reading.today, stands.milestone.start, stands.milestone.due).late_from

    def late(at: datetime) -> bool:
        return from_ is not None and local_day(at, reading.zone) >= from_

    points = [phase.points for life in stands.lives if (phase := life.last).points is not None]
    told = with_origins(plain, stands.lives, ids, kin, defects)
    return with_movement(told, late if from_ is not None else None, [one for one in points if one is not None])


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
