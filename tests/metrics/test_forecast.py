from __future__ import annotations

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.forecast import (
    CONSTANTS,
    HORIZON_DAYS,
    PastMilestone,
    Prediction,
    Regime,
    Snapshot,
    Target,
    forecast,
    residual,
    two_scopes,
    weekly_finishes,
)

WEEKS = (0, 2, 1, 3, 2, 4)
PAST_RESIDUALS = ((0.30, 0.10, -0.10), (0.50, 0.40, 0.30), (-0.20, -0.10, 0.0), (0.60, 0.20, 0.10))
PAST = tuple(PastMilestone(tuple((Regime.NONE, r) for r in residuals)) for residuals in PAST_RESIDUALS)
CASE_A = Snapshot(remaining=20, weekly_finishes=WEEKS, typical_days=77.0, finished_windows=4)
CASE_B = Snapshot(remaining=20, weekly_finishes=WEEKS, days_to_due=21)
CASE_C = Snapshot(remaining=20, weekly_finishes=WEEKS, days_to_due=-10)

levels = st.floats(0.01, 0.99)
targets = st.sampled_from(Target)
regimes = st.sampled_from(Regime)
dues = st.none() | st.integers(-400, 400)
residuals = st.tuples(regimes, st.floats(-3, 3))
pasts = st.lists(st.lists(residuals, max_size=4).map(lambda r: PastMilestone(tuple(r))), max_size=25)


@st.composite
def snapshots(draw: st.DrawFn, due: st.SearchStrategy[int | None] = dues) -> Snapshot:
    return Snapshot(
        remaining=draw(st.integers(1, 500)),
        weekly_finishes=tuple(draw(st.lists(st.integers(0, 40), min_size=1, max_size=26))),
        days_to_due=draw(due),
        typical_days=draw(st.none() | st.floats(10, 730)),
        finished_windows=draw(st.integers(0, 8)),
    )


def rounded(prediction: Prediction) -> tuple[float, ...]:
    p = prediction
    general = p.location - p.shift
    return tuple(round(x, 4) for x in (general, p.n, p.shift, p.location, p.scale, p.freedom))


def days(prediction: Prediction) -> tuple[int, ...]:
    return tuple(prediction.quantile_days(q) for q in (0.50, 0.85, 0.95))


@pytest.mark.parametrize(
    ("snapshot", "past", "target", "parameters", "percentiles", "within_30"),
    [
        (CASE_A, PAST, Target.GROWING, (3.7699, 3.5290, 0.1111, 3.8810, 0.6580, 9.5290), (49, 100, 161), 0.2417),
        (CASE_A, PAST, Target.FROZEN, (3.4308, 3.5290, 0.1111, 3.5419, 0.7304, 9.5290), (35, 77, 131), 0.4257),
        (CASE_B, (), Target.GROWING, (3.0943, 0, 0, 3.0943, 0.5625, 6), (23, 42, 66), 0.6975),
        (CASE_C, (), Target.GROWING, (2.8900, 0, 0, 2.8900, 0.8343, 6), (18, 47, 92), 0.7187),
    ],
    ids=["no due date", "no due date, frozen", "due ahead", "overdue"],
)
def test_the_worked_example_holds_to_its_last_digit(
    snapshot: Snapshot,
    past: tuple[PastMilestone, ...],
    target: Target,
    parameters: tuple[float, ...],
    percentiles: tuple[int, ...],
    within_30: float,
) -> None:
    prediction = forecast(snapshot, past, target)
    assert rounded(prediction) == parameters
    assert days(prediction) == percentiles
    assert round(prediction.probability_within(30), 4) == within_30


def test_the_chance_to_make_the_due_date_of_the_worked_example() -> None:
    assert round(forecast(CASE_B, (), Target.GROWING).probability_within(21), 4) == 0.4662


def test_the_pace_of_the_worked_example() -> None:
    assert CASE_A.weekly_rate == pytest.approx(12.5 / 6.5)
    assert CASE_A.work_days == pytest.approx(72.8)


@pytest.mark.parametrize(
    ("days_to_due", "regime"), [(None, Regime.NONE), (1, Regime.DUE), (0, Regime.OVER), (-3, Regime.OVER)]
)
def test_a_due_date_is_over_on_its_own_day(days_to_due: int | None, regime: Regime) -> None:
    assert Snapshot(1, (0,), days_to_due).regime is regime


@pytest.mark.parametrize(("typical", "windows"), [(None, 0), (60.0, 1), (None, 5)])
def test_one_finished_milestone_is_no_usual_length(typical: float | None, windows: int) -> None:
    snapshot = Snapshot(20, WEEKS, None, typical, windows)
    assert snapshot.features == (1.0, pytest.approx(log(72.8)), 0.0, 1.0)


