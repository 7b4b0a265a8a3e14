"""The forecast of one milestone: the later of the flow of its work and the network of its dependencies."""

from __future__ import annotations

from datetime import date, timedelta

from pmbridge.assess.comparison import comparisons
from pmbridge.assess.network import NetworkFinish, network_finish
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Dates, Forecast, NetworkDates
from pmbridge.metrics import dates, wording
from pmbridge.metrics.outlook import Outlook


def forecasting(stands: Standing, expected: Outlook, around: Surroundings) -> tuple[Forecast, tuple[str, ...]]:
    """Return the forecast and the critical items."""
    if stands.plan.finished is not None:
        return dates.finished(f"It ended on {wording.day(stands.plan.finished)}."), ()
    if stands.plan.items == 0:
        return dates.unknown("Nothing is in scope."), ()
    flow = dates.forecast_dates(expected, around.related.windows[stands.milestone.key].rule)
    if flow.status != "ok":
        return flow, ()
    simulations = comparisons(stands, expected, around)
    found = network_finish(stands, around.network, around.times, around.reading, expected.snapshot.days_to_due)
    if found is None:
        return flow.model_copy(update={"binds": "flow", "simulations": simulations}), ()
    return _bound(flow, found, around.reading.today).model_copy(update={"simulations": simulations}), found.critical


def _bound(flow: Forecast, found: NetworkFinish, today: date) -> Forecast:
    """Take the later of both, and say which binds: it is the one whose likely date is later."""
    p50, p85 = (today + timedelta(days=days) for days in (found.p50, found.p85))
    network = NetworkDates(
        p50=p50,
        p85=p85,
        critical=found.critical,
        criticality={key: round(share, 3) for key, share in sorted(found.criticality.items())},
    )
    if flow.p85 is None or p85 <= flow.p85:
        return flow.model_copy(update={"binds": "flow", "network": network})
    reason = f"Dependencies bind: the longest chain of work that waits for other work ends by {wording.day(p85)}."
    growing, frozen = (_later(one, found, p50, p85) for one in (flow.growing_scope, flow.frozen_scope))
    return flow.model_copy(
        update={
            "binds": "network",
            "network": network,
            "growing_scope": growing,
            "frozen_scope": frozen,
            "reasons": (*flow.reasons, reason),
            **{name: getattr(growing, name) for name in ("p50", "p85", "p95", "on_time_probability")},
        }
    )


def _later(flow: Dates, found: NetworkFinish, p50: date, p85: date) -> Dates:
    chance = flow.on_time_probability
    if chance is not None and found.on_time is not None:
        chance = round(min(chance, found.on_time), 4)
    return Dates(
        p50=max(one for one in (flow.p50, p50) if one is not None),
        p85=max(one for one in (flow.p85, p85) if one is not None),
        p95=max(one for one in (flow.p95, p85) if one is not None),
        on_time_probability=chance,
    )
