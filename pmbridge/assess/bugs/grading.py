"""The severities that bugs have had, from the field that each tracker keeps them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy

from pmbridge.history.columns import Columns
from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.coded import Coded
from pmbridge.metrics.bugflow.ragged import Ragged
from pmbridge.model import FieldName
from pmbridge.model.changes import FIELD_CODE
from pmbridge.model.coding import Codes

if TYPE_CHECKING:
    from pmbridge.assess.bugs.lives import Lives

_SEVERITY, _PRIORITY = FieldName.SEVERITY, FieldName.PRIORITY


def grades_of(whole: Lives, known: int) -> dict[str, FieldName]:
    """Return severity where any bug of a source has one; else priority stands in for it.

    The first so many of the lives are the bugs.
    """
    source = whole.sources.codes[:known]
    found: dict[str, FieldName] = {}
    for field, words in ((_SEVERITY, whole.severities), (_PRIORITY, whole.priorities)):
        given = numpy.fromiter(map(bool, words[:known]), numpy.bool_, known)
        for code in numpy.unique(source[given]).tolist():
            found.setdefault(whole.sources.kinds[code], field)
    return found


def graded(whole: Lives, grades: Mapping[str, FieldName]) -> tuple[Ragged, Whole, Coded[str | None]]:
    """Return the severities of some items: how many each has had, since when it had each, and the word for it.

    An item has its first one from its creation on; without a change that is the one it has now.
    """
    columns, places = whole.columns, whole.places
    field = whole.sources.renamed(lambda source: grades.get(source, _SEVERITY))
    ranked = field.told(lambda one: one is _SEVERITY).tolist()
    words = zip(ranked, whole.severities, whole.priorities, strict=True)
    now = [severity if by_severity else priority for by_severity, severity, priority in words]
    rows, whose = _moves(columns, places, numpy.array([FIELD_CODE[one] for one in field.kinds])[field.codes])
    told, texts = columns.changes, columns.changes.texts
    before, after = (_words(texts, name[rows], id_[rows]) for name, id_ in _ends(columns))
    layout = Ragged.of(numpy.bincount(whose, minlength=len(places)) + 1)
    born = columns.born[places]
    is_first = numpy.zeros(layout.first[-1], numpy.bool_)
    is_first[layout.first[:-1]] = True
    since = numpy.empty(layout.first[-1], numpy.int64)
    since[is_first], since[~is_first] = born, numpy.maximum(told.at[rows], born[whose])
    opening = numpy.flatnonzero(numpy.diff(whose, prepend=-1))
    first = list(now)
    for row in opening.tolist():
        first[whose[row]] = before[row]
    word = numpy.empty(layout.first[-1], object)
    word[is_first], word[~is_first] = first, after
    return layout, since, Coded.of(word.tolist())


def _moves(columns: Columns, places: Whole, field: Whole) -> tuple[Whole, Whole]:
    """Return the changes of one field of each of some items, item after item and in order, and whose each is."""
    ordered, whose = Ragged(columns.first).rows(places)
    rows = columns.order[ordered]
    own = columns.changes.field[rows] == field[whose]
    return rows[own], whose[own]


def _ends(columns: Columns) -> tuple[tuple[Codes, Codes], tuple[Codes, Codes]]:
    told = columns.changes
    return (told.before_name, told.before), (told.after_name, told.after)


def _words(texts: Sequence[str | None], names: Codes, ids: Codes) -> list[str | None]:
    """Return the names of values, and the ids of those without one."""
    return [texts[name] or texts[id_] for name, id_ in zip(names.tolist(), ids.tolist(), strict=True)]
