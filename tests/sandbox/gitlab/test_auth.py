from __future__ import annotations

import pytest

from pmbridge.sandbox import Token
from pmbridge.sandbox.gitlab.state import TOKEN


@pytest.mark.parametrize("headers", [{}, {"PRIVATE-TOKEN": "wrong"}, {"Authorization": "Bearer wrong"}])
def test_a_wrong_or_missing_token_is_refused(gitlab, headers):
    answer = gitlab("GET", "/user", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"message": "401 Unauthorized"})


@pytest.mark.parametrize("headers", [{"PRIVATE-TOKEN": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}])
def test_a_token_is_taken_in_both_headers(gitlab, headers):
    assert gitlab("GET", "/user", headers=headers).json()["username"] == "pmbridge"


def test_a_token_for_reading_may_read_and_not_write(bug, gitlab_reader):
    assert gitlab_reader.get("/personal_access_tokens/self")["scopes"] == ["read_api"]
    assert len(gitlab_reader.get("/projects/acme%2Fshop-web/issues")) == 1
    answer = gitlab_reader("POST", "/projects/acme%2Fshop-web/issues/1/notes", json={"body": "x"})
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_a_project_that_may_not_be_seen_does_not_exist(gitlab_site, bug, gitlab):
    hidden = gitlab_site.add_project("acme/secret")
    gitlab_site.create_issue(hidden, "Hush", at=gitlab_site.clock.now(), by=gitlab_site.bot)
    gitlab_site.add_group("other")
    gitlab_site.tokens.add(Token("narrow", str(gitlab_site.bot), projects=frozenset({"acme/shop-web"})))
    narrow = {"headers": {"PRIVATE-TOKEN": "narrow"}}
    assert gitlab("GET", f"/projects/{hidden}").status_code == 200
    refused = gitlab("GET", f"/projects/{hidden}/issues", **narrow)
    assert (refused.status_code, refused.json()) == (404, {"message": "404 Project Not Found"})
    assert gitlab("GET", "/groups/other", **narrow).status_code == 404
    assert [row["title"] for row in gitlab("GET", "/groups/acme/issues", **narrow).json()] == ["Broken"]


def test_a_token_without_maintenance_may_not_touch_milestones(gitlab_site, milestones, gitlab):
    gitlab_site.tokens.add(Token("worker", str(gitlab_site.bot), admin=False))
    worker = {"headers": {"PRIVATE-TOKEN": "worker"}}
    path = f"/projects/acme%2Fshop-web/milestones/{milestones[0]}"
    assert gitlab("PUT", path, json={"description": "x"}, **worker).status_code == 403
    access = gitlab("GET", "/projects/acme%2Fshop-web", **worker).json()["permissions"]["project_access"]
    assert access["access_level"] == 20


def test_what_does_not_exist_is_a_404_in_gitlabs_words(gitlab, bug):
    assert gitlab("GET", "/fantasy").json() == {"error": "404 Not Found"}
    assert gitlab("POST", "/graphql", json={}).status_code == 404
    assert gitlab("GET", "/projects/1/issues").json() == {"message": "404 Project Not Found"}
    assert gitlab("GET", "/projects/acme%2Fshop-web/issues/99").json() == {"message": "404 Issue Not Found"}
