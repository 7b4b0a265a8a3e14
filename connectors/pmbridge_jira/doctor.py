"""What can be found out about a Jira before anything is read from it or written to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from pmbridge.connector import CheckResult, CheckStatus, compared_clocks
from pmbridge.errors import ConnectorError, NotFound, PermissionDenied, Rejected
from pmbridge_jira import mapping
from pmbridge_jira.boards import estimates
from pmbridge_jira.client import Client
from pmbridge_jira.deployment import Deployment
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.instants import instant
from pmbridge_jira.normalize import is_service_desk
from pmbridge_jira.reading import project_jql
from pmbridge_jira.rights import ALL, BROWSE, Rights
from pmbridge_jira.settings import JiraSettings
from pmbridge_jira.shape import Json, expected
from pmbridge_jira.shape import mapping as an_object


def reachability(server_info: Json, local: datetime) -> Iterator[CheckResult]:
    """Report the server's version and how far its clock is from ``local``."""
    version = server_info.get("version") or "unknown version"
    deployment = server_info.get("deploymentType")
    yield _ok("reachability", f"Jira {deployment} {version} answers")
    if deployment != "Cloud":
        text = "a Data Center: it is read whole, and nothing is written to it"
        yield _warning("deployment", text, "publish through another source, or show `audit` and `bugs --html`")
    with expected("Jira", "serverInfo"):
        ahead = instant(server_info["serverTime"]) - local
    yield compared_clocks(ahead)


def fields(
    client: Client,
    jira: Deployment,
    known: Sequence[Json],
    found: FieldMap,
    settings: JiraSettings,
    projects: Sequence[str],
) -> Iterator[CheckResult]:
    """Report where each field was found and how sure that is, what that allows today, and what would allow more."""
    newest = _newest(jira, projects, found.wanted)
    yield from mapping.report(mapping.matches(known, found, settings.fields), found.missing, newest)
    boards = {board: field for key in projects for board, field in estimates(client, key).items()}
    estimation = mapping.estimation(boards, found.story_points)
    if estimation is not None:
        yield estimation
    yield from mapping.outlook(found, _switches(settings))


def _newest(jira: Deployment, projects: Sequence[str], wanted: Sequence[str]) -> list[Json]:
    """Read the newest page of items; a project that may not be seen has a finding of its own."""
    try:
        return jira.search(f"{' OR '.join(map(project_jql, projects))} ORDER BY created DESC, key DESC", wanted, None)[
            0
        ]
    except (NotFound, PermissionDenied, Rejected):
        return []


def _switches(settings: JiraSettings) -> dict[str, tuple[bool, str]]:
    return {
        "sprints": (settings.sprints, "sprints as milestones"),
        "epics": (settings.epics, "epics as milestones"),
        "full_history": (settings.full_history or settings.epics, "who ticked which box, and moved dates and parents"),
        "remote_links": (settings.remote_links, "mirrors that are linked by page"),
        "worklogs": (settings.worklogs, "time that nothing else shows"),
    }


def project(client: Client, rights: Rights, key: str) -> Iterator[CheckResult]:
    """Report whether a project is seen and what each right in it unlocks."""
    details = an_object(client.get(f"project/{key}"), "project")
    yield _ok(f"project {key}", f"seen as {details.get('name') or key}")
    if is_service_desk(details):
        yield _warning(f"project {key}", "a service project: no comments are planned, since customers read them", None)
    held = rights.held(key)
    for right in ALL:
        name = f"{key}: {right.name}"
        if right.key in held:
            yield _ok(name, f"unlocks {right.unlocks}")
        else:
            failed = CheckStatus.FAILED if right is BROWSE else CheckStatus.WARNING
            text, remedy = f"missing: no {right.unlocks}", f"grant {right.name} in {key} to this account"
            yield CheckResult(name=name, status=failed, text=text, remedy=remedy)


def guarded(name: str, check: Callable[[], Iterator[CheckResult]], remedy: str) -> Iterator[CheckResult]:
    """Run one group of checks; an error becomes its last finding."""
    try:
        yield from check()
    except ConnectorError as error:
        yield CheckResult(name=name, status=CheckStatus.FAILED, text=str(error), remedy=remedy)


def account(name: str) -> Iterator[CheckResult]:
    """Report whose token it is."""
    yield _ok("account", f"the token belongs to {name}")


def failed(results: Sequence[CheckResult]) -> bool:
    """Tell whether further checks would only repeat a failure."""
    return any(result.status is CheckStatus.FAILED for result in results)


def _ok(name: str, text: str) -> CheckResult:
    return CheckResult(name=name, status=CheckStatus.OK, text=text)


def _warning(name: str, text: str, remedy: str | None) -> CheckResult:
    return CheckResult(name=name, status=CheckStatus.WARNING, text=text, remedy=remedy)
