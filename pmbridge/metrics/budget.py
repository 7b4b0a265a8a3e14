"""The colour of a milestone's money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pmbridge.assessment import Confidence, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.earned.performance import Performance
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Verdict, Weighed

#: Cost can be judged only where it is known this well.
_KNOWN = (Confidence.A, Confidence.B)


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Where the colour changes: the cost index, and the estimate at completion over the budget as a share."""

    cpi_amber: float = 0.95
    cpi_red: float = 0.90
    over_amber: float = 0.05
    over_red: float = 0.10


@dataclass(frozen=True, slots=True)
class Money:
    """What is planned, earned and spent, when it will be gone, and how far the costs can be trusted."""

    performance: Performance
    currency: str
    exhausted_on: date | None
    confidence: Confidence


def budget_verdict(money: Money, p50: date | None, p85: date | None, limits: BudgetLimits) -> Verdict:
    """Judge the cost index, the typical estimate at completion, and whether the money lasts until the finish.

    Money that is gone before the even-odds finish is red, before the likely one amber. Costs that are known badly give
    no colour at all.
    """
    if money.confidence not in _KNOWN or money.performance.ac is None:
        return Verdict(UNKNOWN)
    found = [*_index(money, limits), *_estimate(money, limits), *_exhaustion(money, p50, p85)]
    status = RED if any(red for red, _ in found) else AMBER if found else GREEN
    return Verdict(status, tuple(weighed for _, weighed in found))


def amount(value: float, currency: str) -> str:
    """Write money in whole units with thin groups: ``12 300 EUR``."""
    return f"{value:,.0f} {currency}".replace(",", " ")


def _index(money: Money, limits: BudgetLimits) -> list[tuple[bool, Weighed]]:
    cpi = money.performance.printable_cpi
    if cpi is None or cpi >= limits.cpi_amber:
        return []
    text = f"Every {money.currency} spent has earned {cpi:.2f} of plan (CPI)."
    reason = Reason(rule="budget.cpi", measured=f"{cpi:.2f}", threshold=f"{limits.cpi_amber:.2f}", text=text)
    return [(cpi < limits.cpi_red, Weighed(min(1.0, limits.cpi_amber - cpi), reason))]


def _estimate(money: Money, limits: BudgetLimits) -> list[tuple[bool, Weighed]]:
    performance = money.performance
    family = performance.estimates()
    if family.typical is None or performance.printable_cpi is None or family.range is None:
        return []
    over = family.typical / performance.bac - 1
    if over <= limits.over_amber:
        return []
    low, high = (amount(one, money.currency) for one in family.range)
    reason = Reason(
        rule="budget.estimate_at_completion",
        measured=f"{wording.share(over)} over",
        threshold=wording.share(limits.over_amber),
        text=f"At this rate it will cost {low} to {high}, of {amount(performance.bac, money.currency)}.",
        remedy=f"Find {amount(family.typical - performance.bac, money.currency)} more, or cut as much work.",
    )
    return [(over > limits.over_red, Weighed(min(1.0, over), reason))]


def _exhaustion(money: Money, p50: date | None, p85: date | None) -> list[tuple[bool, Weighed]]:
    gone = money.exhausted_on
    if gone is None or p85 is None or gone >= p85:
        return []
    before_even = p50 is not None and gone < p50
    finish = p50 if before_even and p50 is not None else p85
    kind = "even-odds" if before_even else "likely (85 %)"
    reason = Reason(
        rule="budget.exhaustion",
        measured=wording.day(gone),
        threshold=wording.day(finish),
        text=f"The money is gone by {wording.day(gone)}, before the {kind} finish on {wording.day(finish)}.",
        remedy=f"Agree on more money, or on less work, before {wording.day(gone)}.",
    )
    return [(before_even, Weighed(min(1.0, (finish - gone).days / 100), reason))]
