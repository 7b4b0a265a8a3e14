"""The contract between computing and telling: everything known of one product at one instant.

Reports, write-back, JSON output and the gate read an `Assessment` and nothing else. Counts are integers, instants
carry ``Z``, absent is ``None`` and never 0; what is not computed is ``None`` beside a reason.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from pmbridge.model import Instant, MilestoneState, RefKind

SCHEMA = "pmbridge.assessment/1"


def _with_z(value: datetime) -> str:
    return value.isoformat(timespec="microseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


#: An instant that is written as ISO 8601 in UTC with ``Z``.
Moment = Annotated[Instant, PlainSerializer(_with_z, return_type=str, when_used="json")]


class Contract(BaseModel):
    """A part of the contract: immutable, and closed to fields nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class FigureStatus(StrEnum):
    """Whether a derived figure may be used."""

    OK = "ok"
    INSUFFICIENT = "insufficient"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    REFUSED = "refused"


class Confidence(StrEnum):
    """How far a figure can be trusted, from A (fully) to D (hardly)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Figure(Contract):
    """A derived figure: never a bare number. ``n`` is the sample size, ``interval`` its bounds where there are any."""

    value: float | None
    unit: str
    status: FigureStatus = FigureStatus.OK
    n: int | None = None
    interval: tuple[float, float] | None = None
    confidence: Confidence | None = None
    reasons: tuple[str, ...] = ()


def missing(unit: str, reason: str, status: FigureStatus = FigureStatus.UNKNOWN) -> Figure:
    """Make a figure that says why there is none."""
    return Figure(value=None, unit=unit, status=status, reasons=(reason,))


class Gap(Contract):
    """Something a sync could not read or prove, with the items concerned."""

    project: str
    kind: str
    text: str
    items: tuple[str, ...] = ()


class CertificateSummary(Contract):
    """What a source's last run proved."""

    status: Literal["complete", "partial", "failed"]
    items_tracker: int | None
    items_stored: int
    changes_stored: int
    tombstones: int
    gaps: tuple[Gap, ...] = ()


class Source(Contract):
    """One source and how fresh it is."""

    name: str
    kind: str
    url: str
    synced_at: Moment | None
    certificate: CertificateSummary | None


class MilestoneRef(Contract):
    """One tracker's face of a milestone, or a ticket that stands for it."""

    source: str
    kind: RefKind
    id: str
    title: str
    url: str | None
    project: str
    key: str


class Scope(Contract):
    """What is in a milestone, in items and points. Cancelled items have left and are counted beside it."""

    items: int
    done: int
    active: int
    todo: int
    waiting: int
    unmapped: int
    cancelled: int
    points: float | None
    points_done: float | None
    unestimated: int


class LedgerKind(StrEnum):
    """How an entry moves the balance."""

    ADDED = "added"
    REMOVED = "removed"
    REESTIMATED = "reestimated"


class LedgerEntry(Contract):
    """One event that moved the scope: when, which item, by how much, who, and the change's identity.

    ``delta`` is in items, ``points`` the same move in points (``None`` where the item has no estimate).
    ``cause`` tells created, moved in, moved out, cancelled, restored, re-levelled and re-estimated apart.
    """

    at: Moment
    item: str
    kind: LedgerKind
    delta: int
    by: str | None
    change: str
    points: float | None = None
    cause: str
    title: str | None = None
    url: str | None = None


class PointsLedger(Contract):
    """The scope's balance in points: baseline + added - removed + reestimated - now = residual."""

    baseline: float
    added: float
    removed: float
    reestimated: float
    now: float
    residual: float


class Ledger(Contract):
    """The scope's balance in items: baseline + added - removed - now = residual, which is printed, never absorbed."""

    baseline_at: Moment | None
    baseline_reason: str
    baseline: int | None
    added: int
    removed: int
    now: int
    residual: int
    points: PointsLedger | None
    entries: tuple[LedgerEntry, ...] = ()


