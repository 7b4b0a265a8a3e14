"""The addresses of one issue of a sandbox Jira: its fields, properties and remote links."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Answer, Route
from pmbridge.sandbox.jira import issue_view, views
from pmbridge.sandbox.jira.lookup import JiraCall, body_object, listed, nested, properties_of, refusal, visible_issue
from pmbridge.sandbox.jira.records import Issue
from pmbridge.sandbox.jira.views import Frame

#: Fields a client may set.
_SETTABLE = ("summary", "description", "labels")


def show(call: JiraCall, issue: str) -> Any:
    """Show an issue, by default with every field."""
    entry, expand = visible_issue(call, issue), call.text("expand") or ""
    fields = issue_view.chosen(call.request.args.getlist("fields"), "*all")
    names = [name for part in call.request.args.getlist("properties") for name in part.split(",")]
    return issue_view.issue(Frame.of(call), entry, fields, changelog="changelog" in expand, properties=names)


def edit(call: JiraCall, issue: str) -> Any:
    """Set fields, add and remove labels, set properties: one edit.

    Who may not administer the project and asks that nobody be notified is ignored: Jira's description leaves open
    whether with the edit or with the wish, so here the edit is lost.
    """
    entry, body = visible_issue(call, issue), body_object(call)
    if call.text("notifyUsers") == "false" and not call.token.admin:
        return Answer(None, 204)
    properties = properties_of(body)
    changes = _set(nested(body, "fields")) | _labels(entry, nested(body, "update"))
    try:
        call.site.edit_issue(entry.id, at=call.site.clock.now(), by=call.token.user, **changes)
    except ValueError as error:
        raise refusal(400, **{"labels" if "label" in str(error) else "fields": str(error)}) from None
    entry.properties.update(properties)
    if call.flag("returnIssue"):
        return issue_view.issue(Frame.of(call), entry, issue_view.chosen((), "*all"))
    return Answer(None, 204)


def _set(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in fields if name not in _SETTABLE]
    if unknown:
        sentence = "Field '{0}' cannot be set. It is not on the appropriate screen, or unknown."
        raise refusal(400, **{name: sentence.format(name) for name in unknown})
    if not isinstance(fields.get("summary", ""), str) or not all(isinstance(e, str) for e in listed(fields, "labels")):
        raise refusal(400, summary="Operation value must be a string")
    return dict(fields)


def _labels(entry: Issue, update: dict[str, Any]) -> dict[str, Any]:
    if set(update) - {"labels"}:
        raise refusal(400, **dict.fromkeys(set(update) - {"labels"}, "The operations are not known."))
    if "labels" not in update:
        return {}
    labels = dict.fromkeys(entry.labels)
    for verb, label in _operations(update["labels"]):
        if verb == "add":
            labels[label] = None
        else:
            labels.pop(label, None)
    return {"labels": list(labels)}


def _operations(rows: Any) -> list[tuple[str, str]]:
    rows = rows if isinstance(rows, list) else [None]
    if not all(isinstance(row, dict) for row in rows):
        raise refusal(400, labels="The operations must be a list of objects.")
    found = [(verb, label) for row in rows for verb, label in row.items()]
    if not all(verb in ("add", "remove") and isinstance(label, str) for verb, label in found):
        raise refusal(400, labels="An operation adds or removes one label.")
    return found


def property_keys(call: JiraCall, issue: str) -> Any:
    """List the keys of an issue's properties."""
    entry, address = visible_issue(call, issue), f"{Frame.of(call).api}/issue/{issue}/properties"
    return {"keys": [{"self": f"{address}/{key}", "key": key} for key in entry.properties]}


def show_property(call: JiraCall, issue: str, key: str) -> Any:
    """Show a property of an issue."""
    return shown_property(visible_issue(call, issue).properties, key)


def set_property(call: JiraCall, issue: str, key: str) -> Any:
    """Set a property of an issue; its ``updated`` stays."""
    return store_property(call, visible_issue(call, issue).properties, key)


