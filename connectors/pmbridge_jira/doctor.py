"""What can be found out about a Jira before anything is read from it or written to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from pmbridge.connector import CheckResult, CheckStatus
from pmbridge.errors import ConnectorError
from pmbridge_jira.client import Client
from pmbridge_jira.fields import FieldMap
from pmbridge_jira.instants import instant
from pmbridge_jira.normalize import is_service_desk
from pmbridge_jira.rights import ALL, BROWSE, Rights
from pmbridge_jira.shape import Json, expected, mapping

#: Clocks that differ by more make the reading of recent changes unsure.
MAX_SKEW = timedelta(minutes=1)

_COSTS = {
    "story_points": "scope and forecasts count items in place of points",
    "sprint": "sprints are not seen",
    "epic": "epics are read from the parent field alone",
    "flagged": "impediments are not seen",
    "severity": "severity is taken from the priority",
    "start": "items have no start date",
}


def reachability(server_info: Json, local: datetime) -> Iterator[CheckResult]:
    """Report the server's version and how far its clock is from ``local``."""
    version = server_info.get("version") or "unknown version"
    deployment = server_info.get("deploymentType")
    yield _ok("reachability", f"Jira {deployment} {version} answers")
    if deployment != "Cloud":
        text = "a Data Center: it is read whole, and nothing is written to it"
        yield _warning("deployment", text, "publish to another source, or as a report (`pmbridge report`)")
    with expected("Jira", "serverInfo"):
        skew = abs(instant(server_info["serverTime"]) - local)
    text = f"the tracker's clock and ours differ by {skew.total_seconds():.0f} s"
    if skew <= MAX_SKEW:
        yield _ok("clock", text)
    else:
        yield _warning("clock", text, "set this machine's clock by NTP; reading uses the tracker's")


def fields(found: FieldMap) -> Iterator[CheckResult]:
    """Report where each field was found, and what the absence of one costs."""
    for meaning, cost in _COSTS.items():
        ids = getattr(found, meaning)
        if ids:
            yield _ok(f"field {meaning}", f"read from {', '.join(ids)}")
        elif meaning in found.missing:
            yield _warning(f"field {meaning}", f"not found: {cost}", f"set fields.{meaning} to the field's id")


def project(client: Client, rights: Rights, key: str) -> Iterator[CheckResult]:
    """Report whether a project is seen and what each right in it unlocks."""
    details = mapping(client.get(f"project/{key}"), "project")
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
