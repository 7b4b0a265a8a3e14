"""The health of one milestone, from everything known about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from pmbridge.assess.colours import told_colour
from pmbridge.assess.reading import Reading
from pmbridge.assess.rules import thresholds
from pmbridge.assess.sides import Sides
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import (
    Acceptance,
    Confidence,
    Forecast,
    Health,
    HealthStatus,
    Ledger,
    LedgerKind,
    Override,
    Reason,
)
from pmbridge.config.product import ProductSettings
from pmbridge.history.merging import normal_title
from pmbridge.metrics import wording
from pmbridge.metrics.causes import Suspects, causes, cost_of, strongest
from pmbridge.metrics.confidence import Trust
from pmbridge.metrics.creep import scope_verdict
from pmbridge.metrics.gate_colour import counts_from, quality_verdict
from pmbridge.metrics.health import CORE, Before, Case, health
from pmbridge.metrics.hysteresis import Told
from pmbridge.metrics.outlook import Outlook
from pmbridge.metrics.remedy import Remedy, remedy
from pmbridge.metrics.risks import blocked_keys
from pmbridge.metrics.schedule import Thresholds, Verdict, Weighed, schedule
from pmbridge.metrics.sentence import sentence

#: A cause in the sentence moves the chance by at least so much; what moves it less is told as a fact.
_MOVES = 0.10
_HOLDING = (HealthStatus.AMBER, HealthStatus.RED)
_MISSING = {
    "scope": "there is no baseline to compare with: set a start date or freeze the milestone",
    "data": "no run has proved yet what the store holds",
}


def verdict(
    stands: Standing,
    ledger: Ledger,
    outlook: Outlook,
    forecast: Forecast,
    beside: Sides,
    around: Surroundings,
    before: Before | None,
    trusted: Trust,
    gate: Acceptance,
) -> Health:
    """Judge every dimension, choose the reasons, word the sentence. ``trusted`` is the confidence in the forecast."""
    reading, settings = around.reading, around.settings
    limits = thresholds(settings)
    asked = outlook if stands.plan.finished is None else None
    suspects = Suspects(_added(stands, ledger), blocked_keys(stands.open_work))
    way = None if asked is None else remedy(asked, limits.green_in, _planned_days(stands), limits.red_out)
    told = told_colour(stands, around.related, forecast.on_time_probability, limits, reading.zone)
    verdicts = {
        "schedule": _trusted(_schedule(stands, forecast, limits, way, told), trusted),
        "scope": scope_verdict(ledger, stands.baseline, limits, cost_of(len(suspects.added), asked)),
        "quality": quality_verdict(gate, stands.plan) if _asks(around, stands) else Verdict(HealthStatus.UNKNOWN),
        **beside.verdicts,
        "data": _data(stands, reading),
    }
    found = (*causes(asked, suspects), *_chain(forecast, asked)) if asked else ()
    required = beside.required | {"data"} if _unread(reading) else beside.required
    case = Case(verdicts, found, ended=asked is None, required=required)
    return health(
        case,
        {**_MISSING, "quality": _no_quality(around, stands), **beside.missing},
        sentence(stands.plan, forecast, _why(case, suspects, len(stands.open_work)), _facts(case, suspects, stands)),
        _whole(_advice(way, forecast, limits), case),
        reading.as_of,
        before,
        override=_override(stands, settings, reading.today),
        unstable=told is not None and told.is_unstable,
    )


def _schedule(
    stands: Standing, forecast: Forecast, limits: Thresholds, way: Remedy | None, told: Told | None
) -> Verdict:
    return schedule(
        stands.plan,
        _chance(forecast),
        forecast.p50,
        None,
        limits,
        confidence=forecast.confidence,
        refusal=forecast.refusal,
        remedy=_advice(way, forecast, limits),
        told=told.status if told else None,
    )


def _chain(forecast: Forecast, asked: Outlook) -> tuple[Weighed, ...]:
    """Say that dependencies bind, where they do, with what they cost in chance."""
    network = forecast.network
    if forecast.binds != "network" or network is None:
        return ()
    heads = _heads(forecast)
    reason = Reason(
        rule="schedule.network",
        measured=wording.day(network.p85),
        threshold="no later than the flow of work",
        text=f"Work that waits for other work binds: its longest chain ends by {wording.day(network.p85)} (85 %).",
        evidence=heads,
        remedy=f"Finish {wording.listed(heads)} first.",
    )
    return (Weighed(max(0.0, (asked.on_time or 0.0) - (forecast.on_time_probability or 0.0)), reason),)


def _heads(forecast: Forecast) -> tuple[str, ...]:
    """Return the three items most often on the longest chain."""
    criticality = forecast.network.criticality if forecast.network is not None else {}
    return tuple(sorted(criticality, key=lambda key: (-criticality[key], key))[:3])


def _advice(way: Remedy | None, forecast: Forecast, limits: Thresholds) -> str | None:
    """Word the remedy; where dependencies bind, they come first, and the likely day of the flow alone is not named."""
    text = (replace(way, shortfall=None) if forecast.binds == "network" else way).text if way else None
    if forecast.binds != "network" or (text is None and (forecast.on_time_probability or 1.0) >= limits.green_in):
        return text
    first = f"Finish {wording.listed(_heads(forecast))} first: work waits for it."
    return f"{first} {text}" if text else first


def _whole(advice: str | None, case: Case) -> str | None:
    """Say what the other sides of the core need besides: a date alone turns no milestone green that they hold back."""
    if advice is None:
        return None
    held = [name for name in CORE if name != "schedule" and case.verdicts[name].status in _HOLDING]
    needs = [one.reason.remedy for name in held for one in case.verdicts[name].reasons[:1] if one.reason.remedy]
    if not held:
        return advice
    return " ".join([advice, f"Then {wording.together(held)} still {_holds(held)} it back.", *needs])


def _holds(names: Sequence[str]) -> str:
    return "holds" if len(names) == 1 else "hold"


def _planned_days(stands: Standing) -> int | None:
    plan = stands.plan
    return (plan.due - plan.start).days if plan.due is not None and plan.start is not None else None


def _trusted(found: Verdict, trusted: Trust) -> Verdict:
    """Take a green back whose data cannot be trusted; a red stays."""
    if found.status is not HealthStatus.GREEN or trusted.grade is not Confidence.D or trusted.worst is None:
        return found
    reason = Reason(
        rule="data.confidence",
        measured=f"confidence {trusted.grade.value}",
        threshold="confidence C",
        text="The data is too poor to call this green.",
        remedy=f"{trusted.worst.fix}.",
    )
    return Verdict(HealthStatus.UNKNOWN, (Weighed(1.5, reason), *found.reasons))


def _override(stands: Standing, settings: ProductSettings, today: date) -> Override | None:
    """Return what a person says of the milestone, while it holds."""
    wanted = normal_title(stands.milestone.title)
    for title, said in settings.health.overrides.items():
        if normal_title(title) == wanted and said.since <= today <= said.last_day:
            return Override(
                status=HealthStatus(said.status), author=said.author, reason=said.reason, expires=said.last_day
            )
    return None


def _why(case: Case, suspects: Suspects, still_open: int) -> tuple[Reason, ...]:
    """Return what really lowers the chance, by what it costs: nothing, while the chance is high.

    Growth is told by the open work it left behind; what was added and is done costs nothing any more.
    """
    if case.verdicts["schedule"].status is HealthStatus.GREEN:
        return ()
    came = f"{len(suspects.added)} of the {wording.count(still_open, 'open item')} came in after the baseline"
    growth = [
        Weighed(one.effect, one.reason.model_copy(update={"text": came})) for one in case.verdicts["scope"].reasons
    ]
    return strongest(one for one in (*growth, *case.causes) if one.effect >= _MOVES)


def _facts(case: Case, suspects: Suspects, stands: Standing) -> str:
    """Say what is open, for where no cause stands out."""
    if case.verdicts["schedule"].status is HealthStatus.GREEN or not stands.open_work:
        return ""
    several = len(stands.open_work) != 1
    parts = [f"{wording.count(len(stands.open_work), 'item')} {'are' if several else 'is'} open"]
    if suspects.added and case.verdicts["scope"].status in _HOLDING:
        parts.append(f"{len(suspects.added)} of them came in after the baseline")
    if suspects.blocked:
        parts.append(f"{len(suspects.blocked)} {'are' if len(suspects.blocked) > 1 else 'is'} blocked")
    return ", ".join(parts)


def _asks(around: Surroundings, stands: Standing) -> bool:
    """Tell whether the gate is a side of this milestone: someone configured acceptance, and it is not over."""
    return stands.plan.finished is None and "acceptance" in around.settings.model_fields_set


def _no_quality(around: Surroundings, stands: Standing) -> str:
    """Say why quality has no colour."""
    if stands.plan.finished is not None:
        return "it has ended"
    near = counts_from(stands.plan)
    if not _asks(around, stands):
        return "not applicable: no acceptance is configured"
    return "there is no due date" if near is None else f"the gate counts from {near} days before the due date on"


def _chance(forecast: Forecast) -> float | None:
    """Return the chance to be on time; where the forecast sees nothing left to do, it is certain."""
    return 1.0 if forecast.status == "done" else forecast.on_time_probability


def _added(stands: Standing, ledger: Ledger) -> tuple[str, ...]:
    if not stands.open_work:
        return ()
    came = {entry.item for entry in ledger.entries if entry.kind is LedgerKind.ADDED}
    return tuple(work.key for work in stands.open_work if work.key in came)


def _data(stands: Standing, reading: Reading) -> Verdict:
    """Judge what the figures rest on: the proof of the last runs, and statuses nobody can place."""
    unread = _unread(reading)
    if unread:
        return Verdict(HealthStatus.UNKNOWN, (_never(unread),))
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


def _unread(reading: Reading) -> list[str]:
    """List the product's trackers that were never read; what a milestone holds there nobody knows."""
    return sorted(source.name for source in reading.history.sources if source.synced_at is None)


def _never(names: Iterable[str]) -> Weighed:
    text = f"{', '.join(names)} was never read: whatever the milestone holds there is missing."
    reason = Reason(rule="data.unread", measured="never read", threshold="read", text=text, remedy="Run the sync.")
    return Weighed(2.0, reason)


def _proof(word: str, names: Iterable[str], effect: float) -> Weighed:
    text = f"The last sync of {', '.join(names)} is {word}: items may be missing."
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
