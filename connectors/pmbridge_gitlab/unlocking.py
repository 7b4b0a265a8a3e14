"""What can be computed of a GitLab project today, and what would unlock more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from pmbridge.connector import CheckResult, CheckStatus
from pmbridge.errors import NotFound, PermissionDenied
from pmbridge_gitlab import glance_queries, paths
from pmbridge_gitlab.glance import Glance, read_glance
from pmbridge_gitlab.roads import REFUSALS

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.settings import GitlabSettings

#: What the tiers show of an issue, from the highest: only Ultimate rates health, only Premium weighs.
_SIGNS = (("health_status", "Ultimate"), ("weight", "Premium or above"))
_ROLE = "give the token's account the role Reporter there"


def tier(client: GitlabClient, settings: GitlabSettings, project: str) -> CheckResult:
    """Tell the tier by what an issue shows, since versions and editions promise more than a licence gives."""
    issues = client.page(paths.issues(project), {"per_page": 1}).rows
    if not issues:
        text = f"{project} has no issue to tell it by"
        return CheckResult(name="tier", status=CheckStatus.OK, text=text)
    found = next((name for sign, name in _SIGNS if sign in issues[0]), None)
    if found is None:
        text = "Free: no weights; points are read from labels such as weight::3, priority and severity from labels too"
        more = "label issues weight::3, or use a tier with weights, to have forecasts in points, not in issues only"
        return CheckResult(name="tier", status=CheckStatus.OK, text=text, remedy=more)
    text = f"{found}: issues have weights, which are read as points, and labels of one scope exclude another"
    unused = [name for name in ("iterations", "epics") if not getattr(settings, name)]
    remedy = f"set {' and '.join(f'{name}: true' for name in unused)} to have them as milestones" if unused else None
    return CheckResult(name="tier", status=CheckStatus.OK, text=text, remedy=remedy)


def surfaces(
    client: GitlabClient, settings: GitlabSettings, project: str
) -> Iterator[tuple[str, Callable[[], CheckResult]]]:
    """Yield a check for everything that is read beside issues and their histories, by its name."""
    yield "at a glance", partial(_glance, client, settings, project)
    address = paths.project(project)
    if settings.delivery.merge_requests:
        what = "how long reviews take and what keeps a merge request from its merge"
        yield "merge requests", partial(_listed, client, "merge requests", f"{address}/merge_requests", what)
    if settings.delivery.deployments:
        yield "deployments", partial(_deployments, client, address)
    if settings.pipelines.latest:
        what = "acceptance from test reports"
        yield "test reports", partial(_listed, client, "test reports", f"{address}/pipelines", what)


def _glance(client: GitlabClient, settings: GitlabSettings, project: str) -> CheckResult:
    """Ask the question that spares a quiet run nearly all others."""
    question, values = glance_queries.glance([project])
    try:
        answer = client.graphql(question, values)
    except REFUSALS as refusal:
        text = f"what has not changed is asked for list by list, some nine requests a project: {refusal}"
        remedy = (
            "let the token use the GraphQL interface (GitLab 16.3 or newer): it also tells when code was reviewed, and "
            "from 16.4 on failing pipelines, approvals and unresolved threads of merge requests"
        )
        return CheckResult(name="at a glance", status=CheckStatus.WARNING, text=text, remedy=remedy)
    seen = read_glance(answer.get("p0") or {}, settings.url)
    return CheckResult(name="at a glance", status=CheckStatus.OK, text=_told(seen))


def _told(seen: Glance) -> str:
    parts: dict[str, Any] = {
        "issues": seen.count,
        "milestones": seen.milestones,
        "releases": seen.releases,
        "members": seen.members,
        "environments": seen.tiers,
    }
    told = [f"{n if isinstance(n, int) else len(n)} {name}" for name, n in parts.items() if n is not None]
    hidden = [name for name, n in parts.items() if n is None]
    rest = f"; {', '.join(hidden)} are read by themselves" if hidden else ""
    return f"one question tells what has changed: {', '.join(told)}{rest}"


def _listed(client: GitlabClient, name: str, address: str, unlocks: str) -> CheckResult:
    try:
        rows = client.page(address, {"per_page": 1}).rows
    except (NotFound, PermissionDenied) as error:
        return _closed(name, error, unlocks)
    text = f"can be read: {unlocks}" if rows else f"can be read, and there are none yet: {unlocks} wait for them"
    return CheckResult(name=name, status=CheckStatus.OK, text=text)


def _deployments(client: GitlabClient, address: str) -> CheckResult:
    try:
        rows = list(client.every(f"{address}/environments"))
    except (NotFound, PermissionDenied) as error:
        return _closed("deployments", error, "launches and failed changes from deployments")
    if not rows:
        text = "no environments: launches are taken from releases alone"
        remedy = "name an `environment` in the job that deploys, to have launches and failed changes from deployments"
        return CheckResult(name="deployments", status=CheckStatus.OK, text=text, remedy=remedy)
    production = [str(row.get("name")) for row in rows if row.get("tier") == "production"]
    if production:
        return CheckResult(name="deployments", status=CheckStatus.OK, text=f"users work in {', '.join(production[:5])}")
    text = "no environment is of the tier production: names decide, by `delivery.production`"
    remedy = "set `deployment_tier: production` in the job that deploys to users"
    return CheckResult(name="deployments", status=CheckStatus.WARNING, text=text, remedy=remedy)


def _closed(name: str, error: Exception, unlocks: str) -> CheckResult:
    text = f"cannot be read: {error}"
    return CheckResult(name=name, status=CheckStatus.WARNING, text=text, remedy=f"{_ROLE}, to have {unlocks}")
