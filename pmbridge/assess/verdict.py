"""The health of one milestone, from everything known about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pmbridge.assess.reading import Reading
from pmbridge.assess.rules import thresholds
from pmbridge.assess.standing import Standing
from pmbridge.assessment import Assessment, Forecast, Health, HealthStatus, Ledger, LedgerKind, Reason
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.metrics import wording
from pmbridge.metrics.causes import Suspects, causes, cost_of
from pmbridge.metrics.creep import scope_verdict
from pmbridge.metrics.health import Before, Case, health
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.remedy import remedy
from pmbridge.metrics.risks import blocked_keys
from pmbridge.metrics.schedule import Verdict, Weighed, schedule
from pmbridge.metrics.sentence import Was, sentence

_MISSING = {
    "scope": "there is no baseline to compare with: set a start date or freeze the milestone",
    "quality": "acceptance is not computed by this version",
    "budget": "cost is not computed by this version",
    "resources": "load is not computed by this version",
    "risks": "exposure is not computed by this version",
    "data": "no run has proved yet what the store holds",
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last assessment of the same product, if it is older."""

    assessment: Assessment | None

    def before(self, key: str) -> Before | None:
        """Return what it said of a milestone."""
        if self.assessment is None:
            return None
        found = next((m.health for m in self.assessment.milestones if m.key == key), None)
        return None if found is None else Before(self.assessment.as_of, found)

    def was(self, key: str, reading: Reading) -> Was | None:
        """Return the chance it gave a milestone."""
        if self.assessment is None:
            return None
        forecast = next((m.forecast for m in self.assessment.milestones if m.key == key), None)
        if forecast is None or forecast.on_time_probability is None:
            return None
        day = local_day(self.assessment.as_of, reading.zone)
        return Was(forecast.on_time_probability, day, forecast.confidence)


def verdict(
    stands: Standing,
    ledger: Ledger,
    outlook: Outlook,
    forecast: Forecast,
    reading: Reading,
    settings: ProductSettings,
    earlier: Earlier,
) -> Health:
    """Judge every dimension, choose the reasons, word the sentence."""
    limits = thresholds(settings)
    before = earlier.before(stands.milestone.key)
    asked = outlook if stands.plan.finished is None else None
    suspects = Suspects(_added(stands, ledger), blocked_keys(stands.open_work))
    way = None if asked is None else remedy(asked, limits.green_in)
    verdicts = {
        "schedule": schedule(
            stands.plan,
            _chance(forecast),
            forecast.p50,
            before.colour_of("schedule") if before else None,
            limits,
            confidence=forecast.confidence,
            refusal=forecast.refusal,
            remedy=way.text if way else None,
        ),
        "scope": scope_verdict(ledger, stands.baseline, limits, cost_of(len(suspects.added), asked)),
        **{name: Verdict(HealthStatus.UNKNOWN) for name in ("quality", "budget", "resources", "risks")},
        "data": _data(stands, reading),
    }
    case = Case(verdicts, causes(asked, suspects) if asked else (), ended=asked is None)
    return health(
        case,
        _MISSING,
        sentence(stands.plan, forecast, case.reasons, earlier.was(stands.milestone.key, reading)),
        way.text if way else None,
        reading.as_of,
        before,
    )


def _chance(forecast: Forecast) -> float | None:
    """Return the chance to be on time; where the forecast sees nothing left to do, it is certain."""
    return 1.0 if forecast.status == "done" else forecast.on_time_probability


def _added(stands: Standing, ledger: Ledger) -> tuple[str, ...]:
    came = {entry.item for entry in ledger.entries if entry.kind is LedgerKind.ADDED}
    return tuple(work.key for work in stands.open_work if work.key in came)


def _data(stands: Standing, reading: Reading) -> Verdict:
    """Judge what the figures rest on: the proof of the last runs, and statuses nobody can place."""
    wanted = {face.source for face in stands.milestone.faces}
    proofs = {s.name: (s.certificate or {}).get("status") for s in reading.history.sources if s.name in wanted}
    failed, partial = (sorted(n for n, status in proofs.items() if status == word) for word in ("failed", "partial"))
    if failed:
        return Verdict(HealthStatus.RED, (_proof("failed", failed, 1.5),))
    if partial:
        return Verdict(HealthStatus.AMBER, (_proof("partial", partial, 0.1),))
    if stands.scope.unmapped:
        return Verdict(HealthStatus.AMBER, (_unmapped(stands.scope.unmapped),))
    return Verdict(HealthStatus.GREEN if set(proofs.values()) == {"complete"} else HealthStatus.UNKNOWN)


def _proof(word: str, names: Iterable[str], effect: float) -> Weighed:
    text = f"The last run of {', '.join(names)} was {word}: items may be missing."
    reason = Reason(
        rule="data.certificate", measured=word, threshold="complete", text=text, remedy="Run the sync again."
    )
    return Weighed(effect, reason)


def _unmapped(count: int) -> Weighed:
    reason = Reason(
        rule="data.unmapped",
        measured=wording.count(count, "item"),
        threshold="0 items",
        text=f"{wording.count(count, 'item')} have a status without a category and count as open.",
        remedy="Map these statuses in the product's settings.",
    )
    return Weighed(0.05, reason)
