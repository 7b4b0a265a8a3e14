"""Bugs that a machine wrote in bulk: the day they were created is not the day they were met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy

from pmbridge.history.micros import Whole
from pmbridge.metrics.bugflow.bug import Bug
from pmbridge.metrics.bugflow.columns import BugColumns
from pmbridge.metrics.bugflow.spells import Flags

#: So many by one author within so short a time were not typed.
AT_LEAST = 40
WITHIN = timedelta(minutes=15)


def imported(bugs: Iterable[Bug]) -> Flags:
    """Tell which bugs came in one stream of at least 40 in a quarter of an hour from one author."""
    columns = BugColumns.of(bugs)
    found = numpy.zeros(len(columns), numpy.bool_)
    for own in _by_author(columns):
        if len(own) >= AT_LEAST:
            found[own[_streams(columns.created[own])]] = True
    return found


def _by_author(columns: BugColumns) -> list[Whole]:
    """Part the places of bugs by author, each in order of creation."""
    if not len(columns):
        return []
    author = columns.source.codes * len(columns.author.kinds) + columns.author.codes
    order = numpy.lexsort((columns.created, author))
    return numpy.split(order, numpy.flatnonzero(numpy.diff(author[order])) + 1)


def _streams(created: Whole) -> Flags:
    """Tell which of many instants in order lie within a stream."""
    last = numpy.arange(len(created))
    first = numpy.searchsorted(created, created - WITHIN // timedelta(microseconds=1))
    full = last - first + 1 >= AT_LEAST
    edges = numpy.zeros(len(created) + 1, numpy.int64)
    numpy.add.at(edges, first[full], 1)
    numpy.add.at(edges, last[full] + 1, -1)
    inside: Flags = numpy.cumsum(edges)[:-1] > 0
    return inside
