"""The inputs of a rule, down to event ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from pmbridge.assess.agreed import agreed
from pmbridge.assess.blocking import pairs
from pmbridge.assess.families import Relations, relations
from pmbridge.assess.reading import Reading, read
from pmbridge.assess.standing import Standing, blockers, standing
from pmbridge.assess.surroundings import surroundings
from pmbridge.assessment import Evidence, Explanation, Figure, Input, LedgerEntry, MilestoneAssessment
from pmbridge.collector import collector_paused
from pmbridge.config.product import ProductSettings
from pmbridge.history.membership import is_member
from pmbridge.history.phases import Life
from pmbridge.metrics.earned.cost import Spending
from pmbridge.metrics.forecast import CONSTANTS, Prediction, Target
from pmbridge.model import Change, Freeze, History, Worklog

_MOST = 200

#: The sides of a milestone by which rules are named; any of them can be explained, reason or not.
SIDES = ("schedule", "forecast", "scope", "budget", "quality", "risks", "resources", "data")
Logs = Mapping[tuple[str, str], Sequence[tuple[Worklog, Spending]]]


def explain(
    history: History,
    settings: ProductSettings,
    milestone: MilestoneAssessment,
    rule: str,
    *,
    as_of: datetime,
    freezes: Mapping[str, Sequence[Freeze]],
) -> Explanation:
    """Show what one rule of an assessed milestone rests on; ``rule`` need not be among its reasons."""
    with collector_paused():
        reading = read(history, settings, as_of)
        related = relations(reading)
        (merged,) = [one for one in reading.milestones if one.key == milestone.key]
        frozen = agreed(freezes, reading)[merged.key]
        stands = standing(merged, reading, blockers(pairs(reading)), frozen[-1].at if frozen else None)
        family = rule.partition(".")[0]
        if family == "scope":
            inputs, events = _scope(milestone, reading)
        elif family == "budget":
            around = surroundings(reading, settings, related)
            inputs, events = _budget(milestone), list(_logs(stands, reading, around.budgeting.book.logs))
        elif family == "quality":
            inputs, events = _gate(milestone), list(_touched(milestone, rule, stands, reading))
        elif family in ("risks", "resources", "data"):
            inputs, events = _of_reason(milestone, rule), list(_touched(milestone, rule, stands, reading))
        else:
            inputs, events = _forecast(stands, related), list(_finishes(stands, reading))
    ordered = sorted(events, key=lambda one: (one.at, one.item, one.event))[-_MOST:]
    return Explanation(
        milestone=milestone.title, rule=rule, text=_text(milestone, rule), inputs=tuple(inputs), events=tuple(ordered)
    )


def _text(milestone: MilestoneAssessment, rule: str) -> str:
    """Say what the rule found, or the reasons of a whole side, or else how that side stands."""
    found = [one.text for one in milestone.health.reasons if f"{one.rule}.".startswith(f"{rule}.")]
    if found:
        return " ".join(found)
    side = next((one for one in milestone.health.dimensions if one.name == rule), None)
    if side is not None:
        return f"{rule} is {side.status.value}{': ' if side.reasons else '.'}{'; '.join(side.reasons)}"
    return f"{rule} is not among the reasons of {milestone.title}; this is what it would be computed from."


def _scope(milestone: MilestoneAssessment, reading: Reading) -> tuple[list[Input], list[Evidence]]:
    book = milestone.ledger
    inputs = [
        _input("baseline", f"{book.baseline} items ({book.baseline_reason})"),
        _input("added", book.added),
        _input("removed", book.removed),
        _input("now", book.now),
        _input("residual", book.residual),
    ]
    events = [Evidence(at=e.at, item=e.item, what=_caused(e), by=e.by, event=e.change) for e in book.entries]
    return inputs, events


def _caused(entry: LedgerEntry) -> str:
    cause = entry.cause if entry.origin is None else f"{entry.cause}, {entry.origin}"
    return f"{cause} ({entry.delta:+d})" if entry.delta else cause


def _gate(milestone: MilestoneAssessment) -> list[Input]:
    """List every rule of the gate as it stands, and the name of all evidence behind the verdict."""
    gate = milestone.acceptance
    return [
        _input("verdict", gate.verdict),
        *(_input(f"{rule.rule} ({rule.level})", f"{rule.status}: {rule.text}") for rule in gate.rules),
        _input("evidence", gate.evidence_digest or "none"),
    ]


def _budget(milestone: MilestoneAssessment) -> list[Input]:
    value = milestone.earned_value
    named = (
        ("BAC", value.bac),
        ("PV", value.pv),
        ("EV", value.ev),
        ("AC", value.ac),
        ("SPI", value.spi),
        ("CPI", value.cpi),
        ("SPI(t)", value.spi_t),
    )
    figures = [_input(name, _figure(one)) for name, one in named if one.value is not None or one.reasons]
    return [*figures, *(_input("note", reason) for reason in value.reasons)]


def _figure(one: Figure) -> str:
    return one.reasons[0] if one.value is None else f"{round(one.value, 4):.10g} {one.unit}".strip()


def _logs(stands: Standing, reading: Reading, logs: Logs) -> Iterator[Evidence]:
    for life in stands.lives:
        for log, _ in logs.get(life.canonical.primary.id, ()):
            phase = life.at(log.started_at) or life.phases[0]
            if is_member(phase, stands.milestone.ids):
                by = reading.names.get((log.source, log.author or ""), log.author)
                hours = f"{log.seconds / 3600:.2f} hours"
                yield Evidence(
                    at=log.started_at, item=life.item.key, what=hours, by=by, event=f"{log.source}:worklog:{log.id}"
                )


def _of_reason(milestone: MilestoneAssessment, rule: str) -> list[Input]:
    return [
        Input(name=name, value=value)
        for reason in milestone.health.reasons
        if reason.rule == rule
        for name, value in (
            ("measured", reason.measured),
            ("threshold", reason.threshold),
            ("evidence", ", ".join(reason.evidence)),
        )
    ]


def _touched(milestone: MilestoneAssessment, rule: str, stands: Standing, reading: Reading) -> Iterator[Evidence]:
    """Yield the last change of each item the reason points at."""
    keys = {key for reason in milestone.health.reasons if reason.rule == rule for key in reason.evidence}
    for life in stands.lives:
        if life.item.key in keys:
            changes = [change for face in life.canonical.faces for change in face.changes]
            if changes:
                yield _change(life, max(changes, key=lambda c: c.at), reading)
            else:
                yield _creation(life, reading)


def _forecast(stands: Standing, related: Relations) -> list[Input]:
    expected = related.outlook(stands.milestone.key, stands.plan.today.toordinal())
    shot = expected.snapshot
    inputs = [
        _input("open items (remaining)", f"{shot.remaining}: {', '.join(stands.plan.open_items[:40])}"),
        _input("weekly finishes, oldest first", ", ".join(map(str, shot.weekly_finishes))),
        _input("rate r = (sum + 0.5) / (weeks + 0.5)", f"{shot.weekly_rate:.4f} a week"),
        _input("days to due", shot.days_to_due if shot.days_to_due is not None else "no due date"),
        _input("regime", shot.regime.value),
        _input("earlier milestones heard", expected.past),
        _input("widened by", expected.judgement.widen),
    ]
    if expected.scopes is None:
        return [*inputs, _input("refusal", expected.judgement.refusal or "nothing is open")]
    inputs.append(_input("work estimate W = 7 remaining / r", f"{shot.work_days:.2f} days"))
    for one in (expected.scopes.growing, expected.scopes.frozen):
        inputs += _prediction(one, shot.general_log_days(one.target))
    if expected.on_time is not None:
        inputs.append(_input("P(on time), the smaller of both scopes", f"{expected.on_time:.4f}"))
    return inputs


def _prediction(one: Prediction, general: float) -> list[Input]:
    name = "growing scope" if one.target is Target.GROWING else "scope of today"
    spread = CONSTANTS[one.target, one.regime].spread
    text = (
        f"x·b {general:.4f}, n {one.n:.4f}, shift u {one.shift:.4f}, location m {one.location:.4f}, "
        f"scale d {one.scale:.4f} (s {spread}), freedom {one.freedom:.4f}"
    )
    return [_input(f"log days, {name}", text)]


def _finishes(stands: Standing, reading: Reading) -> Iterator[Evidence]:
    """Yield the event that completed each finished piece of work."""
    for life in stands.lives:
        end = life.completed_at
        if end is None or not is_member(life.phases[-1], stands.milestone.ids):
            continue
        changes: Iterable[Change] = next((p.changes for p in reversed(life.phases) if p.since == end), ())
        change = next(iter(changes), None)
        yield _creation(life, reading) if change is None else _change(life, change, reading)


def _change(life: Life, change: Change, reading: Reading) -> Evidence:
    before, after = (change.before_name or change.before, change.after_name or change.after)
    by = reading.names.get((change.source, change.author or ""), change.author)
    what = f"{change.field.value}: {before or '–'} → {after or '–'}"
    return Evidence(at=change.at, item=life.item.key, what=what, by=by, event=change.identity)


def _creation(life: Life, reading: Reading) -> Evidence:
    item = life.item
    by = reading.names.get((item.source, item.author or ""), item.author)
    return Evidence(at=life.created_at, item=item.key, what="created", by=by, event=f"{item.source}:{item.id}:created")


def _input(name: str, value: object) -> Input:
    return Input(name=name, value=str(value))
