"""Which of a Jira's fields hold points, sprints, flags, severity and start dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pmbridge_jira.settings import AUTO, FieldSettings

#: What of a Jira's field list is looked at.
FIELD_FACTS = ("id", "name", "untranslatedName", "schema")

#: The bulk changelog filters by at most this many fields.
MAX_HISTORY_FIELDS = 10

#: How many fields of one meaning are read; company- and team-managed projects use different ones.
_MAX_SAME = 2


@dataclass(frozen=True, slots=True)
class Signature:
    """How a field shows itself: by the key of its type, which no admin can rename, or else by its name."""

    custom: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


#: How the fields of each meaning show themselves.
SIGNATURES: Mapping[str, Signature] = {
    "story_points": Signature(
        custom=("com.pyxis.greenhopper.jira:jsw-story-points",),
        names=("story points", "story point estimate"),
        types=("number",),
    ),
    "sprint": Signature(custom=("com.pyxis.greenhopper.jira:gh-sprint",)),
    "epic": Signature(custom=("com.pyxis.greenhopper.jira:gh-epic-link",)),
    "flagged": Signature(names=("flagged",), types=("array",)),
    "severity": Signature(names=("severity",)),
    "start": Signature(
        custom=("com.atlassian.jpo:jpo-custom-field-baseline-start",), names=("start date",), types=("date",)
    ),
}

#: Meanings whose absence costs a metric. Cloud keeps epics in ``parent``; severity and start are extras.
_EXPECTED = ("story_points", "sprint", "flagged")

_SYSTEM = (
    *("summary", "issuetype", "project", "parent", "status", "statuscategorychangedate", "resolution"),
    *("resolutiondate", "priority", "created", "updated", "reporter", "assignee", "labels", "components"),
    *("fixVersions", "versions", "duedate", "description", "issuelinks", "security", "timespent"),
    *("timeestimate", "timeoriginalestimate", "worklog"),
)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The ids of the fields of each meaning, best first; the first one that holds a value is taken."""

    story_points: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[str]:
        """The field ids a search asks for."""
        own = (self.story_points, self.sprint, self.epic, self.flagged, self.severity, self.start)
        return list(dict.fromkeys([*_SYSTEM, *(field for ids in own for field in ids)]))

    @property
    def history(self) -> list[str]:
        """The ten field ids whose changes matter most, in that order.

        Membership, state and size come first, since the scope ledger, the flow and the forecast rest on them; then
        whoever holds the item, what it is, and what stops it. Parents, due dates, affected versions, components
        and texts come last; ``full_history`` reads them all.
        """
        ranked = [
            *("status", "fixVersions", "resolution"),
            *self.story_points[:_MAX_SAME],
            *("assignee", *self.sprint[:1], *self.flagged[:1], "priority", "issuetype"),
            *("labels", "parent", *self.severity[:1], "versions", "project", "duedate", "description"),
        ]
        return list(dict.fromkeys(ranked))[:MAX_HISTORY_FIELDS]


def discover(fields: Iterable[Mapping[str, Any]], settings: FieldSettings) -> FieldMap:
    """Match a Jira's field list against what is looked for; configured ids win, ``missing`` names what is absent."""
    known = list(fields)
    found = {meaning: _ids(known, meaning, getattr(settings, meaning)) for meaning in SIGNATURES}
    missing = tuple(
        meaning
        for meaning, ids in found.items()
        if not ids and (meaning in _EXPECTED or getattr(settings, meaning) != AUTO)
    )
    return FieldMap(**found, missing=missing)


def _ids(fields: list[Mapping[str, Any]], meaning: str, configured: str) -> tuple[str, ...]:
    if configured != AUTO:
        return (configured,) if any(field.get("id") == configured for field in fields) else ()
    by_type = [str(field["id"]) for field in fields if custom_type(field) in SIGNATURES[meaning].custom]
    return tuple(dict.fromkeys([*by_type, *candidates(fields, meaning)]))[:_MAX_SAME]


def candidates(fields: Iterable[Mapping[str, Any]], meaning: str) -> tuple[str, ...]:
    """Return the ids of the fields that are named as those of a meaning are, without being of its own type."""
    signature = SIGNATURES[meaning]
    named = (field for field in fields if _is_named(field, signature))
    return tuple(dict.fromkeys(str(field["id"]) for field in named if custom_type(field) not in signature.custom))


def custom_type(field: Mapping[str, Any]) -> str:
    """Return the key of a custom field's type; a system field has none."""
    return str(_schema(field).get("custom") or "")


def _schema(field: Mapping[str, Any]) -> Mapping[str, Any]:
    return field.get("schema") or {}


def _is_named(field: Mapping[str, Any], signature: Signature) -> bool:
    names = {str(field.get(key) or "").casefold() for key in ("name", "untranslatedName")}
    fits = not signature.types or _schema(field).get("type") in signature.types
    return fits and not names.isdisjoint(signature.names)
