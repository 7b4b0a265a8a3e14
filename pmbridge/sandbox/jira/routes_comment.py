"""The addresses of a sandbox Jira's comments and their properties."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Answer, Route
from pmbridge.sandbox.jira import adf, views
from pmbridge.sandbox.jira.lookup import (
    JiraCall,
    body_object,
    listed,
    nested,
    properties_of,
    refusal,
    visible_comment,
    visible_issue,
)
from pmbridge.sandbox.jira.paging import window
from pmbridge.sandbox.jira.records import Comment
from pmbridge.sandbox.jira.routes_issue import dropped_property, shown_property, store_property
from pmbridge.sandbox.jira.views import Frame

_LONGEST = 32_767


def listing(call: JiraCall, issue: str) -> Any:
    """List an issue's comments, by default the oldest first."""
    frame, entry = Frame.of(call), visible_issue(call, issue)
    rows = entry.comments[::-1] if (call.text("orderBy") or "").startswith("-") else entry.comments
    start, size, chosen = window(call, rows, default=100, most=5000)
    with_properties = "properties" in (call.text("expand") or "")
    drawn = [views.comment(frame, row, properties=with_properties) for row in chosen]
    return {"startAt": start, "maxResults": size, "total": len(rows), "comments": drawn}


def create(call: JiraCall, issue: str) -> Any:
    """Add a comment, with its properties in the same request."""
    entry, asked = visible_issue(call, issue), body_object(call)
    body, properties = _body(call, asked), properties_of(asked)
    internal = properties.get("sd.public.comment") == {"internal": True}
    id = call.site.add_comment(
        entry.id,
        body,
        at=call.site.clock.now(),
        by=call.token.user,
        public=not internal,
        visibility=nested(asked, "visibility") or None,
        properties=properties,
    )
    return Answer(views.comment(Frame.of(call), call.site.comments[id]), 201)


def show(call: JiraCall, issue: str, id: str) -> Any:
    """Show a comment."""
    comment = visible_comment(call, id, visible_issue(call, issue))
    return views.comment(Frame.of(call), comment, properties="properties" in (call.text("expand") or ""))


def edit(call: JiraCall, issue: str, id: str) -> Any:
    """Replace a comment's text; properties that are given are set, others stay."""
    comment = visible_comment(call, id, visible_issue(call, issue))
    asked = body_object(call)
    call.site.edit_comment(comment.id, _body(call, asked), at=call.site.clock.now(), by=call.token.user)
    comment.properties.update(properties_of(asked))
    return views.comment(Frame.of(call), comment)


def delete(call: JiraCall, issue: str, id: str) -> Any:
    """Delete a comment."""
    comment = visible_comment(call, id, visible_issue(call, issue))
    call.site.delete_comment(comment.id)
    return Answer(None, 204)


def _body(call: JiraCall, asked: dict[str, Any]) -> adf.Node:
    """Return the text as a document: version 3 wants a document, older versions a string."""
    body, rich = asked.get("body"), call.version == "3"
    if not body:
        raise refusal(400, comment="Comment body can not be empty!")
    if rich and not (isinstance(body, dict) and body.get("type") == "doc" and body.get("version") == 1):
        raise refusal(400, comment="Comment body is not valid!")
    if not rich and not isinstance(body, str):
        raise refusal(400, comment="Operation value must be a string")
    document = adf.document(body) or {}
    if len(adf.plain(document)) > _LONGEST:
        raise refusal(
            400, comment=f"The entered text is too long. It exceeds the allowed limit of {_LONGEST:,} characters."
        )
    return document


def by_ids(call: JiraCall) -> Any:
    """Show comments by their ids, those that are gone or hidden left out."""
    ids = listed(body_object(call), "ids")
    if not 0 < len(ids) <= 1000:
        raise refusal(400, "Between 1 and 1000 comment ids are needed.")
    rows = [call.site.comments[str(id)] for id in ids if str(id) in call.site.comments]
    seen = [row for row in rows if call.token.sees(call.site.issues[row.issue].project)]
    frame, with_properties = Frame.of(call), "properties" in (call.text("expand") or "")
    drawn = [views.comment(frame, row, properties=with_properties) for row in seen]
    return {"startAt": 0, "maxResults": 1000, "total": len(seen), "isLast": True, "values": drawn}


def property_keys(call: JiraCall, id: str) -> Any:
    """List the keys of a comment's properties."""
    address = f"{Frame.of(call).api}/comment/{id}/properties"
    return {"keys": [{"self": f"{address}/{key}", "key": key} for key in _comment(call, id).properties]}


def show_property(call: JiraCall, id: str, key: str) -> Any:
    """Show a property of a comment."""
    return shown_property(_comment(call, id).properties, key)


def set_property(call: JiraCall, id: str, key: str) -> Any:
    """Set a property of a comment."""
    return store_property(call, _comment(call, id).properties, key)


def delete_property(call: JiraCall, id: str, key: str) -> Any:
    """Delete a property of a comment."""
    return dropped_property(_comment(call, id).properties, key)


def _comment(call: JiraCall, id: str) -> Comment:
    return visible_comment(call, id)


ROUTES = (
    Route("GET", "/rest/api/{v}/issue/<issue>/comment", listing),
    Route("POST", "/rest/api/{v}/issue/<issue>/comment", create),
    Route("GET", "/rest/api/{v}/issue/<issue>/comment/<id>", show),
    Route("PUT", "/rest/api/{v}/issue/<issue>/comment/<id>", edit),
    Route("DELETE", "/rest/api/{v}/issue/<issue>/comment/<id>", delete),
    Route("POST", "/rest/api/{v}/comment/list", by_ids, reads=True),
    Route("GET", "/rest/api/{v}/comment/<id>/properties", property_keys),
    Route("GET", "/rest/api/{v}/comment/<id>/properties/<key>", show_property),
    Route("PUT", "/rest/api/{v}/comment/<id>/properties/<key>", set_property),
    Route("DELETE", "/rest/api/{v}/comment/<id>/properties/<key>", delete_property),
)
