"""One edit of an issue, as the changelog records it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from pmbridge.sandbox.jira import adf
from pmbridge.sandbox.jira.catalog import FLAG, FLAGGED, POINTS, SECURITY, SPRINT
from pmbridge.sandbox.jira.records import ChangeItem, Component, Issue, Sprint, User, Version

#: The id and the words of a value, as the changelog shows them.
Shown = tuple[str | None, str | None]


class Known(Protocol):
    """What of a site an edit may refer to, by id or name; asking for what is not there raises an error."""

    users: dict[str, User]
    versions: dict[str, Version]
    components: dict[str, Component]
    sprints: dict[int, Sprint]

    def issue(self, id_or_key: str) -> Issue: ...  # noqa: D102
    def named(self, table: str, id_or_name: str) -> Any: ...  # noqa: D102
    def of_project(self, table: str, project: str, id_or_name: str) -> Version | Component: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Field:
    """How a field of an issue is resolved from what a caller gives and how the changelog shows it.

    ``resolve(site, issue, value)`` gives the stored value; ``show(site, value)`` its id and words. A field of
    ``several`` values leaves one item for each value taken out or put in; any other leaves one item.
    """

    name: str
    id: str | None
    resolve: Callable[[Known, Issue, Any], Any]
    show: Callable[[Known, Any], Shown]
    several: bool = False
    custom: bool = False


def changes_of(site: Known, issue: Issue, changes: Mapping[str, Any]) -> list[tuple[str, Any, list[ChangeItem]]]:
    """Return attribute, new value and changelog items of every given field that really changes."""
    found = []
    for attribute, given in changes.items():
        if attribute not in FIELDS:
            raise ValueError(f"a sandbox issue has no field {attribute!r}; known are {', '.join(sorted(FIELDS))}")
        field = FIELDS[attribute]
        value, before = field.resolve(site, issue, given), getattr(issue, attribute)
        if value != before:
            found.append((attribute, value, _items(site, field, before, value)))
    return found


def _items(site: Known, field: Field, before: Any, after: Any) -> list[ChangeItem]:
    if not field.several:
        return [_item(field, field.show(site, before), field.show(site, after))]
    nothing: Shown = (None, None)
    gone = [_item(field, field.show(site, value), nothing) for value in before if value not in after]
    come = [_item(field, nothing, field.show(site, value)) for value in after if value not in before]
    return gone + come


def _item(field: Field, before: Shown, after: Shown) -> ChangeItem:
    return ChangeItem(field.name, field.id, *before, *after, custom=field.custom)


def _as_given(site: Known, issue: Issue, value: Any) -> Any:
    return value


def _day(site: Known, issue: Issue, value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _points(site: Known, issue: Issue, value: float | None) -> float | None:
    return None if value is None else float(value)


def _labels(site: Known, issue: Issue, value: Iterable[str]) -> list[str]:
    labels = list(dict.fromkeys(value))
    for label in labels:
        if not label or any(letter.isspace() for letter in label):
            raise ValueError(f"the label {label!r} can't contain spaces")
    return labels


def _parent(site: Known, issue: Issue, value: str | None) -> str | None:
    return None if value is None else site.issue(value).id


def _user(site: Known, issue: Issue, value: str | None) -> str | None:
    if value is not None and value not in site.users:
        raise ValueError(f"the sandbox Jira has no account {value!r}")
    return value


def _named(table: str) -> Callable[[Known, Issue, Any], str | None]:
    def resolve(site: Known, issue: Issue, value: str | None) -> str | None:
        return None if value is None else str(site.named(table, value).id)

    return resolve


def _of_project(table: str) -> Callable[[Known, Issue, Any], list[str]]:
    def resolve(site: Known, issue: Issue, values: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(site.of_project(table, issue.project, value).id for value in values))

    return resolve


def _sprints(site: Known, issue: Issue, values: Iterable[int | str]) -> list[str]:
    return [str(site.sprints[int(value)].id) for value in values]


def _show_text(site: Known, value: str | None) -> Shown:
    return None, value


def _show_description(site: Known, value: adf.Node | None) -> Shown:
    return None, adf.plain(value) or None


def _show_labels(site: Known, value: list[str]) -> Shown:
    return None, " ".join(value)


def _show_points(site: Known, value: float | None) -> Shown:
    return None, None if value is None else f"{value:g}"


def _show_day(site: Known, value: date | None) -> Shown:
    return (None, None) if value is None else (value.isoformat(), f"{value.isoformat()} 00:00:00.0")


def _show_flag(site: Known, value: bool) -> Shown:
    return (f"[{FLAG['id']}]", FLAG["value"]) if value else ("", "")


def _show_security(site: Known, value: bool) -> Shown:
    return (SECURITY["id"], SECURITY["name"]) if value else (None, None)


def _show_user(site: Known, value: str | None) -> Shown:
    return (None, None) if value is None else (value, site.users[value].name)


def _show_parent(site: Known, value: str | None) -> Shown:
    return (None, None) if value is None else (value, site.issue(value).key)


def _show_sprints(site: Known, value: list[str]) -> Shown:
    return ", ".join(value), ", ".join(site.sprints[int(id)].name for id in value)


def _show_named(table: str) -> Callable[[Known, str | None], Shown]:
    def show(site: Known, value: str | None) -> Shown:
        return (None, None) if value is None else (value, site.named(table, value).name)

    return show


def _show_version(site: Known, value: str) -> Shown:
    return value, site.versions[value].name


def _show_component(site: Known, value: str) -> Shown:
    return value, site.components[value].name


def _catalogued(name: str, table: str) -> Field:
    return Field(name, name, _named(table), _show_named(table))


#: By attribute of `Issue`. The parent's items carry no field id, as on Jira Cloud.
FIELDS: dict[str, Field] = {
    "status": _catalogued("status", "statuses"),
    "resolution": _catalogued("resolution", "resolutions"),
    "priority": _catalogued("priority", "priorities"),
    "type": _catalogued("issuetype", "types"),
    "summary": Field("summary", "summary", _as_given, _show_text),
    "description": Field("description", "description", lambda s, i, v: adf.document(v), _show_description),
    "assignee": Field("assignee", "assignee", _user, _show_user),
    "labels": Field("labels", "labels", _labels, _show_labels),
    "due": Field("duedate", "duedate", _day, _show_day),
    "restricted": Field("security", "security", _as_given, _show_security),
    "parent": Field("IssueParentAssociation", None, _parent, _show_parent),
    "points": Field("Story Points", POINTS, _points, _show_points, custom=True),
    "flagged": Field("Flagged", FLAGGED, _as_given, _show_flag, custom=True),
    "sprints": Field("Sprint", SPRINT, _sprints, _show_sprints, custom=True),
    "fix_versions": Field("Fix Version", "fixVersions", _of_project("versions"), _show_version, several=True),
    "affects": Field("Version", "versions", _of_project("versions"), _show_version, several=True),
    "components": Field("Component", "components", _of_project("components"), _show_component, several=True),
}
