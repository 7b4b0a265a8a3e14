"""The normalized vocabulary: what any tracker's data becomes before anything is computed from it."""

from pmbridge.model.comments import Comment
from pmbridge.model.decisions import ATTESTED, Candidate, Decisions, Outcome, RuleName, Ruling, Signoff, Waiver
from pmbridge.model.delivery import Deployment, DeploymentStatus, MergeRequest, MergeRequestState
from pmbridge.model.freezes import Freeze
from pmbridge.model.history import History, MilestoneObservation, SourceState
from pmbridge.model.items import (
    SET_FIELDS,
    Change,
    Check,
    FieldName,
    Item,
    Level,
    Link,
    LinkKind,
    RemoteLink,
    StatusCategory,
    StatusDefinition,
    Worklog,
    trusted_change,
)
from pmbridge.model.milestones import Milestone, MilestoneKind, MilestoneState
from pmbridge.model.refs import FORMER_USER, Frozen, Instant, Person, Ref, RefKind
from pmbridge.model.tests import Execution, ExecutionStatus, Origin, TestCase, text_id

__all__ = [
    "ATTESTED",
    "FORMER_USER",
    "SET_FIELDS",
    "Candidate",
    "Change",
    "Check",
    "Comment",
    "Decisions",
    "Deployment",
    "DeploymentStatus",
    "Execution",
    "ExecutionStatus",
    "FieldName",
    "Freeze",
    "Frozen",
    "History",
    "Instant",
    "Item",
    "Level",
    "Link",
    "LinkKind",
    "MergeRequest",
    "MergeRequestState",
    "Milestone",
    "MilestoneKind",
    "MilestoneObservation",
    "MilestoneState",
    "Origin",
    "Outcome",
    "Person",
    "Ref",
    "RefKind",
    "RemoteLink",
    "RuleName",
    "Ruling",
    "Signoff",
    "SourceState",
    "StatusCategory",
    "StatusDefinition",
    "TestCase",
    "Waiver",
    "Worklog",
    "text_id",
    "trusted_change",
]
