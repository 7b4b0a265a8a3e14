"""The parts of the contract that nobody computes, each saying why."""

from __future__ import annotations

from datetime import datetime

from pmbridge.assessment import Acceptance, Bugs, EarnedValue, FigureStatus, Reliability, missing

_NO_BUDGET = "no budget or baseline cost is configured"
_NOT_YET = "not computed by this version"


def earned_value(*, has_budget: bool) -> EarnedValue:
    """Leave every index out."""
    money = missing("", _NOT_YET) if has_budget else missing("", _NO_BUDGET, FigureStatus.NOT_APPLICABLE)
    return EarnedValue(
        bac=money, pv=money, ev=money, ac=money, spi=money, cpi=money, eac=money, earned_schedule=money, spi_t=money
    )


def acceptance() -> Acceptance:
    """Give no verdict."""
    return Acceptance(
        verdict="unknown",
        coverage=None,
        verified=None,
        pass_rate=None,
        reasons=(f"acceptance is {_NOT_YET}",),
    )


def bugs(launched_at: datetime | None) -> Bugs:
    """Count nothing; the launch is known or it is not."""
    reason = f"bug flow is {_NOT_YET}" if launched_at else "not launched yet"
    status = FigureStatus.UNKNOWN if launched_at else FigureStatus.NOT_APPLICABLE
    days, part = missing("days", reason, status), missing("", reason, status)
    return Bugs(
        launched_at=launched_at,
        reports=None,
        defects=None,
        closed=None,
        reopened=None,
        backlog=None,
        escaped_rate=None,
        time_to_resolve_p50=days,
        time_to_resolve_p85=days,
        reopen_rate=part,
        sla_attainment=part,
        reliability=_reliability(reason),
        stabilised_on=None,
        reasons=(reason,),
    )


def _reliability(reason: str) -> Reliability:
    return Reliability(status="unknown", model=None, residual=None, interval=None, refusal=reason)
