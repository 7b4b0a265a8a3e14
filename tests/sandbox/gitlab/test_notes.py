from __future__ import annotations

from datetime import timedelta

import pytest

NOTES = "/projects/acme%2Fshop-web/issues/1/notes"
MARKER = "<!-- pmbridge v=1 owner=acme slot=health fp=abc asof=2026-09-01T08:00Z -->"


def test_a_marker_comes_back_as_it_was_written(gitlab, bug):
    note = gitlab.post(NOTES, {"body": f"Amber\n\n{MARKER}"})
    assert gitlab.get(f"{NOTES}/{note['id']}")["body"] == f"Amber\n\n{MARKER}"
    assert gitlab.put(f"{NOTES}/{note['id']}", {"body": f"Green\r\n\r\n{MARKER}\n"})["body"] == f"Green\n\n{MARKER}"


def test_editing_keeps_the_author_and_moves_the_time(gitlab, gitlab_site, bug):
    note = gitlab.post(NOTES, {"body": "Hello"})
    edited = gitlab.put(f"{NOTES}/{note['id']}", {"body": "Hello again"})
    assert edited["author"]["id"] == gitlab_site.bot
    assert edited["updated_at"] > edited["created_at"] == note["created_at"]


def test_notes_are_sorted_and_cut_by_what_they_are(gitlab, gitlab_site, bug, ada):
    now = gitlab_site.clock.now()
    gitlab_site.add_note(bug, "first", at=now, by=ada)
    gitlab_site.assign(bug, [ada], at=now + timedelta(minutes=1), by=ada)
    gitlab_site.add_note(bug, "third", at=now + timedelta(minutes=2), by=ada)
    assert [row["body"] for row in gitlab.get(NOTES)] == ["third", "assigned to @ada", "first"]
    comments = gitlab.get(NOTES, activity_filter="only_comments", sort="asc", order_by="created_at")
    assert [(row["body"], row["system"]) for row in comments] == [("first", False), ("third", False)]
    activity = gitlab.get(NOTES, activity_filter="only_activity")
    assert [row["system"] for row in activity] == [True]
    page = gitlab("GET", NOTES, params={"per_page": 2, "sort": "asc"})
    assert (len(page.json()), "next" in page.links) == (2, True)


def test_a_note_moves_its_issue(gitlab, gitlab_site, bug):
    before = gitlab_site.issues[bug].updated
    gitlab.post(NOTES, {"body": "Hello"})
    assert gitlab_site.issues[bug].updated > before


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": "x\x00y"}, {"body": "x" * 1_000_001}])
def test_a_body_that_cannot_be_kept_is_refused(gitlab, bug, body):
    gitlab.post(NOTES, body, status=400)
    assert gitlab.get(NOTES) == []


def test_a_deleted_note_is_gone_and_a_system_note_stays(gitlab, gitlab_site, bug, ada):
    note = gitlab.post(NOTES, {"body": "Hush", "internal": True})
    assert note["internal"] is True
    assert gitlab("DELETE", f"{NOTES}/{note['id']}").status_code == 204
    assert gitlab("GET", f"{NOTES}/{note['id']}").status_code == 404
    gitlab_site.assign(bug, [ada], at=gitlab_site.clock.now(), by=ada)
    system = gitlab.get(NOTES)[0]["id"]
    assert gitlab("DELETE", f"{NOTES}/{system}").status_code == 403
