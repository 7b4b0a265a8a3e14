"""The merge requests of a product, by the work they carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from pmbridge.assess.reading import Reading
from pmbridge.history.mentions import Keys
from pmbridge.history.phases import Life
from pmbridge.model import MergeRequest


def merge_requests(reading: Reading) -> dict[str, tuple[MergeRequest, ...]]:
    """Sort the merge requests by the key of the work; one may carry several pieces, or none that is known.

    The tracker's own relations count, and keys of other trackers in the title or the name of the branch.
    """
    if not reading.history.merge_requests:
        return {}
    keys = Keys(face for life in reading.lives for face in life.canonical.faces)
    found: defaultdict[str, dict[tuple[str, str], MergeRequest]] = defaultdict(dict)
    for one in reading.history.merge_requests:
        for life in _carried(one, reading, keys):
            found[life.item.key][one.source, one.id] = one
    return {key: tuple(sorted(own.values(), key=_age)) for key, own in found.items()}


def _age(one: MergeRequest) -> tuple[datetime, str, str]:
    return one.created_at, one.source, one.id


def _carried(one: MergeRequest, reading: Reading, keys: Keys) -> Iterator[Life]:
    for id_ in one.items:
        life = reading.owner.get((one.source, id_))
        if life is not None:
            yield life
    for named in (*keys.in_text(one.title, one.source), *keys.in_branch(one.branch, one.source)):
        yield reading.owner[named]
