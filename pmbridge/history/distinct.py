"""The distinct cases among many, so that each is worked out once."""

from __future__ import annotations

import numpy

from pmbridge.history.micros import Whole

_MOST_MARKS = 2_000_000


def distinct(cases: Whole) -> tuple[Whole, Whole]:
    """Return the distinct columns of a table of whole numbers from 0 on, and for each column which of them it is."""
    key = numpy.zeros(cases.shape[1], numpy.int64)
    for row in cases:
        numbers = _dense(row)
        key = _dense(key * (int(numbers.max(initial=0)) + 1) + numbers)
    representative = numpy.zeros(int(key.max(initial=-1)) + 1, numpy.int64)
    representative[key] = numpy.arange(len(key))
    return cases[:, representative], key


def _dense(values: Whole) -> Whole:
    """Renumber whole numbers from 0 on in their order, so that none is left out."""
    largest = int(values.max(initial=0))
    if largest > _MOST_MARKS:
        return numpy.unique(values, return_inverse=True)[1].astype(numpy.int64)
    marks = numpy.zeros(largest + 1, numpy.int64)
    marks[values] = 1
    dense: Whole = (numpy.cumsum(marks) - 1)[values]
    return dense
