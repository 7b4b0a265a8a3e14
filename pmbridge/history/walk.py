"""The walk through everything that happened to the work of a product, which yields its phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

import numpy

from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import Chronicle, Flags, MilestoneSets, joined
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.counting import Counting
from pmbridge.history.micros import Whole
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.phases import Life, Phase, containers
from pmbridge.history.stepping import plain_lives
from pmbridge.history.tracing import phases_of
from pmbridge.model import FieldName
from pmbridge.model.instants import from_micros


def lives(
    canonicals: Sequence[CanonicalItem], categories: Categories, counting: Counting | None = None
) -> tuple[Life, ...]:
    """Walk through every piece of work: the plain ones all at once, the others one by one.

    All of them must be of records of one history. Their phases are read from one chronicle.
    """
    if not canonicals:
        return ()
    counting, columns = counting or Counting(), canonicals[0].primary.columns
    plain = _plain(canonicals, columns, _heeded(categories, counting))
    places, milestones = (numpy.flatnonzero(plain), numpy.flatnonzero(~plain)), MilestoneSets()
    chronicle = plain_lives(
        [canonicals[n].primary for n in places[0].tolist()], columns, categories, counting, milestones
    )
    if places[1].size:
        singly = [phases_of(canonicals[n], categories, counting) for n in places[1].tolist()]
        chronicle = joined((chronicle, Chronicle.told(singly, milestones)), places)
    return _lives(canonicals, chronicle)


def current_phase(canonical: CanonicalItem, categories: Categories, counting: Counting) -> Phase:
    """Return how a piece of work stands by its current fields alone, its history unheard."""
    item = canonical.primary.item
    held = containers(item.source, item.milestones)
    return Phase(
        since=item.updated_at,
        category=categories.of_item(item),
        counted=counting.counts_item(item),
        points=item.points,
        milestones=held
        if not canonical.mirrors
        else held.union(*(containers(f.item.source, f.item.milestones) for f in canonical.mirrors)),
    )


def _lives(canonicals: Sequence[CanonicalItem], chronicle: Chronicle) -> tuple[Life, ...]:
    completed, begun = (_instants(chronicle, places) for places in (chronicle.completed(), chronicle.begun()))
    born = map(from_micros, chronicle.since[chronicle.first[:-1]].tolist())
    rows = enumerate(zip(canonicals, born, completed, begun, strict=True))
    return tuple([Life(one, chronicle, place, at, done, active) for place, (one, at, done, active) in rows])


def _instants(chronicle: Chronicle, places: Whole) -> list[datetime | None]:
    since = chronicle.since[places].tolist()
    return [from_micros(at) if place >= 0 else None for place, at in zip(places.tolist(), since, strict=True)]


def _heeded(categories: Categories, counting: Counting) -> Callable[[str], bool]:
    return cache(lambda label: categories.heeds(label) or counting.heeds(label))


def _plain(canonicals: Sequence[CanonicalItem], columns: Columns, heeded: Callable[[str], bool]) -> Flags:
    """Tell which pieces of work have one face, and never had a label that makes a difference."""
    rows = numpy.flatnonzero(columns.field == CODE_OF[FieldName.LABELS])
    ends = numpy.unique(numpy.concatenate((columns.before[rows], columns.after[rows])))
    texts = list(columns.texts)
    matters = numpy.zeros(len(texts), numpy.bool_)
    matters[ends] = [(text := texts[end]) is not None and heeded(text) for end in ends.tolist()]
    marked = numpy.zeros(len(columns.first), numpy.bool_)
    marked[columns.item[rows[matters[columns.before[rows]] | matters[columns.after[rows]]]]] = True
    special = marked.tolist()
    found = [
        not (one.mirrors or special[one.primary.place] or any(map(heeded, one.primary.item.labels)))
        for one in canonicals
    ]
    return numpy.array(found, numpy.bool_)
