"""What the doctor says of each kind of GitLab: what can be computed, what would unlock more."""

from __future__ import annotations

import pytest

from pmbridge.connector import CheckStatus
from pmbridge.sandbox.access import Token
from pmbridge.sandbox.gitlab.state import GitlabSite

PROJECT = "acme/shop-web"
BESIDE = ("at a glance", "merge requests", "deployments", "test reports")


def checks(connector):
    return {check.name: check for check in connector.diagnose([PROJECT])}


@pytest.mark.parametrize(
    ("premium", "ultimate", "word"),
    [(False, False, "Free"), (True, False, "Premium or above"), (True, True, "Ultimate")],
)
def test_the_tier_is_told_by_what_issues_show(site: GitlabSite, ann, day, connector, premium, ultimate, word) -> None:
    site.premium, site.ultimate = premium, ultimate
    site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    tier = checks(connector)["tier"]
    assert tier.text.startswith(f"{word}:")
    assert tier.remedy is not None
    assert ("iterations: true and epics: true" in tier.remedy) is premium


def test_what_is_wanted_already_is_not_proposed(site, ann, day, connected) -> None:
    site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    assert checks(connected(iterations=True, epics=True))["tier"].remedy is None


def test_everything_beside_issues_is_looked_at(site, ann, day, connector) -> None:
    site.add_deployment(PROJECT, "eu", "production", finished_at=day(1), ref="v1")
    site.add_merge_request(PROJECT, "a", branch="a", at=day(1), by=ann)
    found = checks(connector)
    assert {name: found[name].status for name in BESIDE} == dict.fromkeys(BESIDE, CheckStatus.OK)
    assert "0 issues, 0 milestones" in found["at a glance"].text
    assert found["deployments"].text == "users work in eu"
    assert found["test reports"].text.endswith("acceptance from test reports wait for them")


def test_what_is_missing_is_named_with_its_remedy(sandbox, site, connector) -> None:
    assert "`environment`" in (checks(connector)["deployments"].remedy or "")
    site.add_environment(PROJECT, "production", "other")
    found = checks(connector)["deployments"]
    assert (found.status, "deployment_tier" in (found.remedy or "")) == (CheckStatus.WARNING, True)
    site.widgets = None
    found = checks(connector)["at a glance"]
    assert (found.status, "GraphQL" in (found.remedy or "")) == (CheckStatus.WARNING, True)


def test_rights_that_are_missing_are_named_surface_by_surface(sandbox, site, connected) -> None:
    site.tokens.add(Token("guest", str(site.bot)))
    sandbox.gitlab.faults.fail_next(100, status=403, path="merge_requests$|environments$|pipelines$")
    found = checks(connected("guest"))
    for name in ("merge requests", "deployments", "test reports"):
        assert found[name].status is CheckStatus.WARNING
        assert "role Reporter" in (found[name].remedy or "")


def test_what_is_not_read_is_not_looked_at(site, connected) -> None:
    quiet = {"merge_requests": False, "deployments": False}
    assert not set(BESIDE[1:]) & set(checks(connected(delivery=quiet, pipelines={"latest": 0})))


@pytest.mark.parametrize("sandbox_settings", [{"saas": True}, {"saas": False, "premium": False}])
def test_gitlab_com_and_a_server_of_one_s_own_answer_alike(site, connector, sandbox_settings) -> None:
    found = checks(connector)
    assert found["server"].text == f"GitLab {'18.10.0-pre' if sandbox_settings['saas'] else '18.9.0-ee'} answers"
    assert found["histories"].status is CheckStatus.OK


def test_the_role_in_a_group_is_found_through_its_members(sandbox, site, connector) -> None:
    site.add_group("acme")
    assert connector._rights.role("/groups/acme").label == "Maintainer"
    asked = [entry.path for entry in sandbox.gitlab.requests]
    assert asked[-1] == "/api/v4/groups/acme/members/all"
