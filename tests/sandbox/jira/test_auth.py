from __future__ import annotations

import pytest

from pmbridge.sandbox import Token
from pmbridge.sandbox.jira.state import BOT_EMAIL, READ_ONLY_TOKEN, TOKEN


@pytest.mark.parametrize("auth", [None, (BOT_EMAIL, "wrong"), ("someone@example.com", TOKEN)])
def test_a_wrong_or_missing_token_is_refused(jira, auth):
    answer = jira("GET", "/rest/api/3/myself", auth=auth)
    assert answer.status_code == 401
    assert "Basic" in answer.headers["WWW-Authenticate"]
    assert answer.json()["errorMessages"] == ["Client must be authenticated to access this resource."]


def test_a_revoked_token_is_refused(jira_site, jira):
    jira_site.tokens.revoke(TOKEN)
    assert jira("GET", "/rest/api/3/myself").status_code == 401


def test_server_info_needs_no_token(jira):
    answer = jira("GET", "/rest/api/2/serverInfo", auth=None)
    assert answer.json()["deploymentType"] == "Cloud"


def test_a_token_shows_whose_it_is(jira):
    assert jira.get("/rest/api/3/myself")["accountType"] == "app"
    assert jira.get("/rest/api/3/myself")["emailAddress"] == BOT_EMAIL


def test_a_token_for_reading_may_read_and_not_write(story, jira_reader):
    assert jira_reader.get("/rest/api/3/issue/SHOP-1")["key"] == "SHOP-1"
    answer = jira_reader("PUT", "/rest/api/3/issue/SHOP-1/properties/x", json=1)
    assert answer.status_code == 403
    assert jira_reader("POST", "/rest/api/3/search/jql", json={"jql": "project = SHOP"}).status_code == 200


def test_rights_are_shown_as_the_token_has_them(jira, jira_reader):
    asked = {"permissions": "BROWSE_PROJECTS,ADD_COMMENTS,ADMINISTER_PROJECTS"}
    whole, reading = (client.get("/rest/api/3/mypermissions", **asked) for client in (jira, jira_reader))
    assert [row["havePermission"] for row in whole["permissions"].values()] == [True, True, True]
    assert [row["havePermission"] for row in reading["permissions"].values()] == [True, False, False]
    assert jira("GET", "/rest/api/3/mypermissions").status_code == 400


def test_a_project_that_may_not_be_seen_does_not_exist(jira_site, story, jira):
    jira_site.add_project("SECRET", "Secret", "u-ada")
    jira_site.create_issue("SECRET", "Task", "Hush", at=jira_site.clock.now(), by="u-ada")
    jira_site.tokens.add(Token("narrow", jira_site.bot, projects=frozenset({"SHOP"})))
    narrow = {"auth": (BOT_EMAIL, "narrow")}
    assert jira("GET", "/rest/api/3/issue/SECRET-1").status_code == 200
    assert jira("GET", "/rest/api/3/issue/SECRET-1", **narrow).status_code == 404
    assert jira("GET", "/rest/api/3/project/SECRET", **narrow).status_code == 404
    listed = jira("GET", "/rest/api/3/project/search", **narrow).json()
    assert [row["key"] for row in listed["values"]] == ["SHOP"]
    refused = jira("POST", "/rest/api/3/search/jql", json={"jql": "project = SECRET"}, **narrow)
    assert refused.status_code == 400
    assert "does not exist for the field 'project'" in refused.json()["errorMessages"][0]
    everything = jira("POST", "/rest/api/3/search/jql", json={"jql": "id > 0", "fields": ["key"]}, **narrow)
    assert [row["key"] for row in everything.json()["issues"]] == ["SHOP-1"]


def test_a_token_without_administration_may_not_touch_versions_and_its_mute_edits_are_lost(jira_site, story, jira):
    jira_site.tokens.add(Token("worker", jira_site.bot, admin=False))
    worker = {"auth": (BOT_EMAIL, "worker")}
    version = jira_site.project_versions("SHOP")[0].id
    answer = jira("PUT", f"/rest/api/3/version/{version}", json={"description": "x"}, **worker)
    assert answer.status_code == 403
    labels = {"update": {"labels": [{"add": "pm-amber"}]}}
    assert jira("PUT", "/rest/api/3/issue/SHOP-1?notifyUsers=false", json=labels, **worker).status_code == 204
    assert jira_site.issue(story).labels == []
    assert jira("PUT", "/rest/api/3/issue/SHOP-1", json=labels, **worker).status_code == 204
    assert jira_site.issue(story).labels == ["pm-amber"]


def test_secrets_do_not_show(jira_site):
    assert READ_ONLY_TOKEN not in repr(Token(READ_ONLY_TOKEN, "me"))
