from __future__ import annotations

import pytest

from pmbridge.metrics.risk_words import cost, impact_days, probability


@pytest.mark.parametrize(
    ("text", "labels", "value"),
    [
        ("Probability: 30 %\nImpact: 10 days", (), 0.3),
        ("probability 0.3", (), 0.3),
        ("Probability: 45", (), 0.45),
        ("**Probability:** high", (), 0.8),
        ("", ("probability::very low",), 0.05),
        ("improbable", (), None),
        ("Probability: 300 %", (), None),
        ("", (), None),
    ],
)
def test_a_probability_is_read_as_people_write_it(text: str, labels: tuple[str, ...], value: float | None) -> None:
    assert probability(text, labels) == value


def test_an_impact_is_read_in_days_or_money() -> None:
    assert impact_days("Impact: 2 weeks") == 14
    assert impact_days("", ("impact::5 days",)) == 5
    assert impact_days("impactful") is None
    assert cost("Cost: 20,000 EUR") == 20_000
    assert cost("costs a lot") is None
