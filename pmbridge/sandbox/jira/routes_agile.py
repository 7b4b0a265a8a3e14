"""The addresses of a sandbox Jira's boards and sprints."""

from __future__ import annotations

from typing import Any

from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.jira import catalog, views
from pmbridge.sandbox.jira.lookup import JiraCall, refusal
from pmbridge.sandbox.jira.paging import page
from pmbridge.sandbox.jira.records import Board, Sprint


def boards(call: JiraCall) -> Any:
    """List the boards of the visible projects."""
    wanted = call.text("projectKeyOrId")
    rows = [
        board
        for board in call.site.boards.values()
        if call.token.sees(board.project)
        and (wanted is None or wanted in (board.project, call.site.projects[board.project].id))
    ]
    return page(call, rows, lambda board: _board(call, board), default=50, most=50)


def _board(call: JiraCall, board: Board) -> dict[str, Any]:
    home = call.site.projects[board.project]
    return {
        "id": board.id,
        "self": f"{call.base}/rest/agile/1.0/board/{board.id}",
        "name": board.name,
        "type": "scrum",
        "location": {
            "projectId": int(home.id),
            "displayName": f"{home.name} ({home.key})",
            "projectName": home.name,
            "projectKey": home.key,
            "projectTypeKey": "software",
        },
    }


def _visible(call: JiraCall, id: int) -> Board:
    board = call.site.boards.get(id)
    if board is None or not call.token.sees(board.project):
        raise refusal(404, "The requested board cannot be viewed because it either does not exist or is hidden.")
    return board


def configuration(call: JiraCall, id: int) -> Any:
    """Show a board's columns and the field it estimates in."""
    board = _visible(call, id)
    columns = [
        {"name": entry.name, "statuses": [{"id": entry.id, "self": f"{call.base}/rest/api/2/status/{entry.id}"}]}
        for entry in catalog.STATUSES
    ]
    return {
        "id": board.id,
        "name": board.name,
        "type": "scrum",
        "self": f"{call.base}/rest/agile/1.0/board/{board.id}/configuration",
        "columnConfig": {"columns": columns, "constraintType": "none"},
        "estimation": {"type": "field", "field": {"fieldId": catalog.POINTS, "displayName": "Story Points"}},
    }


def sprints(call: JiraCall, id: int) -> Any:
    """List a board's sprints, cut to the asked states."""
    board = _visible(call, id)
    states = [state for state in (call.text("state") or "").split(",") if state]
    rows = [row for row in call.site.sprints.values() if row.board == board.id and (not states or row.state in states)]
    return page(call, rows, lambda row: _sprint(call, row), default=50, most=50)


def sprint(call: JiraCall, id: int) -> Any:
    """Show one sprint."""
    found = call.site.sprints.get(id)
    if found is None:
        raise refusal(404, "Sprint does not exist or you do not have permission to view it.")
    _visible(call, found.board)
    return _sprint(call, found)


def _sprint(call: JiraCall, row: Sprint) -> dict[str, Any]:
    return {
        "id": row.id,
        "self": f"{call.base}/rest/agile/1.0/sprint/{row.id}",
        "state": row.state,
        "name": row.name,
        "originBoardId": row.board,
        "goal": row.goal,
        **views.filled(
            startDate=views.zulu(row.start), endDate=views.zulu(row.end), completeDate=views.zulu(row.completed)
        ),
    }


ROUTES = (
    Route("GET", "/rest/agile/1.0/board", boards),
    Route("GET", "/rest/agile/1.0/board/<int:id>/configuration", configuration),
    Route("GET", "/rest/agile/1.0/board/<int:id>/sprint", sprints),
    Route("GET", "/rest/agile/1.0/sprint/<int:id>", sprint),
)
