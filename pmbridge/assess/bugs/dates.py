"""When work on items was taken up, and which of their dates cannot be true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.model import FieldName
from pmbridge.model.changes import FIELD_CODE

if TYPE_CHECKING:
    from pmbridge.assess.bugs.lives import Lives

_STATUS, _ASSIGNEES = FIELD_CODE[FieldName.STATUS], FIELD_CODE[FieldName.ASSIGNEES]


def acknowledged(whole: Lives) -> Whole:
    """Return when somebody took each up: the first move of its status, or the first person it was given to."""
    columns, places = whole.columns, whole.places
    ordered, whose = Ragged(columns.first).rows(places)
    rows, told = columns.order[ordered], columns.changes
    field, born = told.field[rows], columns.born[places]
    given = field == _ASSIGNEES
    taken = (field == _STATUS) | (given & (told.after[rows] != 0))
    found = numpy.full(len(places), NEVER)
    found[whose[taken][::-1]] = told.at[rows[taken]][::-1]
    found = numpy.where(found == NEVER, NEVER, numpy.maximum(found, born))
    never_given = numpy.bincount(whose[given], minlength=len(places)) == 0
    held = numpy.fromiter(map(bool, whole.assignees), numpy.bool_, len(places))
    return numpy.where(held & never_given, born, found)


def faults(whole: Lives) -> dict[int, str]:
    """Say why dates cannot be true, of those items whose dates cannot."""
    columns, places = whole.columns, whole.places
    told, first = columns.changes, columns.first[places]
    changed = numpy.flatnonzero(columns.first[places + 1] > first)
    opening = columns.order[first[changed]]
    early = changed[(told.at[opening] < columns.born[places[changed]]) & (told.field[opening] == _STATUS)]
    closed = (
        place
        for place, (born, closed) in enumerate(zip(whole.created_at, whole.closed_at, strict=True))
        if closed is not None and closed < born
    )
    return {
        **dict.fromkeys(early.tolist(), "changed before it was created"),
        **dict.fromkeys(closed, "closed before it was created"),
    }
