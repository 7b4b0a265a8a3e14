"""Which items have a history of status or membership that contradicts itself, found for all items at once."""

from __future__ import annotations

import numpy

from pmbridge.history.chronicle import Flags
from pmbridge.history.columns import CODE_OF, Columns
from pmbridge.history.micros import Whole
from pmbridge.model import FieldName


def contradicting(columns: Columns) -> Flags:
    """Tell of each item whether a change of its status or of its milestones went unrecorded.

    This is where `timeline.gaps` finds any: a change does not begin where the one before it ended, or the last one
    does not end at what the item is now.
    """
    found = numpy.zeros(len(columns.items), numpy.bool_)
    found[_broken_status(columns)] = True
    found[_broken_membership(columns)] = True
    return found


def _broken_status(columns: Columns) -> Whole:
    rows = _rows(columns, FieldName.STATUS)
    item, before, after = columns.item[rows], columns.before[rows], columns.after[rows]
    now = columns.texts.codes([one.status for one in columns.items], len(columns.items))
    following = numpy.append(item[1:] == item[:-1], False)[: len(item)]
    expected = numpy.where(following, numpy.append(before[1:], 0)[: len(item)], now[item])
    broken: Whole = item[after != expected]
    return broken


def _broken_membership(columns: Columns) -> Whole:
    """Of one item and milestone, joining and leaving must take turns, and the last of them must still hold."""
    rows = _rows(columns, FieldName.MILESTONES)
    item, left, joined = columns.item[rows], columns.before[rows], columns.after[rows]
    size = len(columns.texts) + 1
    which = numpy.column_stack((left, joined)).ravel()
    key = numpy.repeat(item, 2) * size + which
    order = numpy.argsort(key, kind="stable")
    order = order[which[order] != 0]
    key, joins = key[order], order % 2 == 1
    who = key // size
    following = numpy.append(key[1:] == key[:-1], False)[: len(key)]
    stands = numpy.isin(key, _memberships(columns, size, _runs(who)))
    expected = numpy.where(following, ~numpy.append(joins[1:], False)[: len(key)], stands)
    return numpy.concatenate((who[joins != expected], item[(left == joined) & (left != 0)]))


def _memberships(columns: Columns, size: int, who: Whole) -> Whole:
    """Return the memberships of today of some items, as numbers; what no change speaks of is left out."""
    pairs = [(place, one) for place in who.tolist() for one in columns.items[place].milestones]
    known = [place * size + columns.texts[one] for place, one in pairs if one in columns.texts]
    return numpy.array(known, numpy.int64)


def _runs(rising: Whole) -> Whole:
    """Return the distinct ones of some numbers that never fall."""
    found: Whole = rising[numpy.append(True, rising[1:] != rising[:-1])[: len(rising)]]
    return found


def _rows(columns: Columns, field: FieldName) -> Whole:
    rows = columns.arranged
    found: Whole = rows[columns.field[rows] == CODE_OF[field]]
    return found
