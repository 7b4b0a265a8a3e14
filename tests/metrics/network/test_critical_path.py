from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.network.critical_path import Activity, critical_path
from pmbridge.metrics.network.three_point import ThreePoint, path_probability

#: Arcs between events; an activity waits for those that end where it begins.
TAYLOR_ARCS = [(1, 2, 7), (1, 3, 10), (2, 4, 6), (3, 4, 5), (3, 5, 4), (4, 5, 3), (5, 6, 2)]
TAYLOR = {
    "1-2": (7, 0, 7, 2, 9, 2),
    "1-3": (10, 0, 10, 0, 10, 0),
    "2-4": (6, 7, 13, 9, 15, 2),
    "3-4": (5, 10, 15, 10, 15, 0),
    "3-5": (4, 10, 14, 14, 18, 4),
    "4-5": (3, 15, 18, 15, 18, 0),
    "5-6": (2, 18, 20, 18, 20, 0),
}

FOURTEEN = {
    "A": (5, 5, 7, ""),
    "B": (1, 2, 5, ""),
    "C": (5, 5, 5, "A"),
    "D": (4, 8, 13, "A"),
    "E": (1, 10, 17, "BC"),
    "F": (1, 5, 7, "D"),
    "G": (2, 6, 9, "D"),
    "H": (4, 4, 6, "EF"),
    "I": (2, 7, 10, "GH"),
    "J": (2, 4, 7, "I"),
    "K": (6, 10, 13, "I"),
    "L": (2, 6, 6, "J"),
    "M": (2, 2, 3, "K"),
    "N": (7, 7, 12, "LM"),
}


def estimates() -> dict[str, ThreePoint]:
    return {key: ThreePoint(a, m, b) for key, (a, m, b, _) in FOURTEEN.items()}


def test_the_textbook_network_of_seven_activities() -> None:
    found = critical_path(
        Activity(f"{a}-{b}", days, tuple(f"{c}-{d}" for c, d, _ in TAYLOR_ARCS if d == a)) for a, b, days in TAYLOR_ARCS
    )
    table = {
        key: (
            {f"{a}-{b}": d for a, b, d in TAYLOR_ARCS}[key],
            t.earliest_start,
            t.earliest_finish,
            t.latest_start,
            t.latest_finish,
            t.float_,
        )
        for key, t in found.times.items()
    }
    assert table == TAYLOR
    assert found.length == 20
    assert found.critical == ("1-3", "3-4", "4-5", "5-6")


def test_the_published_network_of_fourteen_three_point_estimates() -> None:
    points = estimates()
    means = (5.33, 2.33, 5, 8.17, 9.67, 4.67, 5.83, 4.33, 6.67, 4.17, 9.83, 5.33, 2.17, 7.83)
    deviations = (0.33, 0.67, 0, 1.5, 2.67, 1.0, 1.17, 0.33, 1.33, 0.83, 1.17, 0.67, 0.17, 0.83)
    assert [one.mean for one in points.values()] == pytest.approx(means, abs=0.0067)
    assert [one.deviation for one in points.values()] == pytest.approx(deviations, abs=0.0067)
    found = critical_path(Activity(key, points[key].mean, tuple(FOURTEEN[key][3])) for key in FOURTEEN)
    printed = {
        "A": (0, 5.33, 0, 5.33, 0),
        "B": (0, 2.33, 8, 10.33, 8),
        "C": (5.33, 10.33, 5.33, 10.33, 0),
        "D": (5.33, 13.5, 7.17, 15.33, 1.83),
        "E": (10.33, 20, 10.33, 20, 0),
        "F": (13.5, 18.17, 15.33, 20, 1.83),
    }
    for key, expected in printed.items():
        t = found.times[key]
        row = (t.earliest_start, t.earliest_finish, t.latest_start, t.latest_finish, t.float_)
        assert row == pytest.approx(expected, abs=0.0067)
    assert found.length == pytest.approx(50.8333, abs=1e-4)
    assert found.critical == tuple("ACEHIKMN")
    path = [points[key] for key in found.critical]
    assert sum(one.deviation**2 for one in path) == pytest.approx(11.1944, abs=1e-4)
    assert path_probability(path, 55) == pytest.approx(0.8935, abs=1e-4)


def test_a_path_without_doubt_ends_when_it_ends() -> None:
    sure = [ThreePoint(2, 2, 2), ThreePoint(3, 3, 3)]
    assert (path_probability(sure, 4.9), path_probability(sure, 5)) == (0, 1)
    with pytest.raises(ValueError, match="must rise"):
        ThreePoint(3, 2, 1)


def test_work_that_waits_for_itself_is_reported_and_what_follows_it_is_unknown() -> None:
    found = critical_path(
        [Activity("A", 1, ("B",)), Activity("B", 1, ("A",)), Activity("C", 1, ("B",)), Activity("D", 4)]
    )
    assert found.cycles == (("A", "B"),)
    assert found.unknown == ("C",)
    assert found.length is None
    assert found.times["C"].float_ is None
    assert found.times["D"].float_ == 0


def test_what_waits_for_unknown_work_or_has_no_duration_is_unknown() -> None:
    found = critical_path([Activity("A", 2, ("NOBODY-1",)), Activity("B", 2, ("A",)), Activity("C", None)])
    assert found.unknown == ("A", "B", "C")
    assert found.critical == ()


def test_a_deadline_moves_the_float_of_everything() -> None:
    activities = [Activity("A", 3), Activity("B", 2, ("A",)), Activity("C", 1)]
    assert critical_path(activities, deadline=4).critical == ("A", "B")
    assert critical_path(activities, deadline=9).critical == ()
    assert critical_path(activities, deadline=4).times["B"].float_ == -1


def test_an_empty_network_takes_no_time() -> None:
    assert critical_path([]).length == 0


networks = st.lists(
    st.tuples(st.integers(0, 20), st.sets(st.integers(0, 14), max_size=3)), min_size=1, max_size=15
).map(lambda rows: [Activity(f"{n}", d, tuple(f"{b}" for b in before if b < n)) for n, (d, before) in enumerate(rows)])


@given(work=networks)
def test_every_network_has_a_critical_path_as_long_as_itself(work: list[Activity]) -> None:
    found = critical_path(work)
    length = {one.key: one.duration or 0 for one in work}
    assert found.length is not None
    assert max(t.earliest_finish or 0 for t in found.times.values()) == found.length
    assert sum(length[key] for key in found.critical) >= found.length
    assert all((t.float_ or 0) >= 0 for t in found.times.values())


@given(work=networks, extra=st.integers(0, 9), place=st.integers(0, 14))
def test_longer_work_never_makes_the_network_shorter(work: list[Activity], extra: int, place: int) -> None:
    n = place % len(work)
    longer = [*work[:n], Activity(work[n].key, (work[n].duration or 0) + extra, work[n].waits_for), *work[n + 1 :]]
    assert (critical_path(longer).length or 0) >= (critical_path(work).length or 0)
