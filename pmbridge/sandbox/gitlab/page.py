"""The pages of a sandbox GitLab that people look at."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pmbridge.sandbox import html
from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.gitlab import views
from pmbridge.sandbox.gitlab.lookup import GitlabCall, not_found, visible_group, visible_issue, visible_project
from pmbridge.sandbox.gitlab.records import Issue, Milestone, Note
from pmbridge.sandbox.gitlab.state import duration
from pmbridge.sandbox.gitlab.views import Frame

_BAR = "#171321"
_NAME = "Sandbox GitLab"


def _markdown(text: str | None) -> Markup:
    # The parser is loaded when the first page is shown: most users of the sandbox never look at one.
    from pmbridge.sandbox.gitlab.markdown import render

    return render(text)


def issue(call: GitlabCall, path: str, iid: int) -> Any:
    """Show an issue with its description, fields and comments."""
    site, entry = call.site, visible_issue(call, path, iid)
    notes = Markup("").join(_note(call, note) for note in entry.notes)
    return html.document(
        f"{entry.title} (#{entry.iid})",
        _NAME,
        _BAR,
        html.heading(f"{site.projects[entry.project].path} #{entry.iid}", entry.title),
        _facts(call, entry),
        html.section("Description", _markdown(entry.description)),
        html.section("Activity", notes),
    )


def _facts(call: GitlabCall, entry: Issue) -> Markup:
    site, frame = call.site, Frame.of(call)
    milestone = site.milestones[entry.milestone] if entry.milestone is not None else None
    spent = sum(log.seconds for log in entry.time_logs)
    return html.facts(
        [
            ("State", _state(entry)),
            ("Type", entry.type),
            ("Author", site.users[entry.by].name),
            ("Assignees", html.joined(site.users[user].name for user in entry.assignees)),
            ("Milestone", html.link(views.milestone_url(frame, milestone), milestone.title) if milestone else None),
            ("Labels", html.labels(entry.labels)),
            ("Weight", entry.weight),
            ("Time spent", duration(spent) if spent else None),
            ("Due", entry.due),
            ("Confidential", html.lozenge("confidential", "red") if entry.confidential else None),
            ("Created", html.moment(entry.created)),
            ("Updated", html.moment(entry.updated)),
        ]
    )


def _state(entry: Issue) -> Markup:
    return html.lozenge(entry.state, "green" if entry.state == "opened" else "blue")


def _note(call: GitlabCall, note: Note) -> Markup:
    name = call.site.users[note.by].name
    remark = "system" if note.system else "internal" if note.internal else ""
    return html.comment(name, note.at, note.updated, _markdown(note.body), remark)


def project_milestone(call: GitlabCall, path: str, iid: int) -> Any:
    """Show a project's milestone."""
    home = visible_project(call, path)
    return _milestone(call, home.path, project=home.id, iid=iid)


def group_milestone(call: GitlabCall, path: str, iid: int) -> Any:
    """Show a group's milestone."""
    home = visible_group(call, path)
    return _milestone(call, home.path, group=home.id, iid=iid)


def _milestone(call: GitlabCall, path: str, *, iid: int, project: int | None = None, group: int | None = None) -> Any:
    wanted = (project, group, iid)
    found = [row for row in call.site.milestones.values() if (row.project, row.group, row.iid) == wanted]
    if not found:
        raise not_found("Milestone")
    entry, inside = found[0], [row for row in call.site.issues.values() if row.milestone == found[0].id]
    return html.document(
        entry.title,
        _NAME,
        _BAR,
        html.heading(f"{path} / Milestones", entry.title),
        _milestone_facts(entry, inside),
        html.section("Description", _markdown(entry.description)),
        html.section("Issues", html.table(("Issue", "Title", "State"), (_row(call, row) for row in inside))),
    )


def _milestone_facts(entry: Milestone, inside: list[Issue]) -> Markup:
    closed = sum(row.state == "closed" for row in inside)
    return html.facts(
        [
            ("State", html.lozenge(entry.state, "green" if entry.state == "active" else "")),
            ("Start", entry.start),
            ("Due", entry.due),
            ("Issues", f"{closed} of {len(inside)} closed"),
        ]
    )


def _row(call: GitlabCall, row: Issue) -> tuple[object, ...]:
    path = call.site.projects[row.project].path
    return html.link(f"/{path}/-/issues/{row.iid}", f"#{row.iid}"), row.title, _state(row)


ROUTES = (
    Route("GET", "/<path:path>/-/issues/<int:iid>", issue, open=True),
    Route("GET", "/<path:path>/-/milestones/<int:iid>", project_milestone, open=True),
    Route("GET", "/groups/<path:path>/-/milestones/<int:iid>", group_milestone, open=True),
)
