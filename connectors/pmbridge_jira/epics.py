"""The epics of a project, seen as milestones."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.errors import BadAnswer
from pmbridge.model import Level, Milestone, MilestoneKind, MilestoneState, StatusCategory
from pmbridge_jira import normalize
from pmbridge_jira.client import Client
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.normalize import Site
from pmbridge_jira.reading import project_jql
from pmbridge_jira.shape import Json, listing


def epics(client: Client, jira: Deployment, project: str, site: Site) -> Iterator[Milestone]:
    """Read the epics of a project; their types are found by level, since sites rename them."""
    types = listing(client.get("issuetype"), "issuetype")
    ids = sorted({str(kind["id"]) for kind in types if normalize.level(kind) is Level.EPIC})
    if not ids:
        return
    jql = f"{project_jql(project)} AND issuetype in ({', '.join(ids)}) ORDER BY created ASC, key ASC"
    token, seen = None, set[str | None]()
    while token not in seen:
        seen.add(token)
        issues, token = jira.search(jql, site.fields.wanted, token)
        yield from (milestone(issue, site) for issue in issues)
        if token is None:
            return
    raise BadAnswer(f"Jira's search of the epics of {project} came back to a page it had already sent.")


def milestone(issue: Json, site: Site) -> Milestone:
    """Read an epic; it ends, it is not released. The title of a restricted one is its key."""
    item = normalize.item(issue, site)
    is_done = item.category is StatusCategory.DONE
    return Milestone(
        source=site.source,
        id=normalize.epic_id(item.id),
        native_id=item.id,
        kind=MilestoneKind.EPIC,
        project=item.project,
        title=item.key if item.restricted else item.title,
        state=MilestoneState.CLOSED if is_done else MilestoneState.OPEN,
        start=item.start,
        due=item.due,
        closed_at=item.closed_at,
        url=item.url,
        updated_at=item.updated_at,
    )
