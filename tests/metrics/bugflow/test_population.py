from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.bugflow.bug import Outcome
from pmbridge.metrics.bugflow.duplicates import roots
from pmbridge.metrics.bugflow.population import populations

A, B = "1-0", "2-0"


def keys(bugs):
    return [one.key for one in bugs]


def test_a_bug_belongs_to_the_launched_release_it_names(bug, at):
    one = bug(3, affects=frozenset({A}))
    found = populations([one], {A: at(0), B: at(2)}, [], at(9))
    assert keys(found[A].reports) == [one.key]
    assert not found[B].reports


def test_one_that_users_met_and_names_nothing_belongs_to_the_release_in_force(bug, at):
    early, late = bug(1, from_customers=True), bug(3, from_customers=True)
    found = populations([early, late], {A: at(0), B: at(2)}, [], at(9))
    assert keys(found[A].reports) == [early.key]
    assert keys(found[B].reports) == [late.key]
    assert found[B].by_date == 1


def test_a_find_of_ones_own_is_kept_apart(bug, at):
    mine, later = bug(1), bug(1, members=frozenset({B}))
    found = populations([mine, later], {A: at(0)}, [], at(9))[A]
    assert keys(found.internal) == [mine.key]
    assert not found.reports


def test_a_bug_found_in_a_test_of_a_coming_release_is_nobodys(bug, at):
    found = populations([bug(1, affects=frozenset({B}))], {A: at(0), B: at(5)}, [], at(9))
    assert not found[A].reports
    assert not found[A].internal
    assert not found[B].reports


def test_what_was_open_at_the_launch_is_inherited(bug, at):
    opened, closed, again = bug(-5), bug(-5, ended=-1), bug(-9, ended=[-8], reopened=[-1])
    found = populations([opened, closed, again], {A: at(0)}, [], at(9))[A]
    assert sorted(keys(found.inherited)) == sorted([opened.key, again.key])


def test_a_bug_re_opened_after_years_is_listed_and_not_counted_as_new(bug, at):
    old = bug(-900, ended=[-890], reopened=[4])
    found = populations([old], {A: at(0)}, [], at(9))[A]
    assert keys(found.returned) == [old.key]
    assert not found.inherited
    assert not found.reports


def test_duplicates_make_one_defect_that_came_with_the_first_report(bug, at):
    first = bug(1, affects=frozenset({A}), ended=2, outcome=Outcome.DUPLICATE)
    root = bug(1.5, affects=frozenset({A}))
    found = populations([first, root], {A: at(0)}, [(first.id, root.id)], at(9))[A]
    assert len(found.reports) == 2
    assert [(one.root.key, one.arrived_at) for one in found.defects] == [(root.key, at(1))]


def test_a_report_of_something_known_before_the_launch_is_no_new_defect(bug, at):
    known, again = bug(-4), bug(2, affects=frozenset({A}), ended=3, outcome=Outcome.DUPLICATE)
    found = populations([known, again], {A: at(0)}, [(again.id, known.id)], at(9))[A]
    assert not found.defects
    assert found.known_before == 1
    assert len(found.reports) == 1


def test_an_internal_find_that_users_report_too_has_escaped(bug, at):
    inside = bug(1)
    outside = bug(2, affects=frozenset({A}), ended=3, outcome=Outcome.DUPLICATE)
    found = populations([inside, outside], {A: at(0)}, [(outside.id, inside.id)], at(9))[A]
    assert not found.internal
    assert found.defects[0].root is inside


def test_no_bug_is_left_out_without_saying_so(bug, at):
    odd = bug(1, fault="closed before it was created", affects=frozenset({A}))
    none = bug(1, outcome=Outcome.NOT_A_BUG, ended=2, affects=frozenset({A}))
    ahead = bug(99, affects=frozenset({A}))
    lost = bug(1, ended=2, outcome=Outcome.DUPLICATE, affects=frozenset({A}))
    found = populations([odd, none, ahead, lost], {A: at(0)}, [], at(9))[A]
    assert not found.defects
    assert found.left_out == {
        "closed as a duplicate of something unknown": (lost.key,),
        "closed as no bug": (none.key,),
        "closed before it was created": (odd.key,),
        "created in the future": (ahead.key,),
    }


def test_ten_thousand_bugs_imported_on_one_day_are_no_arrivals(bug, at):
    many = [bug(2 + n / 86400, affects=frozenset({A}), author="importer", number=100_000 + n) for n in range(10_000)]
    one = bug(3, affects=frozenset({A}), author="n.abara")
    found = populations([*many, one], {A: at(0)}, [], at(9))[A]
    assert keys(found.reports) == [one.key]
    (reason,) = found.left_out
    assert "imported" in reason
    assert len(found.left_out[reason]) == 10_000


def test_a_busy_support_agent_is_no_import(bug, at):
    typed = [bug(2 + n / 200, affects=frozenset({A}), author="n.abara") for n in range(100)]
    assert len(populations(typed, {A: at(0)}, [], at(9))[A].reports) == 100


def test_reports_that_name_two_launched_releases_are_counted_as_mixed(bug, at):
    both = bug(3, affects=frozenset({A, B}))
    found = populations([both], {A: at(0), B: at(2)}, [], at(9))
    assert found[B].mixed == 1
    assert not found[A].reports


def test_a_launch_in_the_future_has_no_population(bug, at):
    assert populations([bug(1)], {A: at(5)}, [], at(2)) == {}


def test_a_ring_of_duplicates_has_its_oldest_open_report_as_root(bug):
    a, b, c = bug(1, ended=5), bug(2), bug(3)
    found = roots([(a.id, b.id), (b.id, c.id), (c.id, a.id)], (a, b, c))
    assert found == {a.id: b.id, c.id: b.id}


def test_a_chain_into_a_ring_and_links_to_nowhere_are_followed_safely(bug):
    a, b, c = bug(1), bug(2), bug(3)
    pairs = [(a.id, b.id), (b.id, a.id), (c.id, b.id), (c.id, ("jira", "gone")), (a.id, a.id)]
    assert roots(pairs, (a, b, c)) == {b.id: a.id, c.id: a.id}


@given(pairs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_whatever_the_links_every_root_is_its_own_root(bug, pairs):
    bugs = [bug(n, number=900 + n) for n in range(8)]
    found = roots([(bugs[a].id, bugs[b].id) for a, b in pairs], bugs)
    assert not set(found) & set(found.values())


@given(
    moves=st.lists(
        st.tuples(st.integers(-20, 20), st.sampled_from([(), (A,), (B,), (A, B)]), st.booleans()), max_size=30
    )
)
def test_no_bug_is_in_two_places_at_once(bug, at, moves):
    bugs = [bug(t, affects=frozenset(names), from_customers=met) for t, names, met in moves]
    found = populations(bugs, {A: at(0), B: at(7)}, [], at(30))
    placed = [key for one in found.values() for key in keys((*one.reports, *one.internal))]
    assert len(placed) == len(set(placed))


def test_imports_are_found_per_author_and_within_minutes(bug, at):
    slow = [bug(2 + n * 2 / 1440, affects=frozenset({A}), author="x") for n in range(60)]
    assert timedelta(minutes=2) * 40 > timedelta(minutes=15)
    assert len(populations(slow, {A: at(0)}, [], at(9))[A].reports) == 60
