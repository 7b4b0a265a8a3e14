from __future__ import annotations

import pytest

ISSUE = "/rest/api/3/issue/SHOP-1"


def test_labels_are_added_and_removed_relative_to_what_is_there(jira, jira_site, story):
    jira_site.edit_issue(story, at=jira_site.clock.now(), by="u-ada", labels=["keep", "pm-green"])
    jira.put(ISSUE, {"update": {"labels": [{"add": "pm-amber"}, {"remove": "pm-green"}]}}, status=204)
    assert jira.get(ISSUE, fields="labels")["fields"]["labels"] == ["keep", "pm-amber"]
    newest = jira.get(f"{ISSUE}/changelog")["values"][-1]
    assert newest["author"]["accountId"] == jira_site.bot
    assert newest["items"][0]["toString"] == "keep pm-amber"


@pytest.mark.parametrize(
    "sent",
    [
        {"update": {"labels": [{"add": "two words"}]}},
        {"fields": {"status": {"name": "Done"}}},
        {"update": {"fixVersions": [{"add": {"name": "1.0"}}]}},
    ],
)
def test_an_edit_that_is_not_allowed_changes_nothing(jira, jira_site, story, sent):
    assert jira.put(ISSUE, sent, status=400)["errors"]
    assert jira_site.issue(story).histories == []


def test_properties_are_created_read_changed_and_deleted(jira, story):
    address = f"{ISSUE}/properties/pmbridge"
    assert jira("GET", address).status_code == 404
    jira.put(address, {"v": 1}, status=201)
    jira.put(address, {"v": 2}, status=200)
    assert jira.get(address) == {"key": "pmbridge", "value": {"v": 2}}
    assert [row["key"] for row in jira.get(f"{ISSUE}/properties")["keys"]] == ["pmbridge"]
    assert jira("DELETE", address).status_code == 204
    assert jira("GET", address).status_code == 404
    assert jira("PUT", address, data="x" * 32_769).status_code == 400


def test_a_remote_link_is_one_for_each_global_id(jira, story):
    link = {"globalId": "pmbridge:1", "relationship": "mirrors", "object": {"url": "http://a.example", "title": "A"}}
    first = jira.post(f"{ISSUE}/remotelink", link, status=201)
    second = jira.post(f"{ISSUE}/remotelink", {**link, "relationship": None}, status=200)
    assert first["id"] == second["id"]
    listed = jira.get(f"{ISSUE}/remotelink")
    assert len(listed) == 1
    assert "relationship" not in listed[0]
    assert jira.get(f"{ISSUE}/remotelink", globalId="pmbridge:1")["object"]["title"] == "A"
    assert jira("DELETE", f"{ISSUE}/remotelink/{first['id']}").status_code == 204
    assert jira.get(f"{ISSUE}/remotelink") == []


def test_descriptions_are_documents_in_version_three_and_text_in_version_two(jira, story):
    blocks = jira.get(ISSUE)["fields"]["description"]["content"]
    assert [block["type"] for block in blocks] == ["heading", "paragraph", "taskList"]
    assert blocks[2]["content"][0]["attrs"]["state"] == "DONE"
    text = jira.get("/rest/api/2/issue/SHOP-1")["fields"]["description"]
    assert text == "h3. Goal\n\nPay by card\n\n* [x] It works"


def test_links_and_parents_are_seen_from_both_ends(jira, jira_site, story):
    now = jira_site.clock.now()
    epic = jira_site.create_issue("SHOP", "Epic", "Checkout", at=now, by="u-ada")
    step = jira_site.create_issue("SHOP", "Sub-task", "Step", at=now, by="u-ada", parent=story)
    jira_site.edit_issue(story, at=now, by="u-ada", parent=epic)
    jira_site.link_issues("Test", step, story, at=now, by="u-ada")
    fields = jira.get(ISSUE)["fields"]
    assert fields["parent"]["key"] == "SHOP-2"
    assert [row["key"] for row in fields["subtasks"]] == ["SHOP-3"]
    assert fields["issuelinks"][0]["type"]["inward"] == "is tested by"
    assert fields["issuelinks"][0]["inwardIssue"]["key"] == "SHOP-3"
    assert jira.get("/rest/api/3/issue/SHOP-3")["fields"]["issuelinks"][0]["outwardIssue"]["key"] == "SHOP-1"


def test_what_does_not_exist_is_a_404_in_jiras_words(jira, jira_site):
    for path in ("/rest/api/3/issue/SHOP-99", "/rest/api/3/version/1", "/rest/api/3/project/X", "/rest/api/3/fantasy"):
        answer = jira("GET", path)
        assert answer.status_code == 404
        assert answer.json()["errorMessages"]
    assert jira("DELETE", "/rest/api/3/myself").status_code == 405
