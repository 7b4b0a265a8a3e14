from __future__ import annotations

import pytest

from pmbridge.sandbox.jira import adf

COMMENTS = "/rest/api/3/issue/SHOP-1/comment"
MARKER = {"v": 1, "owner": "acme", "slot": "health", "fp": "abc"}


def body(text: str) -> dict[str, object]:
    return {"body": adf.document(text)}


def test_a_marker_travels_in_the_create_and_comes_back_everywhere(jira, story):
    made = jira.post(COMMENTS, body("Amber") | {"properties": [{"key": "pmbridge", "value": MARKER}]})
    address = f"/rest/api/3/comment/{made['id']}/properties/pmbridge"
    expected = [{"key": "pmbridge", "value": MARKER}]
    assert jira.get(address) == {"key": "pmbridge", "value": MARKER}
    assert jira.get(COMMENTS, expand="properties")["comments"][0]["properties"] == expected
    by_id = jira.post("/rest/api/3/comment/list?expand=properties", {"ids": [int(made["id"])]}, status=200)
    assert by_id["values"][0]["properties"] == expected
    assert "properties" not in jira.get(COMMENTS)["comments"][0]
    jira.put(address, MARKER | {"fp": "def"})
    assert jira.get(address)["value"]["fp"] == "def"


def test_editing_tells_who_and_when_and_keeps_the_author(jira, jira_site, story):
    id = jira_site.add_comment(story, "Hello", at=jira_site.clock.now(), by="u-ada")
    edited = jira.put(f"{COMMENTS}/{id}?notifyUsers=false", body("Hello again"))
    assert edited["author"]["accountId"] == "u-ada"
    assert edited["updateAuthor"]["accountId"] == jira_site.bot
    assert edited["updated"] > edited["created"]


def test_a_comment_moves_the_issue_and_a_property_does_not(jira, story):
    def updated():
        return jira.get("/rest/api/3/issue/SHOP-1", fields="updated")["fields"]["updated"]

    before = updated()
    made = jira.post(COMMENTS, body("Hello"))
    after = updated()
    assert after > before
    jira.put(f"/rest/api/3/comment/{made['id']}/properties/pmbridge", MARKER, status=201)
    jira.put("/rest/api/3/issue/SHOP-1/properties/pmbridge", MARKER, status=201)
    assert updated() == after


def test_version_two_speaks_text_and_version_three_documents(jira, story):
    made = jira.post(COMMENTS.replace("/3/", "/2/"), {"body": "One\n\nTwo"})
    assert made["body"] == "One\n\nTwo"
    shown = jira.get(f"{COMMENTS}/{made['id']}")
    assert [block["type"] for block in shown["body"]["content"]] == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("version", "sent"),
    [("3", {"body": "plain"}), ("2", {"body": {"type": "doc"}}), ("3", {}), ("3", body("x" * 32_768))],
)
def test_a_body_of_the_wrong_shape_or_size_is_refused(jira, story, version, sent):
    refused = jira.post(f"/rest/api/{version}/issue/SHOP-1/comment", sent, status=400)
    assert "comment" in refused["errors"]


def test_lists_are_paged_in_both_orders(jira, jira_site, story):
    for number in range(5):
        jira_site.add_comment(story, f"Number {number}", at=jira_site.clock.now(), by="u-ada")
    oldest = jira.get("/rest/api/2/issue/SHOP-1/comment", startAt=1, maxResults=2)
    assert (oldest["total"], [row["body"] for row in oldest["comments"]]) == (5, ["Number 1", "Number 2"])
    newest = jira.get("/rest/api/2/issue/SHOP-1/comment", orderBy="-created", maxResults=1)
    assert newest["comments"][0]["body"] == "Number 4"


def test_a_deleted_comment_is_gone(jira, story):
    made = jira.post(COMMENTS, body("Hello"))
    assert jira("DELETE", f"{COMMENTS}/{made['id']}").status_code == 204
    assert jira("GET", f"{COMMENTS}/{made['id']}").status_code == 404
    assert jira("DELETE", f"{COMMENTS}/{made['id']}").status_code == 404
    assert jira.post("/rest/api/3/comment/list", {"ids": [int(made["id"])]}, status=200)["values"] == []


def test_an_internal_comment_is_not_public(jira, story):
    properties = [{"key": "sd.public.comment", "value": {"internal": True}}]
    assert jira.post(COMMENTS, body("Hush") | {"properties": properties})["jsdPublic"] is False
    assert jira.post(COMMENTS, body("Loud"))["jsdPublic"] is True
