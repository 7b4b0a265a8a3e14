from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.assessment import Confidence, Figure, missing
from pmbridge.metrics.confidence import (
    WEIGHTS,
    Found,
    Gap,
    Metric,
    capped,
    fixes,
    grade,
    graded,
    sample_cap,
    trust,
)

founds = st.lists(
    st.builds(Found, st.sampled_from(Gap), st.floats(0, 1), st.just("Fix it.")), unique_by=lambda f: f.gap, max_size=8
)


@pytest.mark.parametrize(("kept", "letter"), [(1, "A"), (0.9, "A"), (0.89, "B"), (0.75, "B"), (0.5, "C"), (0.49, "D")])
def test_letters_begin_where_the_handbook_says(kept: float, letter: str) -> None:
    assert grade(kept) == letter


def test_gaps_multiply_and_only_hurt_the_figures_they_concern() -> None:
    gaps = [Found(Gap.UNMAPPED, 0.1, "Map."), Found(Gap.JUMPS, 0.5, "Start work before it is done.")]
    held = trust(Metric.CYCLE_TIME, gaps)
    assert held.kept == pytest.approx(0.9 * 0.55)
    assert held.grade is Confidence.D
    assert held.worst is gaps[1]
    assert trust(Metric.THROUGHPUT, gaps).kept == pytest.approx(0.9)
    assert trust(Metric.COST, gaps).worst is None


def test_a_cap_lowers_the_grade_and_says_why() -> None:
    held = trust(Metric.FORECAST, [], [(Confidence.C, "only 5 finishes"), (Confidence.B, "few weeks")])
    assert (held.grade, held.cap) == (Confidence.C, "only 5 finishes")
    assert trust(Metric.FORECAST, [], [(Confidence.A, "-")]).cap is None
    assert [sample_cap(n, 4, 8, 12) for n in (3, 7, 11, 12)] == [Confidence.D, Confidence.C, Confidence.B, None]
    assert capped(Confidence.D, None) is Confidence.D


def test_the_fix_that_gains_most_comes_first_with_the_grades_it_raises() -> None:
    gaps = [
        Found(Gap.UNMAPPED, 0.05, "Map the status Limbo"),
        Found(Gap.NO_ESTIMATE, 0.5, "Estimate 12 items"),
        Found(Gap.NO_WORKLOGS, 0.0, "Log time"),
    ]
    best, second = fixes(gaps, [trust(metric, gaps) for metric in Metric])
    assert best.text == "Estimate 12 items"
    assert best.sentence == "Estimate 12 items: earned value C → A, load C → A, dependencies C → A."
    assert second.text == "Map the status Limbo"
    assert second.sentence == "Map the status Limbo."


def test_a_figure_of_grade_d_carries_its_reason() -> None:
    held = trust(Metric.CYCLE_TIME, [Found(Gap.JUMPS, 0.9, "Move work through In Progress.")])
    shown = graded(Figure(value=3.0, unit="days"), held)
    assert (shown.confidence, shown.reasons) == (Confidence.D, ("Move work through In Progress.",))
    nothing = missing("days", "no item is finished")
    assert graded(nothing, held) is nothing
    assert graded(Figure(value=1, unit=""), trust(Metric.SCOPE, [])).reasons == ()


@given(gaps=founds, extra=st.sampled_from(Gap), share=st.floats(0, 1))
def test_another_gap_never_raises_a_grade(gaps: list[Found], extra: Gap, share: float) -> None:
    more = [*(one for one in gaps if one.gap is not extra), Found(extra, share, "")]
    less = [one for one in more if one.gap is not extra]
    for metric in Metric:
        assert trust(metric, more).kept <= trust(metric, less).kept
        assert 0 <= trust(metric, more).kept <= 1


def test_every_weight_is_a_share() -> None:
    assert all(0 < weight <= 1 for weight in WEIGHTS.values())
