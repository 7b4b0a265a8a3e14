"""The sides of a milestone's health beside its schedule: money, people, risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assess.crew import people_of
from pmbridge.assess.money import Account
from pmbridge.assess.network import dependencies
from pmbridge.assess.rebaselining import agreed_account
from pmbridge.assess.risk_register import register_of
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Forecast, HealthStatus
from pmbridge.config.thresholds import HealthSettings
from pmbridge.metrics.budget import BudgetLimits, budget_verdict
from pmbridge.metrics.exposure import Dependencies, risks_verdict
from pmbridge.metrics.register import Register
from pmbridge.metrics.resources import People, ResourceLimits, resources_verdict
from pmbridge.metrics.schedule import Verdict
from pmbridge.model import Freeze

_UNKNOWN = Verdict(HealthStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sides:
    """What is known beside the schedule; ``missing`` says what the unknown dimensions lack."""

    account: Account
    links: Dependencies
    people: People
    register: Register | None
    verdicts: Mapping[str, Verdict]
    missing: Mapping[str, str]
    required: frozenset[str]


def sides(
    stands: Standing,
    around: Surroundings,
    forecast: Forecast,
    critical: Sequence[str],
    freezes: Sequence[Freeze] = (),
) -> Sides:
    """Look at each side; of a milestone that has ended only the money is judged."""
    money = agreed_account(stands, freezes, around)
    running = stands.plan.finished is None
    links, people, book = Dependencies(linked=False), People(), None
    if running:
        reading = around.reading
        links = dependencies(stands, around.network, reading, around.related)
        people = people_of(stands, critical, around.crew, around.calendars, around.who, reading.today)
        book = register_of(stands.milestone, around.risks, around.who, _contingency(forecast))
    limits = around.settings.health
    budget = _UNKNOWN if money.money is None else _budget(money, forecast, limits)
    verdicts = {
        "budget": budget,
        "resources": resources_verdict(people, ResourceLimits(limits.load_amber, limits.load_red)),
        "risks": risks_verdict(book, links, stands.milestone.due, around.reading.today) if running else _UNKNOWN,
    }
    lacks = _missing(money, people, book, links) if running else _over(money)
    return Sides(money, links, people, book, verdicts, lacks, _required(money))


def _budget(money: Account, forecast: Forecast, limits: HealthSettings) -> Verdict:
    thresholds = BudgetLimits(limits.cpi_amber, limits.cpi_red, limits.over_amber, limits.over_red)
    assert money.money is not None
    return budget_verdict(money.money, forecast.p50, forecast.p85, thresholds)


def _contingency(forecast: Forecast) -> int | None:
    """Return the natural contingency: the days between the even-odds and the likely finish."""
    return (forecast.p85 - forecast.p50).days if forecast.p50 is not None and forecast.p85 is not None else None


def _required(money: Account) -> frozenset[str]:
    """Where money is planned, not knowing how it stands cannot be green."""
    return frozenset({"schedule"} | ({"budget"} if money.money is not None else set()))


def _over(money: Account) -> dict[str, str]:
    return {"resources": "it has ended", "risks": "it has ended", "budget": _no_budget(money)}


def _no_budget(money: Account) -> str:
    if money.money is None:
        return "no money is planned for it, or no rates are configured"
    return "too little time is logged to know the cost"


def _missing(money: Account, people: People, book: Register | None, links: Dependencies) -> dict[str, str]:
    lacks = {"budget": _no_budget(money)}
    lacks["resources"] = (
        "no open work is assigned and no teams are configured"
        if people.concentration is None
        else "no teams are configured, so no load is known"
    )
    gaps = [
        *(["no risk is written down in the product"] if book is None else []),
        *([] if links.linked else ["no work is linked as blocking other work"]),
    ]
    lacks["risks"] = " and ".join(gaps) or "nothing is known"
    return lacks
