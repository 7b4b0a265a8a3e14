from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.selections import Selection, Succession
from pmbridge.model import Change

CHANGES = tuple(
    Change(source="s", item="1", history=str(n), position=0, at="2025-01-01T00:00Z", field="title", after=f"t{n}")
    for n in range(5)
)
places = st.lists(st.integers(0, 4), max_size=6)


@given(places, st.slices(6))
def test_a_selection_is_the_tuple_of_what_stands_in_its_places(chosen: list[int], part: slice):
    wanted = tuple(CHANGES[place] for place in chosen)
    selection = Selection(CHANGES, chosen)
    assert selection == wanted
    assert wanted == selection
    assert (len(selection), list(selection), selection[part]) == (len(wanted), list(wanted), wanted[part])
    assert hash(selection) == hash(wanted)


def test_a_selection_fetches_nothing_before_it_is_asked():
    selection = Selection((), [7])
    assert len(selection) == 1
    assert selection


@given(places, places)
def test_a_succession_is_one_sequence_after_another(first: list[int], second: list[int]):
    parts = tuple(CHANGES[place] for place in first), tuple(CHANGES[place] for place in second)
    wanted, succession = (*parts[0], *parts[1]), Succession(*parts)
    assert list(succession) == list(wanted)
    assert len(succession) == len(wanted)
    assert [succession[place] for place in range(len(wanted))] == list(wanted)
    assert succession[1:4] == wanted[1:4]
