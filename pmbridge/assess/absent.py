"""The parts of the contract that nobody computes, each saying why."""

from __future__ import annotations

from pmbridge.assessment import EarnedValue, FigureStatus, missing

_NO_BUDGET = "no budget or baseline cost is configured"
_NOT_YET = "not computed by this version"


def earned_value(*, has_budget: bool) -> EarnedValue:
    """Leave every index out."""
    money = missing("", _NOT_YET) if has_budget else missing("", _NO_BUDGET, FigureStatus.NOT_APPLICABLE)
    return EarnedValue(
        bac=money, pv=money, ev=money, ac=money, spi=money, cpi=money, eac=money, earned_schedule=money, spi_t=money
    )
