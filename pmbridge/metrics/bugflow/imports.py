"""Bugs that a machine wrote in bulk: the day they were created is not the day they were met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug

#: So many by one author within so short a time were not typed.
AT_LEAST = 40
WITHIN = timedelta(minutes=15)


def imported(bugs: Iterable[Bug]) -> frozenset[ItemId]:
    """Return the bugs that came in one stream of at least 40 in a quarter of an hour from one author."""
    by_author: defaultdict[tuple[str, str | None], list[Bug]] = defaultdict(list)
    for bug in bugs:
        by_author[bug.id[0], bug.author].append(bug)
    return frozenset(id_ for own in by_author.values() if len(own) >= AT_LEAST for id_ in _streams(own))


def _streams(bugs: list[Bug]) -> set[ItemId]:
    ordered = sorted(bugs, key=lambda bug: bug.created_at)
    found: set[ItemId] = set()
    first = marked = 0
    for last, bug in enumerate(ordered):
        while bug.created_at - ordered[first].created_at > WITHIN:
            first += 1
        if last - first + 1 >= AT_LEAST:
            found.update(one.id for one in ordered[max(first, marked) : last + 1])
            marked = last + 1
    return found
