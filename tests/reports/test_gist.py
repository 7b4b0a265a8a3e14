from __future__ import annotations

from datetime import timedelta

import pytest

from pmbridge.assessment import HealthStatus
from pmbridge.reports.gist import block_gist, comment_gist, line_gist

GISTS = (comment_gist, block_gist, line_gist)


def forecast(milestone, **new):
    return milestone.model_copy(update={"forecast": milestone.forecast.model_copy(update=new)})


def health(milestone, **new):
    return milestone.model_copy(update={"health": milestone.health.model_copy(update=new)})


@pytest.mark.parametrize("gist", GISTS)
@pytest.mark.parametrize(("days", "moved"), [(0, False), (7, False), (-7, False), (8, True), (-8, True)])
def test_a_forecast_may_drift_by_a_week(milestone, gist, days, moved):
    later = forecast(milestone, p85=milestone.forecast.p85 + timedelta(days=days))
    assert gist(later).differs(gist(milestone)) is moved


@pytest.mark.parametrize("gist", GISTS)
def test_a_colour_that_turned_is_always_told(milestone, gist):
    assert gist(health(milestone, status=HealthStatus.GREEN)).differs(gist(milestone))


@pytest.mark.parametrize("gist", GISTS)
def test_a_due_date_that_was_moved_by_a_day_and_an_item_that_was_done_are_told(milestone, gist):
    postponed = milestone.model_copy(update={"due": milestone.due + timedelta(days=1)})
    assert gist(postponed).differs(gist(milestone))
    scope = milestone.scope.model_copy(update={"done": milestone.scope.done + 1})
    assert gist(milestone.model_copy(update={"scope": scope})).differs(gist(milestone))


def test_a_chance_may_drift_by_ten_points(milestone):
    chance = milestone.forecast.on_time_probability
    assert not comment_gist(forecast(milestone, on_time_probability=chance + 0.1)).differs(comment_gist(milestone))
    assert comment_gist(forecast(milestone, on_time_probability=chance + 0.11)).differs(comment_gist(milestone))


def test_measured_values_risks_and_what_was_before_move_by_themselves(milestone):
    reasons = tuple(reason.model_copy(update={"measured": "48 %"}) for reason in milestone.health.reasons)
    older = health(milestone, reasons=reasons, previous=HealthStatus.UNKNOWN, remedy="Drop 3 items.")
    older = older.model_copy(update={"risks": ()})
    assert not comment_gist(older).differs(comment_gist(milestone))


def test_the_block_does_not_care_for_what_only_the_comment_tells(milestone):
    ledger = milestone.ledger.model_copy(update={"added": milestone.ledger.added + 1})
    moved = milestone.model_copy(update={"ledger": ledger})
    assert comment_gist(moved).differs(comment_gist(milestone))
    assert not block_gist(moved).differs(block_gist(milestone))
