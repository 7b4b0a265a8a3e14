from __future__ import annotations

import numpy
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.distinct import distinct

tables = st.integers(1, 4).flatmap(
    lambda rows: st.lists(st.tuples(*[st.integers(0, 3) | st.just(5_000_000)] * rows), min_size=1, max_size=12)
)


@given(tables)
def test_each_case_is_one_of_the_distinct_ones_and_none_of_these_is_there_twice(cases: list[tuple[int, ...]]):
    table, case = distinct(numpy.array(cases, numpy.int64).T)
    found = [tuple(column) for column in table.T.tolist()]
    assert [found[place] for place in case.tolist()] == cases
    assert len(found) == len(set(found)) == len(set(cases))
