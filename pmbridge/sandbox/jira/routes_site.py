"""The addresses that describe a sandbox Jira itself."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.jira import catalog, views
from pmbridge.sandbox.jira.lookup import JiraCall, refusal
from pmbridge.sandbox.jira.views import Frame

#: Rights a read-only token lacks, and rights that need project administration.
_WRITING = {
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "EDIT_ISSUES",
    "LINK_ISSUES",
    "CREATE_ISSUES",
}
_ADMINISTERING = {"ADMINISTER_PROJECTS"}
_READING = {"BROWSE_PROJECTS", "VIEW_READONLY_WORKFLOW"}


def server_info(call: JiraCall) -> Any:
    """Answer who and what the server is."""
    return {
        "baseUrl": call.base,
        "version": "9.12.4" if call.site.server else "1001.0.0-SNAPSHOT",
        "versionNumbers": [9, 12, 4] if call.site.server else [1001, 0, 0],
        "deploymentType": "Server" if call.site.server else "Cloud",
        "buildNumber": 100300,
        "buildDate": "2026-08-01T00:00:00.000+0000",
        "serverTime": views.stamp(call.site.clock.now()),
        "scmInfo": "sandbox",
        "serverTitle": call.site.name,
        "serverTimeZone": "Etc/UTC",
    }


def myself(call: JiraCall) -> Any:
    """Answer whose token it is."""
    account = views.user(Frame.of(call), call.token.user) or {}
    return {
        **account,
        "locale": "en_US",
        "groups": {"size": 0, "items": []},
        "applicationRoles": {"size": 0, "items": []},
    }


def my_permissions(call: JiraCall) -> Any:
    """Answer which of the named rights the token has."""
    asked = [name for name in (call.text("permissions") or "").split(",") if name]
    if not asked:
        raise refusal(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in asked if name not in _WRITING | _ADMINISTERING | _READING]
    if unknown:
        raise refusal(400, f"Unrecognized permission(s): {', '.join(unknown)}")
    held = _READING | (_WRITING if call.token.write else set()) | (_ADMINISTERING if call.token.admin else set())
    return {"permissions": {name: _permission(number, name, name in held) for number, name in enumerate(asked, 1)}}


def _permission(id: int, key: str, held: bool) -> dict[str, Any]:
    name = key.replace("_", " ").capitalize()
    return {"id": str(id), "key": key, "name": name, "type": "PROJECT", "description": "", "havePermission": held}


def fields(call: JiraCall) -> Any:
    """Answer every field, system ones first."""
    system = [_system_field(*field) for field in catalog.SYSTEM_FIELDS]
    own = [*catalog.CUSTOM_FIELDS, *([catalog.EPIC_LINK_FIELD] if call.site.server else [])]
    return system + [_custom_field(field) for field in own]


def _system_field(id: str, name: str, type_: str, items: str | None) -> dict[str, Any]:
    schema = views.filled(type=type_, items=items, system=id)
    return {**_field(id, name, custom=False), "clauseNames": [id], "schema": schema}


def _custom_field(field: catalog.CustomField) -> dict[str, Any]:
    number = int(field.id.rpartition("_")[2])
    schema = views.filled(type=field.type, items=field.items, custom=field.kind, customId=number)
    return {**_field(field.id, field.name, custom=True), "clauseNames": [f"cf[{number}]", field.name], "schema": schema}


def _field(id: str, name: str, *, custom: bool) -> dict[str, Any]:
    hidden = id in catalog.NOT_NAVIGABLE
    return {
        "id": id,
        "key": id,
        "name": name,
        "custom": custom,
        "orderable": True,
        "navigable": not hidden,
        "searchable": True,
    }


def statuses(call: JiraCall) -> Any:
    """Answer every status with its category."""
    frame = Frame.of(call)
    return [views.status(frame, entry) for entry in catalog.STATUSES]


def issue_types(call: JiraCall) -> Any:
    """Answer every issue type."""
    frame = Frame.of(call)
    return [views.issue_type(frame, entry) for entry in catalog.ISSUE_TYPES]


def priorities(call: JiraCall) -> Any:
    """Answer the priorities, the highest first."""
    frame = Frame.of(call)
    return [views.named(frame, "priority", entry) for entry in catalog.PRIORITIES]


def resolutions(call: JiraCall) -> Any:
    """Answer the resolutions."""
    frame = Frame.of(call)
    return [views.named(frame, "resolution", entry) for entry in catalog.RESOLUTIONS]


def link_types(call: JiraCall) -> Any:
    """Answer the link types."""
    frame = Frame.of(call)
    return {"issueLinkTypes": [views.link_type(frame, entry) for entry in catalog.LINK_TYPES]}


ROUTES = (
    Route("GET", "/rest/api/{v}/serverInfo", server_info, open=True),
    Route("GET", "/rest/api/{v}/myself", myself),
    Route("GET", "/rest/api/{v}/mypermissions", my_permissions),
    Route("GET", "/rest/api/{v}/field", fields),
    Route("GET", "/rest/api/{v}/status", statuses),
    Route("GET", "/rest/api/{v}/issuetype", issue_types),
    Route("GET", "/rest/api/{v}/priority", priorities),
    Route("GET", "/rest/api/{v}/resolution", resolutions),
    Route("GET", "/rest/api/{v}/issueLinkType", link_types),
)
