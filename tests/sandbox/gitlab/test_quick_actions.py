from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.sandbox.gitlab.quick_actions import Command, extract

NOTES = "/projects/acme%2Fshop-web/issues/1/notes"


@pytest.mark.parametrize(
    ("text", "remains", "commands"),
    [
        ("Hello\n/close", "Hello", [("close", "")]),
        ("/CLOSE", "", [("close", "")]),
        ("x\n\r/close", "x", [("close", "")]),
        ("x\r\n/close\r\ny", "x\ny", [("close", "")]),
        ('/label ~bug ~"two words"\ntext', "text", [("label", '~bug ~"two words"')]),
        ("<!-- marker -->\n/close", "<!-- marker -->", [("close", "")]),
        ("/close\n/reopen", "", [("close", ""), ("reopen", "")]),
        ("/spend 2h", "", [("spend", "2h")]),
        ("| /close |", "| /close |", []),
        ("- /close", "- /close", []),
        (" /close", " /close", []),
        ("\\/close", "\\/close", []),
        ("/closed", "/closed", []),
        ("/unknown thing", "/unknown thing", []),
        ("see /close", "see /close", []),
        ("```\n/close\n```", "```\n/close\n```", []),
        (">>>\n/close\n>>>", ">>>\n/close\n>>>", []),
        ("<div>\n/close\n</div>", "<div>\n/close\n</div>", []),
        ("```\ncode\n```\n/close", "```\ncode\n```", [("close", "")]),
        ("text \n\n", "text", []),
    ],
)
def test_commands_are_taken_out_of_a_text(text, remains, commands):
    assert extract(text) == (remains, [Command(*command) for command in commands])


@given(st.text(alphabet="/closereopn \n\r`>\\"))
def test_no_command_is_left_outside_of_shields_and_none_is_invented(text):
    remains, commands = extract(text)
    assert "\r" not in remains
    assert extract(remains)[1] == [] or commands
    if "/" not in text:
        assert commands == []


def test_a_command_in_a_new_note_is_carried_out_and_not_kept(gitlab, gitlab_site, bug):
    note = gitlab.post(NOTES, {"body": "Done\n/close\n"})
    assert note["body"] == "Done"
    assert gitlab_site.issues[bug].state == "closed"
    assert gitlab_site.issues[bug].closed_by == gitlab_site.bot


def test_a_note_of_commands_alone_does_not_come_into_being(gitlab, gitlab_site, bug):
    gitlab_site.add_label("acme/shop-web", "bug")
    gitlab.post(NOTES, {"body": "/label ~bug ~unknown"}, status=202)
    assert gitlab_site.issues[bug].labels == ["bug"]
    assert gitlab.get(NOTES) == []


def test_a_command_in_an_edited_note_is_carried_out(gitlab, gitlab_site, bug, ada):
    gitlab_site.close_issue(bug, at=gitlab_site.clock.now(), by=ada)
    note = gitlab.post(NOTES, {"body": "Hello"})
    assert gitlab.put(f"{NOTES}/{note['id']}", {"body": "Hello\n/reopen"})["body"] == "Hello"
    assert gitlab_site.issues[bug].state == "opened"


def test_an_edit_to_commands_alone_deletes_the_note(gitlab, gitlab_site, bug):
    note = gitlab.post(NOTES, {"body": "Hello"})
    gitlab.put(f"{NOTES}/{note['id']}", {"body": "/close"})
    assert gitlab_site.issues[bug].state == "closed"
    assert gitlab("GET", f"{NOTES}/{note['id']}").status_code == 404


def test_commands_in_a_description_are_carried_out_too(gitlab, gitlab_site, bug, milestones):
    body = {"description": "Text\n/milestone %1.0\n/weight 5\n/assign @ada\n/title New title"}
    issue = gitlab.put("/projects/acme%2Fshop-web/issues/1", body)
    assert (issue["description"], issue["title"], issue["weight"]) == ("Text", "New title", 5)
    assert issue["milestone"]["id"] == milestones[0]
    assert [user["username"] for user in issue["assignees"]] == ["ada"]


@pytest.mark.parametrize(
    ("command", "attribute", "expected"),
    [
        ("/unlabel ~a", "labels", ["b"]),
        ("/unlabel", "labels", []),
        ("/remove_milestone", "milestone", None),
        ("/clear_weight", "weight", None),
        ("/confidential", "confidential", True),
        ("/unassign", "assignees", []),
        ("/lock", "state", "opened"),
    ],
)
def test_commands_change_what_they_name(gitlab, gitlab_site, ada, milestones, command, attribute, expected):
    id = gitlab_site.create_issue(
        "acme/shop-web",
        "Full",
        at=gitlab_site.clock.now(),
        by=ada,
        labels=["a", "b"],
        milestone=milestones[0],
        weight=3,
        assignees=[ada],
    )
    gitlab.post(NOTES, {"body": command}, status=202)
    assert getattr(gitlab_site.issues[id], attribute) == expected
