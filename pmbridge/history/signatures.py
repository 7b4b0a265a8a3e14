"""Who made changes and what reports call them, read from columns without making the changes themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy

from pmbridge.history.micros import Whole
from pmbridge.history.selections import Succession
from pmbridge.model import Change
from pmbridge.model.changes import Changes


class Signature(NamedTuple):
    """The source and account of whoever made a change, and its identity as in `Change`."""

    source: str
    author: str | None
    identity: str


def signatures(changes: Sequence[Change], places: Whole) -> list[Signature]:
    """Return the signatures of some changes, by their places."""
    if isinstance(changes, Changes):
        return _in_columns(changes, places)
    if isinstance(changes, Succession):
        return _one_after_another(changes, places)
    some = [changes[place] for place in places.tolist()]
    return [Signature(change.source, change.author, change.identity) for change in some]


def _in_columns(changes: Changes, places: Whole) -> list[Signature]:
    items, texts = changes.items, changes.texts
    columns = (changes.item, changes.history, changes.position, changes.author)
    return [
        Signature((id_ := items[item])[0], texts[author], f"{id_[0]}:{id_[1]}:{history}:{position}")
        for item, history, position, author in zip(*[column[places].tolist() for column in columns], strict=True)
    ]


def _one_after_another(changes: Succession, places: Whole) -> list[Signature]:
    found: dict[int, Signature] = {}
    for part in changes.parts:
        own = (places >= 0) & (places < len(part))
        found.update(zip(numpy.flatnonzero(own).tolist(), signatures(part, places[own]), strict=True))
        places = places - len(part)
    return [found[n] for n in range(len(places))]
