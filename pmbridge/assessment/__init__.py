"""The contract between computing and telling: everything known of one product at one instant.

Reports, write-back, JSON output and the gate read an `Assessment` and nothing else. Counts are integers, instants carry
``Z``, absent is ``None`` and never 0; what is not computed is ``None`` beside a reason.
"""

from pmbridge.assessment.acceptance import Acceptance, GateRule, Requirement, Waiver
from pmbridge.assessment.bugs import Alert, Bugs, BugSeries, Handoff, Reliability
from pmbridge.assessment.figures import Confidence, Contract, Figure, FigureStatus, Moment, missing
from pmbridge.assessment.health import Dimension, Health, HealthStatus, Override, Reason, Risk
from pmbridge.assessment.outlook import Calibration, Dates, EarnedValue, Forecast
from pmbridge.assessment.product import (
    SCHEMA,
    Assessment,
    CertificateSummary,
    Gap,
    Hygiene,
    HygieneFinding,
    Load,
    MilestoneAssessment,
    MilestoneRef,
    Source,
    json_schema,
    to_json,
)
from pmbridge.assessment.progress import Burnup, Flow, Ledger, LedgerEntry, LedgerKind, PointsLedger, Scope

__all__ = [
    "SCHEMA",
    "Acceptance",
    "Alert",
    "Assessment",
    "BugSeries",
    "Bugs",
    "Burnup",
    "Calibration",
    "CertificateSummary",
    "Confidence",
    "Contract",
    "Dates",
    "Dimension",
    "EarnedValue",
    "Figure",
    "FigureStatus",
    "Flow",
    "Forecast",
    "Gap",
    "GateRule",
    "Handoff",
    "Health",
    "HealthStatus",
    "Hygiene",
    "HygieneFinding",
    "Ledger",
    "LedgerEntry",
    "LedgerKind",
    "Load",
    "MilestoneAssessment",
    "MilestoneRef",
    "Moment",
    "Override",
    "PointsLedger",
    "Reason",
    "Reliability",
    "Requirement",
    "Risk",
    "Scope",
    "Source",
    "Waiver",
    "json_schema",
    "missing",
    "to_json",
]
