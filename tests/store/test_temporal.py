from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pmbridge.history.timeline import Value, stretches, values_at
from pmbridge.model import Change, FieldName, Item
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store import Store, schema
from pmbridge.store.ingest import write_page
from pmbridge.store.temporal import rebuild, scalar_stays, set_stays

Make = Callable[..., Any]
edits = st.lists(
    st.tuples(
        st.sampled_from([FieldName.STATUS, FieldName.MILESTONES, FieldName.LABELS, FieldName.TITLE]),
        st.integers(-2, 40),
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from(["a", "b", "c", None]),
    ),
    max_size=8,
)


def held(store: Store) -> tuple[list[Any], list[Any]]:
    with store.read() as conn:
        found = [
            sorted(map(tuple, conn.execute(select(table))), key=repr)
            for table in (schema.intervals, schema.memberships)
        ]
        return found[0], found[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(1, 3), edits, st.booleans()), min_size=1, max_size=4))
def test_what_is_derived_page_by_page_equals_a_full_rebuild(
    store: Store, page: Make, item: Make, change: Make, noon: Any, steps: Any
) -> None:
    with store.write() as conn:
        conn.execute(schema.items.delete())
    for step, (number, made, partial) in enumerate(steps):
        changes = [
            change(number, str(step * 100 + place), field=field, at=noon + timedelta(hours=at), before=b, after=a)
            for place, (field, at, b, a) in enumerate(made)
        ]
        one = item(number, milestones=("a",), labels=("b", "c"), points=3.0)
        names = (one.id,) if partial else ()
        with store.write() as conn:
            write_page(conn, "jira", page(items=[one], changes=changes, partial_history=names), seen_at=noon)
    derived = held(store)
    with store.write() as conn:
        rebuild(conn, "jira")
    assert held(store) == derived


@given(edits)
def test_scalar_stays_are_the_stretches_of_the_timeline(made: Any) -> None:
    changes = ordered(made)
    since = to_micros(BORN)
    ours = scalar_stays(steps(changes), "now", since)
    theirs = stretches(changes, Value("now"), BORN)
    assert ours == [(s.value.id, to_micros(s.since), s.until and to_micros(s.until)) for s in theirs]


@given(edits, st.integers(0, 45))
def test_set_stays_tell_the_values_of_the_timeline_at_any_instant(made: Any, hours: int) -> None:
    changes = ordered(made)
    at = BORN + timedelta(hours=hours, minutes=30)
    stays = set_stays(steps(changes), ["a"], to_micros(BORN))
    inside = {v for v, s, u in stays if s <= to_micros(at) and (u is None or to_micros(at) < u)}
    assert inside == set(values_at(changes, ["a"], at))
    assert all(u is None or s < u for _, s, u in stays)


BORN = from_micros(1_700_000_000_000_000)


def steps(changes: list[Change]) -> list[Any]:
    return [(to_micros(c.at), c.before, c.after) for c in changes]


def ordered(made: Any) -> list[Change]:
    found = [
        Change(
            source="s",
            item="1",
            history=str(n),
            position=0,
            at=BORN + timedelta(hours=h),
            field=FieldName.LABELS,
            before=b,
            after=a,
        )
        for n, (_, h, b, a) in enumerate(made)
        if h >= 0
    ]
    return sorted(found, key=lambda c: (c.at, len(c.history), c.history))


def test_an_item_without_a_history_has_the_intervals_of_its_current_values(
    store: Store, page: Make, item: Make, noon: Any
) -> None:
    one: Item = item(1, milestones=("version:77",), points=2.5, flagged=True)
    with store.write() as conn:
        write_page(conn, "jira", page(items=[one]), seen_at=noon)
    born = to_micros(noon)
    intervals, memberships = held(store)
    assert {(row[2], row[4]) for row in intervals} == {("status", "3"), ("points", "2.5"), ("flagged", "true")}
    assert memberships == [("jira", one.id, "version:77", born, None)]