@given(snapshot=snapshots(), past=pasts, target=targets, first=levels, second=levels)
def test_a_higher_percentile_is_never_earlier(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, first: float, second: float
) -> None:
    prediction = forecast(snapshot, past, target)
    low, high = sorted((first, second))
    assert 1 <= prediction.quantile_days(low) <= prediction.quantile_days(high) <= HORIZON_DAYS


@given(snapshot=snapshots(), past=pasts, target=targets, q=levels, more=st.integers(1, 500))
def test_more_remaining_items_are_never_earlier(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, q: float, more: int
) -> None:
    larger = Snapshot(
        snapshot.remaining + more,
        snapshot.weekly_finishes,
        snapshot.days_to_due,
        snapshot.typical_days,
        snapshot.finished_windows,
    )
    assert forecast(larger, past, target).quantile_days(q) >= forecast(snapshot, past, target).quantile_days(q)


@given(snapshot=snapshots(), past=pasts, target=targets, q=levels)
def test_doubled_throughput_is_never_later(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, q: float
) -> None:
    faster = Snapshot(
        snapshot.remaining,
        tuple(2 * count for count in snapshot.weekly_finishes),
        snapshot.days_to_due,
        snapshot.typical_days,
        snapshot.finished_windows,
    )
    assert forecast(faster, past, target).quantile_days(q) <= forecast(snapshot, past, target).quantile_days(q)


@given(snapshot=snapshots(st.integers(1, 400)), past=pasts, target=targets, q=levels, later=st.integers(1, 400))
def test_a_later_due_date_that_has_not_passed_is_never_earlier(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, q: float, later: int
) -> None:
    assert snapshot.days_to_due is not None
    moved = Snapshot(snapshot.remaining, snapshot.weekly_finishes, snapshot.days_to_due + later)
    as_was = Snapshot(snapshot.remaining, snapshot.weekly_finishes, snapshot.days_to_due)
    assert forecast(moved, past, target).quantile_days(q) >= forecast(as_was, past, target).quantile_days(q)


@given(snapshot=snapshots(), past=pasts, target=targets, random=st.randoms(use_true_random=False))
def test_the_order_of_residuals_within_a_milestone_does_not_matter(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, random: object
) -> None:
    shuffled = []
    for milestone in past:
        values = list(milestone.residuals)
        random.shuffle(values)  # type: ignore[attr-defined]
        shuffled.append(PastMilestone(tuple(values)))
    straight, mixed = forecast(snapshot, past, target), forecast(snapshot, shuffled, target)
    assert mixed.location == pytest.approx(straight.location, abs=1e-12)
    assert mixed.scale == pytest.approx(straight.scale, abs=1e-12)


@given(snapshot=snapshots(), past=pasts, target=targets)
def test_residuals_of_another_regime_change_nothing(
    snapshot: Snapshot, past: list[PastMilestone], target: Target
) -> None:
    own = [
        PastMilestone(tuple((kind, r) for kind, r in milestone.residuals if kind is snapshot.regime))
        for milestone in past
    ]
    assert forecast(snapshot, own, target) == forecast(snapshot, past, target)


@given(snapshot=snapshots(), past=pasts, target=targets, days=st.integers(1, 3000))
def test_a_percentile_is_the_first_day_that_reaches_its_probability(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, days: int
) -> None:
    prediction = forecast(snapshot, past, target)
    reached = prediction.probability_within(days)
    if 0.001 < reached < 0.999:
        assert prediction.quantile_days(reached - 1e-6) <= days
        assert prediction.quantile_days(reached + 1e-6) > days


@given(snapshot=snapshots(), past=pasts, target=targets, q=st.floats(0.5, 0.99))
def test_widening_never_makes_a_high_percentile_earlier(
    snapshot: Snapshot, past: list[PastMilestone], target: Target, q: float
) -> None:
    plain, wide = forecast(snapshot, past, target), forecast(snapshot, past, target, widen=1.3)
    assert wide.quantile_days(q) >= plain.quantile_days(q)
    assert wide.scale == pytest.approx(1.3 * plain.scale)


@given(snapshot=snapshots(), growing=pasts, frozen=pasts, q=levels, days=st.integers(0, 1000))
def test_shown_together_the_growing_scope_never_ends_before_the_frozen_one(
    snapshot: Snapshot, growing: list[PastMilestone], frozen: list[PastMilestone], q: float, days: int
) -> None:
    both = two_scopes(snapshot, growing, frozen)
    assert both.growth_cost_days(q) >= 0
    assert both.quantile_days(Target.FROZEN, q) == both.frozen.quantile_days(q)
    assert both.probability_within(Target.GROWING, days) <= both.probability_within(Target.FROZEN, days)


@given(snapshot=snapshots(), true_days=st.integers(1, 2000), target=targets)
def test_a_residual_undoes_the_general_pattern(snapshot: Snapshot, true_days: int, target: Target) -> None:
    regime, off = residual(snapshot, target, true_days)
    assert regime is snapshot.regime
    assert exp(snapshot.general_log_days(target) + off) == pytest.approx(true_days)


