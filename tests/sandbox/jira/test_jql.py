from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pmbridge.sandbox import Clock, JiraSite
from pmbridge.sandbox.jira.jql import JqlError, parse

T0 = datetime(2026, 8, 3, 9, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> JiraSite:
    site = JiraSite(Clock(T0 + timedelta(hours=10)))
    site.add_user("ada", "Ada", "ada@example.com")
    for key in ("SHOP", "PAY"):
        site.add_project(key, key.title(), "ada")
    site.add_version("SHOP", "1.0")
    epic = site.create_issue("SHOP", "Epic", "Checkout", at=T0, by="ada")
    site.create_issue("SHOP", "Story", "Pay by card", at=T0 + timedelta(hours=1), by="ada", parent=epic, labels=["web"])
    done = site.create_issue("SHOP", "Bug", "Crash", at=T0 + timedelta(hours=2), by="ada", fix_versions=["1.0"])
    site.edit_issue(done, at=T0 + timedelta(hours=5), by="ada", status="Done", resolution="Done", assignee="ada")
    site.create_issue("PAY", "Task", "Ledger", at=T0 + timedelta(hours=3), by="ada")
    return site


def keys(site: JiraSite, jql: str, zone: str = "UTC", hidden: str = "") -> list[str]:
    query = parse(site, jql, zone, lambda project: project != hidden)
    return [issue.key for issue in sorted(filter(query.test, site.issues.values()), key=query.key)]


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ("project = SHOP ORDER BY key", ["SHOP-1", "SHOP-2", "SHOP-3"]),
        ('project in (SHOP, "PAY") order by key desc', ["SHOP-3", "SHOP-2", "SHOP-1", "PAY-1"]),
        ("project = Shop AND issuetype = Story", ["SHOP-2"]),
        ("project != SHOP", ["PAY-1"]),
        ("project not in (SHOP)", ["PAY-1"]),
        ("key in (shop-2, PAY-1) ORDER BY key ASC", ["PAY-1", "SHOP-2"]),
        ("issuekey = SHOP-3", ["SHOP-3"]),
        ("parent = SHOP-1", ["SHOP-2"]),
        ('fixVersion = "1.0"', ["SHOP-3"]),
        ("statusCategory = Done", ["SHOP-3"]),
        ('statusCategory != "To Do"', ["SHOP-3"]),
        ("labels = web", ["SHOP-2"]),
        ("labels is EMPTY AND project = SHOP ORDER BY key", ["SHOP-1", "SHOP-3"]),
        ("resolution is not EMPTY", ["SHOP-3"]),
        ("assignee = ada", ["SHOP-3"]),
        ('summary ~ "card"', ["SHOP-2"]),
        ("project = SHOP AND (issuetype = Epic OR issuetype = Bug) ORDER BY key", ["SHOP-1", "SHOP-3"]),
        ("NOT project = SHOP", ["PAY-1"]),
        ("updated >= -6h", ["SHOP-3"]),
        ("key >= SHOP-3 ORDER BY id", ["SHOP-3", "PAY-1"]),
        ("id < 10 OR key = PAY-1", ["PAY-1"]),
        ('created = "2026-08-03"', []),
        ("labels = EMPTY AND issuetype in (Task, Epic) ORDER BY key", ["PAY-1", "SHOP-1"]),
        ("project = SHOP ORDER BY updated DESC, key ASC", ["SHOP-3", "SHOP-2", "SHOP-1"]),
        ("project in (SHOP, PAY) ORDER BY created DESC", ["PAY-1", "SHOP-3", "SHOP-2", "SHOP-1"]),
    ],
)
def test_a_query_finds_what_it_says_in_the_order_it_says(site, jql, expected):
    assert keys(site, jql) == expected


def test_a_number_is_an_absolute_instant_in_milliseconds(site):
    edge = int((T0 + timedelta(hours=3)).timestamp() * 1000)
    assert keys(site, f"updated >= {edge} ORDER BY key") == ["PAY-1", "SHOP-3"]
    assert keys(site, f"updated > {edge} ORDER BY key") == ["SHOP-3"]
    assert keys(site, f"updated <= {edge} AND project = PAY") == ["PAY-1"]


def test_a_quoted_instant_is_read_in_the_callers_zone(site):
    asked = 'created >= "2026-08-03 12:00" ORDER BY key'
    assert keys(site, asked) == ["PAY-1"]
    assert keys(site, asked, zone="Europe/Berlin") == ["PAY-1", "SHOP-2", "SHOP-3"]


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("project = NONE", "The value 'NONE' does not exist for the field 'project'"),
        ("key = SHOP-99", "An issue with key 'SHOP-99' does not exist"),
        ("colour = red", "Field 'colour' does not exist"),
        ("project = SHOP ORDER BY colour", "Not able to sort using field 'colour'"),
        ("project = SHOP AND", "ends too early"),
        ("project = SHOP SHOP", "'SHOP' is not expected here"),
        ("updated >= tomorrow", "Date value 'tomorrow'"),
        ("project > SHOP", "not supported by the 'project' field"),
        ("project in SHOP", "expecting '('"),
        ('project = "SHOP', "the character"),
    ],
)
def test_a_query_that_cannot_be_understood_is_refused_with_a_sentence(site, jql, words):
    with pytest.raises(JqlError) as refused:
        keys(site, jql)
    assert words in str(refused.value)


def test_what_the_caller_may_not_see_is_unknown(site):
    with pytest.raises(JqlError, match="does not exist for the field 'project'"):
        keys(site, "project = PAY", hidden="PAY")
    with pytest.raises(JqlError, match="An issue with key 'PAY-1'"):
        keys(site, "key = PAY-1", hidden="PAY")


@pytest.mark.parametrize(("jql", "bounded"), [("", False), ("ORDER BY key", False), ("project = SHOP", True)])
def test_a_query_knows_whether_it_restricts_anything(site, jql, bounded):
    assert parse(site, jql, "UTC", lambda project: True).bounded is bounded
