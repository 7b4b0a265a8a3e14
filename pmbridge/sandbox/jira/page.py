"""The pages of a sandbox Jira that people look at."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pmbridge.sandbox import html
from pmbridge.sandbox.exchange import Route
from pmbridge.sandbox.jira import catalog
from pmbridge.sandbox.jira.adf_html import render
from pmbridge.sandbox.jira.lookup import JiraCall, visible_issue, visible_project, visible_version
from pmbridge.sandbox.jira.records import Comment, Issue, Link
from pmbridge.sandbox.jira.state import JiraSite

_BAR = "#0c66e4"
_COLORS = {"new": "", "indeterminate": "blue", "done": "green"}


def browse(call: JiraCall, key: str) -> Any:
    """Show an issue with its description, fields and comments."""
    site, entry = call.site, visible_issue(call, key)
    project = site.projects[entry.project]
    return html.document(
        f"[{entry.key}] {entry.summary}",
        site.name,
        _BAR,
        html.heading(f"{project.name} / {entry.key}", entry.summary),
        _facts(site, entry),
        html.section("Description", render(entry.description)),
        html.section("Comments", Markup("").join(_comment(site, comment) for comment in entry.comments)),
        html.section("Linked issues", _lines(_link(site, entry, link) for link in entry.links)),
        html.section("Web links", _lines(html.link(link.url, link.title) for link in entry.remote_links)),
        html.section("Child issues", _lines(_issue(site, id) for id in site.children.get(entry.id, ()))),
    )


def _facts(site: JiraSite, entry: Issue) -> Markup:
    return html.facts(
        [
            ("Type", site.named("types", entry.type).name),
            ("Status", _status(site, entry)),
            ("Resolution", site.named("resolutions", entry.resolution).name if entry.resolution else None),
            ("Priority", site.named("priorities", entry.priority).name),
            ("Assignee", site.users[entry.assignee].name if entry.assignee else "Unassigned"),
            ("Reporter", site.users[entry.by].name),
            ("Fix versions", html.joined(_version(site, id) for id in entry.fix_versions)),
            ("Affects versions", html.joined(_version(site, id) for id in entry.affects)),
            ("Sprint", html.joined(site.sprints[int(id)].name for id in entry.sprints)),
            ("Story Points", None if entry.points is None else f"{entry.points:g}"),
            ("Labels", html.labels(entry.labels)),
            ("Components", html.joined(site.components[id].name for id in entry.components)),
            ("Parent", _issue(site, entry.parent) if entry.parent else None),
            ("Due", entry.due),
            ("Flagged", html.lozenge("Impediment", "red") if entry.flagged else None),
            ("Security", html.lozenge("Restricted", "red") if entry.restricted else None),
            ("Created", html.moment(entry.created)),
            ("Updated", html.moment(entry.updated)),
        ]
    )


def _status(site: JiraSite, entry: Issue) -> Markup:
    status = site.named("statuses", entry.status)
    return html.lozenge(status.name, _COLORS[status.category])


def _version(site: JiraSite, id: str) -> Markup:
    version = site.versions[id]
    return html.link(f"/projects/{version.project}/versions/{version.id}", version.name)


def _issue(site: JiraSite, id: str) -> Markup:
    other = site.issues[id]
    named = html.link(f"/browse/{other.key}", other.key)
    return Markup("{} {} {}").format(named, other.summary, _status(site, other))


def _link(site: JiraSite, entry: Issue, link: Link) -> Markup:
    kind = site.named("link_types", link.type)
    phrase, other = (kind.outward, link.target) if link.source == entry.id else (kind.inward, link.source)
    return Markup("{} {}").format(phrase, _issue(site, other))


def _lines(parts: Any) -> Markup:
    body = Markup("").join(Markup("<li>{}</li>").format(part) for part in parts)
    return Markup("<ul>{}</ul>").format(body) if body else Markup("")


def _comment(site: JiraSite, comment: Comment) -> Markup:
    remark = "" if comment.public else "internal"
    return html.comment(site.users[comment.by].name, comment.at, comment.updated, render(comment.body), remark)


def version(call: JiraCall, key: str, id: str) -> Any:
    """Show a version with its dates, its progress and its issues."""
    site, home, entry = call.site, visible_project(call, key), visible_version(call, id)
    inside = [issue for issue in site.issues.values() if entry.id in issue.fix_versions]
    state = "archived" if entry.archived else "released" if entry.released else "unreleased"
    dates = [("Start date", entry.start), ("Release date", entry.release_date)]
    return html.document(
        f"{entry.name} - {home.name}",
        site.name,
        _BAR,
        html.heading(f"{home.name} / Releases", entry.name),
        html.facts([("State", html.lozenge(state, "green" if entry.released else "")), *dates]),
        html.section("Description", _paragraphs(entry.description)),
        html.section("Progress", _progress(site, inside)),
        html.section("Issues", _lines(_issue(site, issue.id) for issue in inside)),
    )


def _paragraphs(text: str) -> Markup:
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in text.splitlines() if line.strip())


def _progress(site: JiraSite, inside: list[Issue]) -> Markup:
    categories = [site.named("statuses", issue.status).category for issue in inside]
    return html.facts((name, str(categories.count(key))) for key, (_, name, _) in catalog.CATEGORIES.items())


ROUTES = (
    Route("GET", "/browse/<key>", browse, open=True),
    Route("GET", "/projects/<key>/versions/<id>", version, open=True),
)