def test_a_project_that_always_takes_twice_the_pattern_ends_up_there() -> None:
    past = [PastMilestone(((Regime.NONE, log(2)),))] * 40
    prediction = forecast(CASE_A, past, Target.GROWING)
    assert prediction.longer_by == pytest.approx(0.80, abs=0.05)
    assert prediction.scale < forecast(CASE_A, (), Target.GROWING).scale


def test_only_the_newest_twenty_milestones_are_heard() -> None:
    heard = [PastMilestone(((Regime.NONE, 0.1),))] * 20
    forgotten = [PastMilestone(((Regime.NONE, 3.0),))] * 5
    assert forecast(CASE_A, [*heard, *forgotten], Target.GROWING) == forecast(CASE_A, heard, Target.GROWING)


def test_a_newer_milestone_weighs_more_than_an_older_one() -> None:
    slow, quick = PastMilestone(((Regime.NONE, 0.5),)), PastMilestone(((Regime.NONE, -0.5),))
    assert forecast(CASE_A, [slow, quick], Target.GROWING).shift > 0
    assert forecast(CASE_A, [quick, slow], Target.GROWING).shift < 0


def test_a_date_beyond_the_horizon_is_the_horizon() -> None:
    endless = Prediction(Target.GROWING, Regime.NONE, location=900.0, scale=50.0, freedom=6.0, n=0.0, shift=0.0)
    assert endless.quantile_days(0.5) == HORIZON_DAYS
    assert endless.probability_within(HORIZON_DAYS) == pytest.approx(0.0, abs=1e-6)


def test_a_finish_within_the_day_takes_one_day() -> None:
    prompt = Prediction(Target.GROWING, Regime.DUE, location=-900.0, scale=0.5, freedom=6.0, n=0.0, shift=0.0)
    assert prompt.quantile_days(0.05) == 1


@pytest.mark.parametrize("days", [0, -1, -400])
def test_nothing_is_finished_on_a_day_that_has_passed(days: int) -> None:
    assert forecast(CASE_A, (), Target.GROWING).probability_within(days) == 0.0


def test_plain_numbers_come_out() -> None:
    prediction = forecast(CASE_A, PAST, Target.GROWING)
    assert type(prediction.quantile_days(0.85)) is int
    assert type(prediction.probability_within(30)) is float
    assert type(prediction.scale) is float


def test_every_target_has_constants_for_every_regime() -> None:
    assert set(CONSTANTS) == {(target, regime) for target in Target for regime in Regime}


@pytest.mark.parametrize(
    ("finishes", "begin", "weeks"),
    [
        ([], 100, (0,)),
        ([100], 100, (1,)),
        ([93, 94, 100], 86, (1, 2)),
        ([86, 87, 93], 86, (2, 0)),
        ([99, 50, 101], 50, (0, 0, 0, 0, 0, 0, 1)),
        ([100, 80], 90, (1,)),
    ],
    ids=["none", "today", "a block ends with its day", "before the first block", "later ones", "older ones"],
)
def test_finishes_are_counted_in_seven_day_blocks_back_from_today(
    finishes: list[int], begin: int, weeks: tuple[int, ...]
) -> None:
    assert weekly_finishes(finishes, 100, begin) == weeks


@given(finishes=st.lists(st.integers(-300, 100)), begin=st.integers(-500, 120))
def test_weeks_are_between_one_and_half_a_year(finishes: list[int], begin: int) -> None:
    weeks = weekly_finishes(finishes, 100, begin)
    assert 1 <= len(weeks) <= 26
    assert sum(weeks) == sum(100 - 7 * len(weeks) < day <= 100 for day in finishes)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((-1, (1,)), "remaining is -1"),
        ((1, ()), "1 to 26 counts"),
        ((1, (1,) * 27), "1 to 26 counts"),
        ((1, (1, -2)), "counts of 0 or more"),
        ((1, (1,), None, 0.0), "typical_days is 0.0"),
    ],
)
def test_a_state_that_cannot_be_is_refused(arguments: tuple[object, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Snapshot(*arguments)  # type: ignore[arg-type]


def test_where_nothing_is_open_there_is_no_finish_to_forecast() -> None:
    with pytest.raises(ValueError, match="nothing is open"):
        forecast(Snapshot(0, (3,)), (), Target.GROWING)


def test_a_forecast_is_never_narrowed() -> None:
    with pytest.raises(ValueError, match="never narrowed"):
        forecast(CASE_A, (), Target.GROWING, widen=0.9)


@pytest.mark.parametrize("q", [0.0, 1.0, 85])
def test_a_percentile_that_is_no_share_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        forecast(CASE_A, (), Target.GROWING).quantile_days(q)


def test_an_outcome_before_its_state_is_refused() -> None:
    with pytest.raises(ValueError, match="must lie after the snapshot"):
        residual(CASE_A, Target.GROWING, 0)
