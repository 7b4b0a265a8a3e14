"""The whole contract: one product at one instant, its sources and milestones."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from pmbridge.assessment.acceptance import Acceptance
from pmbridge.assessment.bugs import Bugs
from pmbridge.assessment.figures import Confidence, Contract, Moment
from pmbridge.assessment.health import Health, Risk
from pmbridge.assessment.outlook import Calibration, EarnedValue, Forecast, Slip
from pmbridge.assessment.progress import Burnup, Flow, Ledger, Scope
from pmbridge.model import MilestoneState, RefKind

SCHEMA = "pmbridge.assessment/1"


class Gap(Contract):
    """Something a sync could not read or prove, with the items concerned; without a project it is the whole source."""

    project: str | None
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


class FigureConfidence(Contract):
    """How far one kind of figure can be trusted: the letter, the worst gap behind it, and the cap, if one applied."""

    figure: str
    confidence: Confidence
    worst: str | None = None
    cap: str | None = None


class DataQuality(Contract):
    """What the data of a milestone allows to say, and the fixes that would gain most, the best first."""

    figures: tuple[FigureConfidence, ...] = ()
    fixes: tuple[str, ...] = ()


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
    data: DataQuality = DataQuality()
    slip: Slip = Slip()


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
    fixes: tuple[str, ...] = ()


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
    return assessment.model_dump_json(indent=2) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the contract, with every field required as it is written out."""
    schema = Assessment.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **schema}