class Burnup(Contract):
    """Scope and done items at the end of each local day."""

    dates: tuple[date, ...] = ()
    scope: tuple[int, ...] = ()
    done: tuple[int, ...] = ()


class Flow(Contract):
    """How work moves: items a week, and business-free elapsed days."""

    throughput: Figure
    cycle_time_p50: Figure
    cycle_time_p85: Figure
    wip: Figure
    oldest_age: Figure
    weekly: tuple[int, ...] = ()


class Dates(Contract):
    """Percentiles of a finish date, and the chance to make the due date."""

    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None


class Forecast(Contract):
    """When the milestone will finish. The dates on top are those of the growing scope.

    ``status``: ``ok``, ``done`` (nothing is open), ``refused`` or ``unknown``. ``granularity`` is how finely a date may
    be read (day, week, month). ``past`` counts the earlier milestones it learned from; ``shift`` is how much longer
    than the general pattern this project usually takes, as a factor.
    """

    status: Literal["ok", "done", "refused", "unknown"]
    model: str | None
    trials: int | None = None
    seed: int | None = None
    window_weeks: int | None = None
    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    on_time_probability: float | None = None
    refusal: str | None = None
    frozen_scope: Dates = Dates()
    growing_scope: Dates = Dates()
    regime: str | None = None
    confidence: Literal["low", "medium", "high"] | None = None
    granularity: Literal["day", "week", "month"] | None = None
    past: int | None = None
    shift: float | None = None
    remaining: int | None = None
    reasons: tuple[str, ...] = ()


class Calibration(Contract):
    """How often earlier forecasts held."""

    status: Literal["calibrated", "uncalibrated", "unknown"]
    n: int | None
    p50_coverage: float | None
    p85_coverage: float | None
    reasons: tuple[str, ...] = ()


class EarnedValue(Contract):
    """Budget and schedule performance."""

    bac: Figure
    pv: Figure
    ev: Figure
    ac: Figure
    spi: Figure
    cpi: Figure
    eac: Figure
    earned_schedule: Figure
    spi_t: Figure


class HealthStatus(StrEnum):
    """The colour; unknown is never green."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


class Dimension(Contract):
    """One side of health with its own colour."""

    name: str
    status: HealthStatus
    reasons: tuple[str, ...] = ()


class Reason(Contract):
    """Why a colour is what it is: rule, measured value, threshold, evidence, and what would turn it."""

    rule: str
    measured: str
    threshold: str
    text: str
    evidence: tuple[str, ...] = ()
    remedy: str | None = None


class Override(Contract):
    """A person's verdict beside the computed one."""

    status: HealthStatus
    author: str
    reason: str
    expires: date


class Health(Contract):
    """The verdict on a milestone: colour, since when, before, and the strongest reasons first.

    ``sentence`` says it in one line; ``remedy`` is the cheapest single action that would turn it.
    """

    status: HealthStatus
    since: Moment | None
    previous: HealthStatus | None
    override: Override | None
    dimensions: tuple[Dimension, ...] = ()
    reasons: tuple[Reason, ...] = ()
    sentence: str
    remedy: str | None = None


class Risk(Contract):
    """One risk signal with its evidence and age."""

    signal: str
    severity: Literal["low", "medium", "high"]
    item: str | None
    since: Moment | None
    text: str


class Requirement(Contract):
    """One requirement and what proves it."""

    item: str
    status: Literal["OK", "NOK", "NOTRUN", "UNKNOWN", "UNCOVERED"]
    fresh: bool | None
    tests: tuple[str, ...] = ()


class GateRule(Contract):
    """One rule of the gate and whether it holds."""

    rule: str
    level: Literal["must", "should"]
    status: Literal["holds", "fails", "waived", "unknown"]
    text: str
    evidence: tuple[str, ...] = ()


class Waiver(Contract):
    """An accepted exception with its approver and end."""

    rule: str
    scope: str
    approver: str
    reason: str
    expires: date | None


