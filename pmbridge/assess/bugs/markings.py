"""When items carried marks: by a status of theirs, or by a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy
from numpy.typing import NDArray

from pmbridge.assess.bugs.words import Marks
from pmbridge.history.categories import normalised
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.phases import Life
from pmbridge.history.timeline import Value, stretches
from pmbridge.model import Change, FieldName, Item

_STATUS, _LABELS = FieldName.STATUS, FieldName.LABELS

#: A stretch of time, half-open; without an end while it lasts.
Span = tuple[datetime, datetime | None]


class Markings:
    """The stretches in which items carried one of some marks; only those that ever met the words are looked at."""

    def __init__(self, marks: Marks, columns: Columns) -> None:
        self._marks = marks
        self._met = _met(marks, columns).tolist() if marks else []

    def __bool__(self) -> bool:
        return bool(self._marks)

    def of(self, life: Life) -> tuple[Span, ...]:
        """Return the stretches in which an item carried a mark."""
        face = life.canonical.primary
        if not self._marks or not (self._met[face.place] or self._marks.on(face.item)):
            return ()
        return marked(face.item, face.changes, self._marks)


def _met(marks: Marks, columns: Columns) -> NDArray[numpy.bool_]:
    """Tell which items had a change from or to one of the words."""
    found = numpy.zeros(len(columns.items), numpy.bool_)
    for name, words in ((_STATUS, marks.statuses), (_LABELS, marks.labels)):
        hit = numpy.array([text is not None and normalised(text) in words for text in columns.texts], numpy.bool_)
        rows = numpy.flatnonzero(columns.field == CODE_OF[name])
        ends = (columns.before, columns.after, columns.before_name, columns.after_name)
        met = numpy.logical_or.reduce([hit[end[rows]] for end in ends])
        found[columns.item[rows[met]]] = True
    return found


def marked(item: Item, changes: Sequence[Change], marks: Marks) -> tuple[Span, ...]:
    """Return the stretches in which an item carried a mark, by its status or by a label."""
    if not marks:
        return ()
    spans: list[Span] = []
    if marks.statuses:
        own = [c for c in changes if c.field is _STATUS]
        for one in stretches(own, Value(item.status, item.status_name), item.created_at):
            if one.value.word is not None and normalised(one.value.word) in marks.statuses:
                spans.append((one.since, one.until))
    if marks.labels:
        spans += _labelled(item, changes, marks)
    return tuple(sorted(spans, key=lambda span: span[0]))


def _labelled(item: Item, changes: Sequence[Change], marks: Marks) -> Iterable[Span]:
    own = [c for c in changes if c.field is _LABELS]
    for label in {*item.labels, *(c.before or "" for c in own)}:
        if normalised(label) not in marks.labels:
            continue
        moves = [c for c in own if label in (c.before, c.after)]
        begin = None if moves and moves[0].after == label else item.created_at
        for move in moves:
            if move.after == label:
                begin = move.at
            elif begin is not None:
                yield begin, move.at
                begin = None
        if begin is not None:
            yield begin, None
