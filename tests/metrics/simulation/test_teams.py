from __future__ import annotations

from pmbridge.metrics.simulation.teams import Teams, quantile, step


def test_two_teams_at_even_odds_are_done_together_one_time_in_four() -> None:
    team = step([(10, 0.5), (20, 1.0)])
    both = Teams((team, team))
    assert both.independent(10) == 0.25
    assert both.independent(20) == 1.0
    assert quantile(both.independent, 0.85, (10, 20)) == 20
    assert both.comonotonic(10) == 0.5
    assert quantile(both.independent, 0.85, (10,)) is None


def test_the_truth_lies_between_the_two_bounds() -> None:
    both = Teams((step([(1, 0.3), (2, 0.9)]), step([(1, 0.6), (2, 0.7)])))
    assert all(both.independent(t) <= both.comonotonic(t) for t in (0, 1, 2))
    assert Teams(()).comonotonic(1) == Teams(()).independent(1) == 1
