"""Severity, priority and points of an issue, from its own fields or from scoped labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from pmbridge.model import FieldName
from pmbridge_gitlab.rows import Row
from pmbridge_gitlab.settings import LabelScopes


def settled(name: FieldName, values: Iterable[str]) -> str | None:
    """Settle on one of the values that labels of a scope give: the highest, whichever came last.

    On the Free tier scoped labels are plain text, so that an issue may carry two of a scope; the present and the
    history of its labels must then lead to the same value. Points that are no number count for nothing.
    """
    if name is FieldName.POINTS:
        numbers = [number for value in values if (number := decimal(value)) is not None]
        return max(numbers, key=Decimal, default=None)
    return max(values, default=None)


def _from_labels(name: FieldName, issue: Row, scope: str | None) -> str | None:
    if scope is None:
        return None
    said = (in_scope(label, scope) for label in label_names(issue))
    return settled(name, [value for value in said if value is not None])


def in_scope(label: str, scope: str | None) -> str | None:
    """Return the value of a label within a scope, or ``None``; a scope may itself contain ``::``."""
    if scope is None or "::" not in label:
        return None
    before, separator, value = label.rpartition("::")
    return value if separator and value and before.casefold() == scope.casefold() else None


def label_names(issue: Row) -> tuple[str, ...]:
    """Return the labels of an issue, which GitLab writes as names or, when asked for details, as objects."""
    labels = issue.get("labels") or []
    return tuple([label if type(label) is str else _name(label) for label in labels])


def _name(label: object) -> str:
    return str(label["name"] if isinstance(label, Mapping) else label)


def severity(issue: Row, scopes: LabelScopes) -> str | None:
    """Return the severity of an incident, or that of a label; ``UNKNOWN`` is GitLab's word for none."""
    own = issue.get("severity")
    if own and own.upper() != "UNKNOWN":
        return str(own)
    return _from_labels(FieldName.SEVERITY, issue, scopes.severity)


def priority(issue: Row, scopes: LabelScopes) -> str | None:
    """Return the priority, which GitLab knows as a label only."""
    return _from_labels(FieldName.PRIORITY, issue, scopes.priority)


def points(issue: Row, scopes: LabelScopes) -> float | None:
    """Return the weight, or on tiers without weights the number in a label; 0 is an estimate, absence is none."""
    weight = issue.get("weight")
    if weight is not None:
        return float(weight)
    if "weight" in issue:
        return None
    value = _from_labels(FieldName.POINTS, issue, scopes.points)
    return None if value is None else float(value)


def decimal(text: object) -> str | None:
    """Write a number as a plain decimal (``3``, ``0.5``), anything else as ``None``."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return f"{number.normalize():f}" if number.is_finite() and number >= 0 else None


def label_fields(issue: Row, scopes: LabelScopes) -> dict[FieldName, str]:
    """Say which fields of this issue its labels stand for: field and scope."""
    own_severity = (issue.get("severity") or "UNKNOWN").upper() != "UNKNOWN"
    wanted = {
        FieldName.PRIORITY: scopes.priority,
        FieldName.SEVERITY: None if own_severity else scopes.severity,
        FieldName.POINTS: None if "weight" in issue else scopes.points,
    }
    return {name: scope for name, scope in wanted.items() if scope}
