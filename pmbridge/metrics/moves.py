"""The moves of a milestone's scope since an instant, each with its cause and the change that brought it about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import numpy

from pmbridge.assessment import LedgerKind
from pmbridge.history.chronicle import CANCELLED, Chronicle, Flags
from pmbridge.history.micros import Whole
from pmbridge.history.phases import MilestoneId
from pmbridge.history.signatures import Signature, signatures
from pmbridge.model import FieldName
from pmbridge.model.instants import from_micros, to_micros


class Event(NamedTuple):
    """Something that can happen to a scope: what it does, by how many items, and why.

    ``fields`` bring it about; nothing has to change where work is created.
    """

    kind: LedgerKind
    delta: int
    cause: str
    fields: frozenset[FieldName]


_ADDED, _REMOVED, _RESIZED = LedgerKind.ADDED, LedgerKind.REMOVED, LedgerKind.REESTIMATED
_MEMBERSHIP = frozenset({FieldName.MILESTONES})
_ENDING = frozenset({FieldName.STATUS, FieldName.RESOLUTION, FieldName.LABELS})
_LEVEL = frozenset({FieldName.TYPE, FieldName.LABELS})

#: Everything that can happen; `_events` numbers it so.
_EVENTS = (
    Event(_ADDED, 1, "created", frozenset()),
    Event(_REMOVED, -1, "moved out", _MEMBERSHIP),
    Event(_REMOVED, -1, "cancelled", _ENDING),
    Event(_REMOVED, -1, "re-levelled", _LEVEL),
    Event(_ADDED, 1, "moved in", _MEMBERSHIP),
    Event(_ADDED, 1, "restored", _ENDING),
    Event(_ADDED, 1, "re-levelled", _LEVEL),
    Event(_RESIZED, 0, "re-estimated", frozenset({FieldName.POINTS})),
)


class Move(NamedTuple):
    """One piece of work coming in, going out or changing its size; ``life`` is its place among the lives.

    ``points`` is the move in points, ``None`` where there is no estimate. No change brings a creation about.
    """

    life: int
    at: datetime
    event: Event
    points: float | None
    change: Signature | None


def moves(told: Chronicle, faces: frozenset[MilestoneId], since: datetime) -> Iterator[Move]:
    """Yield the moves after an instant, life after life.

    What one edit takes out and puts back is no move, and neither is one between two faces of one milestone.
    """
    inside = told.inside(faces)
    was = told.before(inside)
    places = numpy.flatnonzero((told.since > to_micros(since)) & ((was != inside) | (inside & was & _resized(told))))
    events = _events(told, places, told.members(faces), inside)
    old, new = told.points[places - 1], told.points[places]
    resized = numpy.where(numpy.isnan(new), 0.0, new) - numpy.where(numpy.isnan(old), 0.0, old)
    points = numpy.where(~inside[places], -old, numpy.where(was[places], resized, new))
    columns = [column.tolist() for column in (told.life[places], told.since[places], events, points)]
    for life, at, event, size, change in zip(*columns, _changes(told, places, events), strict=True):
        yield Move(life, from_micros(at), _EVENTS[event], size if size == size else None, change)


def _resized(told: Chronicle) -> Flags:
    """Tell which phases have another estimate than the one before them."""
    found = numpy.zeros(len(told.since), numpy.bool_)
    new, old = told.points[1:], told.points[:-1]
    found[1:] = (new != old) & ~(numpy.isnan(new) & numpy.isnan(old))
    return found


def _events(told: Chronicle, places: Whole, members: Flags, inside: Flags) -> Whole:
    """Say what happened at some phases, as places in ``_EVENTS``."""
    gone, came = ~inside[places], ~told.before(inside)[places]
    begins, ended, restored = told.begins[places], told.category[places], told.category[places - 1]
    return numpy.select(
        (
            begins,
            gone & ~members[places],
            gone & (ended == CANCELLED),
            gone,
            came & ~members[places - 1],
            came & (restored == CANCELLED),
            came,
        ),
        numpy.arange(len(_EVENTS) - 1)[:, None],
        len(_EVENTS) - 1,
    )


def _changes(told: Chronicle, places: Whole, events: Whole) -> list[Signature | None]:
    """Return the changes to name: of each phase the last one of a field that can have been the cause."""
    first, end = told.cause[places], told.caused[places]
    caused = numpy.flatnonzero(end > first)
    named = told.causes[end[caused] - 1]
    for n in numpy.flatnonzero(end[caused] - first[caused] > 1).tolist():
        place = caused[n]
        together = told.causes[first[place] : end[place]].tolist()
        fields = _EVENTS[events[place]].fields
        named[n] = next((one for one in reversed(together) if told.changes[one].field in fields), together[-1])
    found: list[Signature | None] = [None] * len(places)
    for place, signature in zip(caused.tolist(), signatures(told.changes, named), strict=True):
        found[place] = signature
    return found
