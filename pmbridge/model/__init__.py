"""The normalized vocabulary: what any tracker's data becomes before anything is computed from it."""

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
)
from pmbridge.model.milestones import Milestone, MilestoneKind, MilestoneState
from pmbridge.model.refs import Frozen, Instant, Person, Ref, RefKind

__all__ = [
    "SET_FIELDS",
    "Change",
    "Check",
    "FieldName",
    "Frozen",
    "History",
    "Instant",
    "Item",
    "Level",
    "Link",
    "LinkKind",
    "Milestone",
    "MilestoneKind",
    "MilestoneObservation",
    "MilestoneState",
    "Person",
    "Ref",
    "RefKind",
    "RemoteLink",
    "SourceState",
    "StatusCategory",
    "StatusDefinition",
    "Worklog",
]
