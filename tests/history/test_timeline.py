from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.timeline import Value, scalar_gaps, set_gaps, stretches, value_at, values_at
from pmbridge.model import Change, FieldName

T0 = datetime(2025, 1, 6, tzinfo=UTC)


def hours(n: float) -> datetime:
    return T0 + timedelta(hours=n)


def change(at: float, before: str | None, after: str | None, field: str = "status", n: int = 0) -> Change:
    return Change(
        source="s",
        item="1",
        history=str(n),
        position=0,
        at=hours(at),
        field=FieldName(field),
        before=before,
        after=after,
    )


def test_a_value_is_what_the_last_change_made_it_else_what_the_next_one_found_else_the_current_one():
    changes = [change(2, "a", "b"), change(5, "b", "c")]
    read = [value_at(changes, Value("c"), hours(t)).id for t in (0, 1.9, 2, 4.9, 5, 99)]
    assert read == ["a", "a", "b", "b", "c", "c"]
    assert value_at([], Value("now"), hours(0)).id == "now"


def test_of_several_changes_at_one_instant_the_last_holds():
    assert value_at([change(2, "a", "b"), change(2, "b", "c")], Value("c"), hours(2)).id == "c"


def test_each_value_of_a_set_has_a_history_of_its_own():
    changes = [
        change(1, None, "x", "milestones"),
        change(3, "y", None, "milestones"),
        change(4, "x", "z", "milestones"),
    ]
    held = [values_at(changes, ["z", "k"], hours(t)) for t in (0, 1, 3, 4)]
    assert held == [{"y", "k"}, {"x", "y", "k"}, {"x", "k"}, {"z", "k"}]


def test_stretches_tile_the_life_of_an_item_without_empty_ones():
    found = stretches([change(2, "a", "b"), change(2, "b", "c"), change(5, "c", "a")], Value("a"), T0)
    assert [(s.value.id, s.since, s.until) for s in found] == [
        ("a", T0, hours(2)),
        ("c", hours(2), hours(5)),
        ("a", hours(5), None),
    ]
    assert [s.change and s.change.after for s in found] == [None, "c", "a"]


def test_a_change_before_the_creation_counts_from_the_creation():
    found = stretches([change(-3, "a", "b")], Value("b"), T0)
    assert [(s.value.id, s.since) for s in found] == [("b", T0)]


def test_a_contradiction_in_a_scalar_is_a_gap():
    assert scalar_gaps(FieldName.STATUS, [change(1, "a", "b"), change(2, "b", "c")], "c") == ()
    gaps = scalar_gaps(FieldName.STATUS, [change(1, "a", "b"), change(2, "x", "c")], "d")
    assert [gap.at for gap in gaps] == [hours(2), None]


def test_a_contradiction_in_a_set_is_a_gap():
    joins = [change(1, None, "m", "milestones"), change(2, None, "m", "milestones")]
    assert [gap.at for gap in set_gaps(FieldName.MILESTONES, joins, ["m"])] == [hours(2)]
    assert [gap.at for gap in set_gaps(FieldName.MILESTONES, joins[:1], [])] == [None]
    assert set_gaps(FieldName.MILESTONES, joins[:1], ["m"]) == ()


@st.composite
def chains(draw: st.DrawFn) -> list[Change]:
    values = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8))
    times = sorted(draw(st.lists(st.integers(0, 20), min_size=len(values) - 1, max_size=len(values) - 1)))
    return [change(t, a, b, n=n) for n, (t, (a, b)) in enumerate(zip(times, pairwise(values), strict=True))]


@given(chains(), st.integers(0, 20), st.integers(0, 20))
def test_what_happens_later_never_alters_an_earlier_value(changes: list[Change], t: int, cut: int):
    t, cut = min(t, cut), max(t, cut)
    known = [c for c in changes if c.at <= hours(cut)]
    current = known[-1].after if known else (changes[0].before if changes else "a")
    latest = changes[-1].after if changes else "a"
    assert value_at(known, Value(current), hours(t)) == value_at(changes, Value(latest), hours(t))


@given(chains(), st.integers(-1, 21))
def test_stretches_and_values_tell_the_same(changes: list[Change], t: int):
    current = changes[-1].after if changes else "a"
    found = [s for s in stretches(changes, Value(current), hours(-1)) if s.since <= hours(t)]
    assert found[-1].value.id == value_at(changes, Value(current), hours(t)).id
