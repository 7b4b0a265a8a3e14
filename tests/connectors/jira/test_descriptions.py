from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.connector import Action, Artifact, Place, Step, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line, one_line
from pmbridge.errors import Rejected
from pmbridge.model import Ref, RefKind
from pmbridge_jira.line import with_line

TARGET = Ref(source="jira-main", kind=RefKind.VERSION, id="20", project="SHOP", key="1.0")
PLACE = Place(target=TARGET, surface=Surface.DESCRIPTION, slot="milestone-health")
DOCUMENT = Document(blocks=(Paragraph(content=line("72 % done")), Paragraph(content=line("at risk"))))
ARTIFACT = Artifact(
    target=TARGET,
    surface=Surface.DESCRIPTION,
    slot="milestone-health",
    document=DOCUMENT,
    fingerprint=fingerprint(DOCUMENT),
    watermark=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def _rights(tracker):
    held = {key: {"havePermission": True} for key in ("BROWSE_PROJECTS", "ADMINISTER_PROJECTS")}
    tracker.on("GET", "mypermissions", {"permissions": held})


@pytest.fixture
def version(tracker):
    def stands(description):
        tracker.on("GET", "version/20", {"id": "20", "name": "1.0", "released": True, "description": description})
        tracker.on("PUT", "version/20", {"id": "20"})

    return stands


def ours(text):
    return with_line("", "acme-prod", text)


def step(action, artifact=ARTIFACT):
    return Step(place=PLACE, action=action, reason="test", artifact=artifact, remote_id="20")


def sent(tracker):
    return [body for method, route, body in tracker.sent if method == "PUT" and route.endswith("version/20")]


def test_our_line_is_seen_with_the_text_that_a_plan_compares(connector, version):
    version(f"Spring release\n{ours(one_line(DOCUMENT))}\nnotes")
    (seen,) = connector.observe([PLACE])
    assert (seen.remote_id, seen.text, seen.malformed, seen.denied) == ("20", one_line(DOCUMENT), None, None)


@pytest.mark.parametrize("description", [None, "", "Spring release"])
def test_a_description_without_our_line_has_nothing_of_ours(connector, version, description):
    version(description)
    (seen,) = connector.observe([PLACE])
    assert (seen.remote_id, seen.text) == (None, None)


def test_two_lines_cannot_be_told_apart(connector, version):
    version(f"{ours('a')}\n{ours('b')}")
    (seen,) = connector.observe([PLACE])
    assert seen.malformed == "2 lines begin with [pmbridge] and may be ours"


def test_a_version_out_of_sight_and_a_missing_right_are_denied(connector, tracker, version):
    tracker.on("GET", "version/20", {}, status=404)
    (gone,) = connector.observe([PLACE])
    assert gone.denied == "the version is gone, or this account may not see it"


def test_without_project_administration_the_surface_is_denied(connector, tracker, version):
    tracker.on("GET", "mypermissions", {"permissions": {"BROWSE_PROJECTS": {"havePermission": True}}})
    version("x")
    (seen,) = connector.observe([PLACE])
    assert seen.denied == "Administer projects"


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_a_write_reads_again_and_sends_the_description_and_nothing_else(connector, tracker, version, action):
    version(f"Spring release\r\n{ours('old')}\r\nnotes")
    written = connector.write(step(action))
    assert sent(tracker) == [{"description": f"Spring release\r\n{ours('72 % done at risk')}\r\nnotes"}]
    assert written.previous_text == ours("old")
    assert written.url == "https://acme.example/projects/SHOP/versions/20"


def test_a_line_that_stands_there_already_is_not_sent_again(connector, tracker, version):
    version(ours("72 % done at risk"))
    connector.write(step(Action.UPDATE))
    assert sent(tracker) == []


def test_a_deletion_takes_the_line_out(connector, tracker, version):
    version(f"Spring release\n{ours('old')}")
    assert connector.write(step(Action.DELETE, artifact=None)).previous_text == ours("old")
    assert sent(tracker) == [{"description": "Spring release"}]


def test_a_description_without_room_is_refused_before_anything_is_sent(connector, tracker, version):
    version("ä" * 8_190)
    with pytest.raises(Rejected, match="no room"):
        connector.write(step(Action.CREATE))
    assert sent(tracker) == []


def test_a_line_that_a_person_has_changed_is_theirs(connector, version):
    version(f"Spring release\n{ours('well').replace('well', 'very well')}")
    (seen,) = connector.observe([PLACE])
    assert (seen.remote_id, seen.text, seen.edited_by_other) == ("20", "very well", True)