def delete_property(call: JiraCall, issue: str, key: str) -> Any:
    """Delete a property of an issue."""
    return dropped_property(visible_issue(call, issue).properties, key)


def shown_property(properties: dict[str, Any], key: str) -> Any:
    """Answer with a property, or refuse with 404."""
    if key not in properties:
        raise refusal(404, f"The property {key} does not exist.")
    return {"key": key, "value": properties[key]}


def store_property(call: JiraCall, properties: dict[str, Any], key: str) -> Answer:
    """Keep the request's JSON under a key of at most 255 characters, of at most 32,768 characters itself."""
    if len(key) > 255 or not 0 < len(call.request.get_data()) <= 32_768:
        raise refusal(400, "A property needs a key of at most 255 and a value of at most 32768 characters.")
    status = 200 if key in properties else 201
    properties[key] = call.body
    return Answer({}, status)


def dropped_property(properties: dict[str, Any], key: str) -> Answer:
    """Forget a property, or refuse with 404."""
    shown_property(properties, key)
    del properties[key]
    return Answer(None, 204)


def remote_links(call: JiraCall, issue: str) -> Any:
    """List an issue's remote links, or show the one with a ``globalId``."""
    frame, entry, wanted = Frame.of(call), visible_issue(call, issue), call.text("globalId")
    if wanted is None:
        return [views.remote_link(frame, link) for link in entry.remote_links]
    found = next((link for link in entry.remote_links if link.global_id == wanted), None)
    if found is None:
        raise refusal(404, f"The remote link with global ID '{wanted}' does not exist.")
    return views.remote_link(frame, found)


def upsert_remote_link(call: JiraCall, issue: str) -> Any:
    """Create a remote link, or replace the one with the same ``globalId``."""
    entry, body = visible_issue(call, issue), body_object(call)
    target = nested(body, "object")
    if not isinstance(target.get("url"), str) or not isinstance(target.get("title"), str):
        raise refusal(400, title="'title' is required.", url="'url' is required.")
    before = len(entry.remote_links)
    link = call.site.add_remote_link(
        entry.id,
        target["url"],
        target["title"],
        _text(body.get("relationship")),
        _text(body.get("globalId")),
        at=call.site.clock.now(),
        by=call.token.user,
        summary=target.get("summary"),
        application=nested(body, "application"),
        icon=nested(target, "icon"),
        status=nested(target, "status"),
    )
    shown = {"id": link.id, "self": views.remote_link(Frame.of(call), link)["self"]}
    return Answer(shown, 201 if len(entry.remote_links) > before else 200)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def delete_remote_link(call: JiraCall, issue: str, id: int) -> Any:
    """Delete a remote link."""
    entry = visible_issue(call, issue)
    found = next((link for link in entry.remote_links if link.id == id), None)
    if found is None:
        raise refusal(404, f"The remote link with id '{id}' does not exist.")
    entry.remote_links.remove(found)
    return Answer(None, 204)


ROUTES = (
    Route("GET", "/rest/api/{v}/issue/<issue>", show),
    Route("PUT", "/rest/api/{v}/issue/<issue>", edit),
    Route("GET", "/rest/api/{v}/issue/<issue>/properties", property_keys),
    Route("GET", "/rest/api/{v}/issue/<issue>/properties/<key>", show_property),
    Route("PUT", "/rest/api/{v}/issue/<issue>/properties/<key>", set_property),
    Route("DELETE", "/rest/api/{v}/issue/<issue>/properties/<key>", delete_property),
    Route("GET", "/rest/api/{v}/issue/<issue>/remotelink", remote_links),
    Route("POST", "/rest/api/{v}/issue/<issue>/remotelink", upsert_remote_link),
    Route("DELETE", "/rest/api/{v}/issue/<issue>/remotelink/<int:id>", delete_remote_link),
)
