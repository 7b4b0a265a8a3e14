"""The addresses of the notes of a sandbox GitLab's issues."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Answer, Refusal, Route
from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.lookup import (
    GitlabCall,
    bad_request,
    body_object,
    caller,
    visible_issue,
    visible_note,
)
from pmbridge.sandbox.gitlab.paging import page
from pmbridge.sandbox.gitlab.quick_actions import Act, execute, extract
from pmbridge.sandbox.gitlab.records import Issue, Note
from pmbridge.sandbox.gitlab.views import Frame

_LONGEST = 1_000_000


def listing(call: GitlabCall, id: str, iid: int) -> Any:
    """List an issue's notes, by default the newest first."""
    frame, issue = Frame.of(call), visible_issue(call, id, iid)
    wanted = call.text("activity_filter") or "all_notes"
    rows = [row for row in issue.notes if wanted == "all_notes" or row.system == (wanted == "only_activity")]
    attribute = "updated" if call.text("order_by") == "updated_at" else "at"
    newest_first = call.text("sort") != "asc"
    ordered = sorted(rows, key=lambda row: (getattr(row, attribute), row.id), reverse=newest_first)
    return page(call, ordered, lambda row: views.note(frame, row))


def show(call: GitlabCall, id: str, iid: int, note: int) -> Any:
    """Show a note."""
    return views.note(Frame.of(call), visible_note(call, visible_issue(call, id, iid), note))


def create(call: GitlabCall, id: str, iid: int) -> Any:
    """Add a note and carry out the commands in it; of commands alone no note remains."""
    issue, asked = visible_issue(call, id, iid), body_object(call)
    remains, commands = extract(_body(asked))
    act = Act(call.site, issue, call.site.clock.now(), caller(call))
    execute(act, commands)
    if not remains:
        names = {command.name: command.argument for command in commands}
        return Answer({"commands_changes": names, "summary": ["Commands applied"]}, 202)
    internal = str(asked.get("internal", "")).lower() == "true"
    note = call.site.add_note(issue.id, remains, at=act.at, by=act.by, internal=internal)
    return Answer(views.note(Frame.of(call), call.site.notes[note]), 201)


def update(call: GitlabCall, id: str, iid: int, note: int) -> Any:
    """Replace a note's text and carry out the commands in it; of commands alone no note remains."""
    issue = visible_issue(call, id, iid)
    entry = _own(call, issue, note)
    remains, commands = extract(_body(body_object(call)))
    act = Act(call.site, issue, call.site.clock.now(), caller(call))
    call.site.edit_note(entry.id, remains, at=act.at)
    execute(act, commands)
    drawn = views.note(Frame.of(call), entry)
    if not remains:
        call.site.delete_note(entry.id)
    return drawn


def delete(call: GitlabCall, id: str, iid: int, note: int) -> Any:
    """Delete a note."""
    entry = _own(call, visible_issue(call, id, iid), note)
    call.site.delete_note(entry.id)
    return Answer(None, 204)


def _own(call: GitlabCall, issue: Issue, id: int) -> Note:
    """Return a note that the caller may change: not a system note, and his own unless he maintains the project."""
    entry = visible_note(call, issue, id)
    if entry.system or (entry.by != caller(call) and not call.token.admin):
        raise Refusal(403, {"message": "403 Forbidden"})
    return entry


def _body(asked: dict[str, Any]) -> str:
    body = asked.get("body")
    if not isinstance(body, str) or not body.strip():
        raise bad_request("body is missing")
    if len(body) > _LONGEST or "\x00" in body:
        raise bad_request("body is invalid")
    return body


_NOTES = "/api/v4/projects/<id>/issues/<int:iid>/notes"
ROUTES = (
    Route("GET", _NOTES, listing),
    Route("POST", _NOTES, create),
    Route("GET", f"{_NOTES}/<int:note>", show),
    Route("PUT", f"{_NOTES}/<int:note>", update),
    Route("DELETE", f"{_NOTES}/<int:note>", delete),
)
