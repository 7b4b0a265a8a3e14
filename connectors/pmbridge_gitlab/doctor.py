"""What the doctor finds out about a GitLab source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pmbridge.connector import CheckResult, CheckStatus, compared_clocks
from pmbridge.errors import AuthFailed, ConnectorError
from pmbridge_gitlab import paths, queries
from pmbridge_gitlab.rights import Rights, Role
from pmbridge_gitlab.roads import REFUSALS
from pmbridge_gitlab.unlocking import surfaces, tier

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.settings import GitlabSettings

#: What each surface needs at least.
NEEDS = {"comments on issues": Role.GUEST, "milestone descriptions": Role.PLANNER}


def diagnose(
    client: GitlabClient, rights: Rights, settings: GitlabSettings, projects: Sequence[str]
) -> Iterator[CheckResult]:
    """Yield one line a check; after a server that cannot be reached or a refused token nothing more is asked."""
    for name, first in (("server", lambda: _server(client)), ("account", lambda: _account(rights))):
        result = _found(name, first)
        yield result
        if result.status is CheckStatus.FAILED:
            return
    yield _found("scopes", lambda: _scopes(rights))
    yield _found("clock", lambda: compared_clocks(client.ask_clock() - datetime.now(UTC)))
    for project in projects:
        yield _found(f"project {project}", partial(_project, rights, project))
    if projects:
        yield _found("tier", lambda: tier(client, settings, projects[0]))
        yield _found("histories", lambda: _histories(client, projects[0]))
        for name, check in surfaces(client, settings, projects[0]):
            yield _found(name, check)


def _found(name: str, check: Callable[[], CheckResult]) -> CheckResult:
    try:
        return check()
    except AuthFailed as error:
        # Even the version is told only to those who are known, so that the server is well and the token is not.
        return CheckResult(name="account", status=CheckStatus.FAILED, text=str(error))
    except ConnectorError as error:
        return CheckResult(name=name, status=CheckStatus.FAILED, text=str(error))


def _server(client: GitlabClient) -> CheckResult:
    version = client.get("/version").get("version") or "of unknown version"
    return CheckResult(name="server", status=CheckStatus.OK, text=f"GitLab {version} answers")


def _account(rights: Rights) -> CheckResult:
    who = rights.account
    return CheckResult(name="account", status=CheckStatus.OK, text=f"{who.get('name')} ({who.get('username')})")


def _scopes(rights: Rights) -> CheckResult:
    scopes = rights.scopes
    if scopes is None:
        text = "the server does not tell what the token may do"
        return CheckResult(name="scopes", status=CheckStatus.OK, text=text)
    text = ", ".join(sorted(scopes)) or "none"
    if "api" in scopes:
        return CheckResult(name="scopes", status=CheckStatus.OK, text=text)
    if "read_api" in scopes:
        remedy = "make a token with the scope api if something is to be published"
        return CheckResult(name="scopes", status=CheckStatus.WARNING, text=f"{text}: reading only", remedy=remedy)
    remedy = "make a token with the scope read_api, or api if something is to be published"
    return CheckResult(name="scopes", status=CheckStatus.FAILED, text=text, remedy=remedy)


def _histories(client: GitlabClient, project: str) -> CheckResult:
    """Ask the cheap way for the history of no issue in particular."""
    for linked in (True, False):
        try:
            values = {"project": project, "iids": ["1"], "timed": [], "logs": False}
            client.graphql(queries.histories(linked=linked), values)
        except REFUSALS as refusal:
            why = str(refusal)
            continue
        ways = "the activity" if linked else "the activity, and links from their own lists"
        text = f"read from {ways}: fifty issues a request, with assignees and time"
        return CheckResult(name="histories", status=CheckStatus.OK, text=text)
    text = f"read from event lists, four requests an issue, without assignees and time: {why}"
    remedy = "let the token use the GraphQL interface (GitLab 16.3 or newer)"
    return CheckResult(name="histories", status=CheckStatus.WARNING, text=text, remedy=remedy)


def _project(rights: Rights, project: str) -> CheckResult:
    name, address = f"project {project}", paths.project(project)
    if rights.archived(address):
        text = "archived: it can be read, and nothing can be written"
        return CheckResult(name=name, status=CheckStatus.WARNING, text=text)
    role = rights.role(address)
    if role is None:
        text = "visible; the server does not tell the account's role"
        return CheckResult(name=name, status=CheckStatus.OK, text=text)
    missing = [f"{what} need {need.label}" for what, need in NEEDS.items() if role < need]
    if missing:
        remedy = f"give the account a higher role if these are to be published: {'; '.join(missing)}"
        text = f"visible, with the role {role.label}"
        return CheckResult(name=name, status=CheckStatus.WARNING, text=text, remedy=remedy)
    return CheckResult(name=name, status=CheckStatus.OK, text=f"the account is {role.label}")