class Acceptance(Contract):
    """May we launch: the verdict and its evidence."""

    verdict: Literal["go", "conditional", "no-go", "unknown"]
    coverage: float | None
    verified: float | None
    pass_rate: float | None
    requirements: tuple[Requirement, ...] = ()
    rules: tuple[GateRule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    reasons: tuple[str, ...] = ()


class BugSeries(Contract):
    """Bug flow by local day."""

    dates: tuple[date, ...] = ()
    arrivals: tuple[int, ...] = ()
    closures: tuple[int, ...] = ()
    reopens: tuple[int, ...] = ()
    backlog: tuple[int, ...] = ()


class Reliability(Contract):
    """How many defects are still to come, or why nobody can say."""

    status: Literal["ok", "refused", "unknown"]
    model: str | None
    residual: float | None
    interval: tuple[float, float] | None
    refusal: str | None


class Handoff(Contract):
    """One chain from a customer's report to a fix, and who owes the next step."""

    report: str
    defect: str | None
    step: str
    owner: str | None
    since: Moment | None
    text: str


class Alert(Contract):
    """One episode of unusual arrivals."""

    series: str
    since: Moment
    observed: float
    expected: float
    text: str


class Bugs(Contract):
    """Bug flow after the launch."""

    launched_at: Moment | None
    reports: int | None
    defects: int | None
    closed: int | None
    reopened: int | None
    backlog: int | None
    escaped_rate: float | None
    series: BugSeries = BugSeries()
    time_to_resolve_p50: Figure
    time_to_resolve_p85: Figure
    reopen_rate: Figure
    sla_attainment: Figure
    reliability: Reliability
    stabilised_on: date | None
    handoffs: tuple[Handoff, ...] = ()
    alerts: tuple[Alert, ...] = ()
    reasons: tuple[str, ...] = ()


class MilestoneAssessment(Contract):
    """Everything computed for one milestone, whichever trackers it lives in.

    ``tracking`` are the tickets that stand for it (its epic, a tracking issue); comments go there.
    ``newest`` is the newest datum the figures rest on.
    """

    key: str
    title: str
    state: MilestoneState
    start: date | None
    due: date | None
    launched_at: Moment | None
    newest: Moment | None
    refs: tuple[MilestoneRef, ...]
    tracking: tuple[MilestoneRef, ...]
    scope: Scope
    ledger: Ledger
    burnup: Burnup
    flow: Flow
    forecast: Forecast
    calibration: Calibration
    earned_value: EarnedValue
    health: Health
    risks: tuple[Risk, ...] = ()
    acceptance: Acceptance
    bugs: Bugs


class Load(Contract):
    """Work per team and week against capacity; 1.0 is full."""

    team: str
    week: date
    load: float | None


class HygieneFinding(Contract):
    """One gap in the data that weakens figures, with the fix."""

    gap: str
    share: float | None
    items: tuple[str, ...] = ()
    text: str


class Hygiene(Contract):
    """How good the trackers' data is."""

    score: int | None = Field(ge=0, le=100)
    findings: tuple[HygieneFinding, ...] = ()
    reasons: tuple[str, ...] = ()


class Assessment(Contract):
    """One product at one instant.

    ``config_digest`` and ``inputs_digest`` name the settings and rows it was computed from: the same digests,
    version and instant give the same bytes.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    schema_: Literal["pmbridge.assessment/1"] = Field(default="pmbridge.assessment/1", alias="schema")
    product: str
    title: str
    as_of: Moment
    zone: str
    version: str
    config_digest: str
    inputs_digest: str
    sources: tuple[Source, ...]
    milestones: tuple[MilestoneAssessment, ...]
    load: tuple[Load, ...] = ()
    hygiene: Hygiene


def to_json(assessment: Assessment) -> str:
    """Write the contract's JSON: keys in declared order, two spaces, one final newline."""
    return json.dumps(assessment.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the contract, with every field required as it is written out."""
    schema = Assessment.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **schema}
