"""The walk through everything that happened to the work of a product, which yields its phases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count, repeat

import numpy

from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import Chronicle, Flags, joined
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.phase_values import CATEGORIES
from pmbridge.history.phases import Life, Phase, containers
from pmbridge.history.present import Present, decided
from pmbridge.history.records import ItemId
from pmbridge.history.stepping import plain_lives
from pmbridge.history.tracing import phases_of
from pmbridge.model import FieldName


def lives(
    canonicals: Sequence[CanonicalItem],
    categories: Categories,
    counting: Counting | None = None,
    present: Present | None = None,
) -> tuple[Life, ...]:
    """Walk through every piece of work: the plain ones all at once, the others one by one.

    All of them must be of records of one history. Their phases are read from one chronicle. ``present`` is how that
    history's items are now, where that is known already.
    """
    if not canonicals:
        return ()
    counting, columns = counting or Counting(), canonicals[0].primary.columns
    present = present or Present.of(columns, counting)
    plain = _plain(canonicals, columns, _heeded(categories, counting))
    places = numpy.flatnonzero(plain), numpy.flatnonzero(~plain)
    items = numpy.array([one.primary.place for one in canonicals], numpy.int64)
    chronicle = plain_lives(items[places[0]], columns, present, categories, counting)
    if places[1].size:
        singly = [phases_of(canonicals[n], categories, counting) for n in places[1].tolist()]
        chronicle = joined((chronicle, Chronicle.told(singly, present.milestones)), places)
    return _lives(canonicals, chronicle)


def current_phases(
    canonicals: Sequence[CanonicalItem], categories: Categories, counting: Counting, present: Present
) -> Mapping[ItemId, Phase]:
    """Return how every piece of work stands by its current fields alone, by its deciding face."""
    if not canonicals:
        return {}
    now, heeded = present, _heeded(categories, counting)
    words = now.source, now.status, now.status_name, now.resolution
    category = decided(canonicals[0].primary.columns, categories, *words, now.category)
    columns = (
        now.updated_at,
        map(CATEGORIES.__getitem__, category.tolist()),
        now.counted.tolist(),
        [size if size == size else None for size in now.points.tolist()],
        map(now.milestones.sets.__getitem__, now.held.tolist()),
    )
    phases = list(map(Phase, *columns))
    found = {one.primary.id: phases[one.primary.place] for one in canonicals}
    for one in canonicals:
        if one.mirrors or ((labels := one.item.labels) and any(map(heeded, labels))):
            found[one.primary.id] = current_phase(one, categories, counting)
    return found


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
    ends = chronicle.completed().tolist(), chronicle.begun().tolist()
    return tuple(map(Life, canonicals, repeat(chronicle), count(), *ends))


def _heeded(categories: Categories, counting: Counting) -> Callable[[str], bool]:
    return cache(lambda label: categories.heeds(label) or counting.heeds(label))


def _plain(canonicals: Sequence[CanonicalItem], columns: Columns, heeded: Callable[[str], bool]) -> Flags:
    """Tell which pieces of work have one face, and never had a label that makes a difference."""
    rows = numpy.flatnonzero(columns.field == CODE_OF[FieldName.LABELS])
    ends = numpy.unique(numpy.concatenate((columns.before[rows], columns.after[rows])))
    texts = list(columns.texts)
    matters = numpy.zeros(len(texts), numpy.bool_)
    matters[ends] = [(text := texts[end]) is not None and heeded(text) for end in ends.tolist()]
    marked = numpy.zeros(len(columns.items), numpy.bool_)
    marked[columns.item[rows[matters[columns.before[rows]] | matters[columns.after[rows]]]]] = True
    special = marked.tolist()
    found = [
        not (one.mirrors or special[one.primary.place] or ((own := one.item.labels) and any(map(heeded, own))))
        for one in canonicals
    ]
    return numpy.array(found, numpy.bool_)
