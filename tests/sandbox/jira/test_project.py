from __future__ import annotations

from datetime import date


def test_versions_come_whole_and_by_page_with_counts(jira, jira_site, story):
    jira_site.release_version(jira_site.project_versions("SHOP")[1].id, date(2026, 8, 1))
    whole = jira.get("/rest/api/3/project/SHOP/versions")
    assert [(row["name"], row["released"]) for row in whole] == [("1.0", False), ("1.1", True)]
    assert (whole[0]["startDate"], whole[0]["releaseDate"], whole[0]["overdue"]) == ("2026-08-03", "2026-09-30", False)
    assert "startDate" not in whole[1]
    page = jira.get("/rest/api/3/project/SHOP/version", expand="issuesstatus", maxResults=1)
    assert (page["total"], page["isLast"]) == (2, False)
    assert page["values"][0]["issuesStatusForFixVersion"] == {"unmapped": 0, "toDo": 1, "inProgress": 0, "done": 0}
    released = jira.get("/rest/api/3/project/SHOP/version", status="released")
    assert [row["name"] for row in released["values"]] == ["1.1"]


def test_the_issues_of_a_version_are_counted(jira, jira_site, story):
    id = jira_site.project_versions("SHOP")[0].id
    jira_site.create_issue("SHOP", "Bug", "Crash", at=jira_site.clock.now(), by="u-ada", affects=[id])
    related = jira.get(f"/rest/api/3/version/{id}/relatedIssueCounts")
    assert (related["issuesFixedCount"], related["issuesAffectedCount"]) == (1, 1)
    jira_site.edit_issue(story, at=jira_site.clock.now(), by="u-ada", status="Done", resolution="Done")
    counts = jira.get(f"/rest/api/3/version/{id}/unresolvedIssueCount")
    assert (counts["issuesCount"], counts["issuesUnresolvedCount"]) == (1, 0)


def test_a_version_can_be_changed_in_part(jira, jira_site):
    id = jira_site.project_versions("SHOP")[0].id
    changed = jira.put(f"/rest/api/3/version/{id}", {"description": "[pmbridge] on track"})
    assert (changed["description"], changed["name"], changed["releaseDate"]) == (
        "[pmbridge] on track",
        "1.0",
        "2026-09-30",
    )
    assert jira.put(f"/rest/api/3/version/{id}", {"description": "x" * 16_385}, status=400)["errors"]
    assert jira.put(f"/rest/api/3/version/{id}", {"releaseDate": "soon"}, status=400)["errors"]
    assert jira.get(f"/rest/api/3/version/{id}")["description"] == "[pmbridge] on track"


def test_fields_statuses_and_links_describe_themselves(jira):
    fields = {row["name"]: row for row in jira.get("/rest/api/3/field")}
    assert fields["Sprint"]["schema"]["custom"] == "com.pyxis.greenhopper.jira:gh-sprint"
    assert fields["Story Points"]["schema"]["type"] == "number"
    assert fields["Flagged"]["schema"]["custom"].endswith(":multicheckboxes")
    categories = {row["name"]: row["statusCategory"]["key"] for row in jira.get("/rest/api/3/status")}
    assert categories == {
        "To Do": "new",
        "In Progress": "indeterminate",
        "In Review": "indeterminate",
        "Done": "done",
    }
    phrases = {row["name"]: row["inward"] for row in jira.get("/rest/api/3/issueLinkType")["issueLinkTypes"]}
    assert phrases["Mirror"] == "is mirrored by"
    assert jira.get("/rest/api/3/priority")[0]["name"] == "Highest"


def test_boards_show_their_sprints_and_the_field_they_estimate_in(jira, jira_site):
    board = jira_site.add_board("SHOP", "Board")
    sprint = jira_site.add_sprint(board, "Sprint 1", state="closed", start=jira_site.clock.now())
    jira_site.add_sprint(board, "Sprint 2", state="active")
    jira_site.update_sprint(sprint, completed=jira_site.clock.now())
    assert jira.get("/rest/agile/1.0/board", projectKeyOrId="SHOP")["values"][0]["id"] == board
    sprints = jira.get(f"/rest/agile/1.0/board/{board}/sprint", state="active,future")["values"]
    assert [row["name"] for row in sprints] == ["Sprint 2"]
    assert jira.get(f"/rest/agile/1.0/sprint/{sprint}")["completeDate"].endswith("Z")
    configuration = jira.get(f"/rest/agile/1.0/board/{board}/configuration")
    assert configuration["estimation"]["field"]["fieldId"] == "customfield_10016"
    assert jira("GET", "/rest/agile/1.0/board/999/sprint").status_code == 404
