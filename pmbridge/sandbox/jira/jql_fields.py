"""The values of an issue that a query can ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pmbridge.sandbox.jira.catalog import CATEGORIES
from pmbridge.sandbox.jira.records import Issue, Project
from pmbridge.sandbox.jira.state import JiraSite


def project_words(project: Project) -> set[str]:
    """Return the words a project can be named by."""
    return {project.id, project.key, project.name}


def _versions(site: JiraSite, ids: Sequence[str]) -> set[str]:
    return {word for id in ids for word in (id, site.versions[id].name)}


def _entry(site: JiraSite, table: str, id: str | None) -> set[str]:
    if id is None:
        return set()
    entry = site.named(table, id)
    return {entry.id, entry.name}


def _parents(site: JiraSite, issue: Issue) -> set[str]:
    return {issue.parent, site.issues[issue.parent].key} if issue.parent else set()


def _categories(site: JiraSite, issue: Issue) -> set[str]:
    key = site.named("statuses", issue.status).category
    return {key, CATEGORIES[key][1], str(CATEGORIES[key][0])}


#: By the field's name in lower case; each word of the set fits.
VALUES: dict[str, Callable[[JiraSite, Issue], set[str]]] = {
    "project": lambda site, issue: project_words(site.projects[issue.project]),
    "key": lambda site, issue: {issue.key, issue.id},
    "issuekey": lambda site, issue: {issue.key, issue.id},
    "issue": lambda site, issue: {issue.key, issue.id},
    "id": lambda site, issue: {issue.key, issue.id},
    "fixversion": lambda site, issue: _versions(site, issue.fix_versions),
    "affectedversion": lambda site, issue: _versions(site, issue.affects),
    "parent": _parents,
    "issuetype": lambda site, issue: _entry(site, "types", issue.type),
    "type": lambda site, issue: _entry(site, "types", issue.type),
    "status": lambda site, issue: _entry(site, "statuses", issue.status),
    "statuscategory": _categories,
    "resolution": lambda site, issue: _entry(site, "resolutions", issue.resolution),
    "priority": lambda site, issue: _entry(site, "priorities", issue.priority),
    "labels": lambda site, issue: set(issue.labels),
    "assignee": lambda site, issue: {issue.assignee} if issue.assignee else set(),
    "sprint": lambda site, issue: {word for id in issue.sprints for word in (id, site.sprints[int(id)].name)},
    "component": lambda site, issue: {word for id in issue.components for word in (id, site.components[id].name)},
}
