from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.metrics.forecast import HORIZON_DAYS, Snapshot, Target, forecast
from pmbridge.metrics.scoring import brier, crps_days, crps_ensemble, crps_normal, pinball_loss

samples = st.lists(st.integers(-50, 50), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("quantiles", "q", "loss"),
    [
        ((0, 2, 3), 0.1, 0.0333333333),
        ((1, 2, 4), 0.1, 0.3),
        ((0, 2, 3), 0.9, 0.3),
        ((1, 2, 4), 0.9, 0.0333333333),
    ],
)
def test_pinball_losses_equal_those_of_scikit_learn(quantiles: tuple[float, ...], q: float, loss: float) -> None:
    assert pinball_loss((1, 2, 3), quantiles, q) == pytest.approx(loss, abs=1e-8)


@pytest.mark.parametrize(
    ("sample", "outcome", "score"), [((8, 9, 9, 10, 12), 11, 1.08), ((10,), 12, 2.0), ((1, 2, 3), 2, 0.2222222222)]
)
def test_the_ranked_score_of_a_sample_is_its_energy_form(
    sample: tuple[float, ...], outcome: float, score: float
) -> None:
    assert crps_ensemble(sample, outcome) == pytest.approx(score, abs=1e-9)


def test_the_ranked_score_of_a_normal_forecast_at_its_centre() -> None:
    assert crps_normal(0, 1, 0) == pytest.approx(0.2336949773, abs=1e-9)


@given(sample=samples, outcome=st.integers(-50, 50))
def test_the_ranked_score_of_a_sample_is_the_area_between_two_step_lines(sample: list[int], outcome: int) -> None:
    area = sum((sum(x <= k for x in sample) / len(sample) - (outcome <= k)) ** 2 for k in range(-51, 51))
    assert crps_ensemble(sample, outcome) == pytest.approx(area, abs=1e-9)


@given(days=st.integers(1, 400))
def test_the_ranked_score_of_a_finish_is_that_of_its_own_percentiles(days: int) -> None:
    prediction = forecast(Snapshot(20, (2, 3, 1), 30), (), Target.GROWING)
    sample = [prediction.quantile_days((k + 0.5) / 2000) for k in range(2000)]
    assert crps_days(prediction, days) == pytest.approx(crps_ensemble(sample, days), abs=0.1)


def test_a_finish_beyond_the_horizon_is_scored_up_to_it() -> None:
    prediction = forecast(Snapshot(20, (2, 3, 1)), (), Target.GROWING)
    assert crps_days(prediction, HORIZON_DAYS + 1) == crps_days(prediction, 10 * HORIZON_DAYS)


@pytest.mark.parametrize(("probability", "happened", "score"), [(1.0, True, 0.0), (1.0, False, 1.0), (0.3, True, 0.49)])
def test_a_probability_is_scored_by_its_squared_error(probability: float, happened: bool, score: float) -> None:
    assert brier(probability, happened) == pytest.approx(score)


def test_a_score_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one outcome"):
        pinball_loss((), (), 0.5)
    with pytest.raises(ValueError, match="at least one value"):
        crps_ensemble((), 1)
