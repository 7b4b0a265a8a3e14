from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge.connector import Artifact, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.model import Ref, RefKind
from pmbridge_jira.marker import Marker, decode, digest, encode, lines, with_line, without_line

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DOCUMENT = Document(blocks=(Paragraph(content=line("well")),))
ARTIFACT = Artifact(
    target=Ref(source="j", kind=RefKind.ITEM, id="1", project="SHOP", key="SHOP-1"),
    surface=Surface.COMMENT,
    slot="milestone-health",
    document=DOCUMENT,
    fingerprint=fingerprint(DOCUMENT),
    watermark=AT,
)


def test_a_marker_comes_back_as_it_was_written():
    value = encode(ARTIFACT, "acme-prod", {})
    assert value["asof"] == "2026-03-02T09:00:00Z"
    assert decode(value) == Marker(
        owner="acme-prod",
        slot="milestone-health",
        fingerprint=ARTIFACT.fingerprint,
        watermark=AT,
        body=digest({}),
    )


@pytest.mark.parametrize("value", [None, "x", 7, [], {}, {"owner": 1, "slot": "s"}, {"owner": "o"}])
def test_what_names_no_owner_and_slot_is_not_a_marker(value):
    assert decode(value) is None


@pytest.mark.parametrize("asof", [None, "yesterday", [], True, 10**30, "2026-03-02T09:00:00"])
def test_a_marker_with_an_unreadable_part_says_so(asof):
    marker = decode({"owner": "o", "slot": "s", "fp": "", "asof": asof})
    assert marker is not None
    assert marker.malformed == "the marker has no readable fingerprint and no watermark"


OWNER = "acme-prod"
description = st.text(st.characters(codec="utf-8"), max_size=80).filter(lambda text: not lines(text, OWNER))
one_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)


@settings(deadline=None)
@given(description, one_line, one_line)
def test_the_line_comes_and_goes_and_nothing_else_of_the_description_moves(before, first, second):
    once = with_line(before, OWNER, first)
    assert lines(once, OWNER) == [first]
    twice = with_line(once, OWNER, second)
    assert lines(twice, OWNER) == [second]
    assert twice == with_line(before, OWNER, second)
    assert without_line(twice, OWNER) == before


@settings(deadline=None)
@given(description, description, one_line, one_line)
def test_text_that_people_wrote_around_the_line_stays(above, below, old, new):
    text = f"{above}\r\n[pmbridge] {old} (acme-prod)\r\n{below}"
    assert with_line(text, OWNER, new) == f"{above}\r\n[pmbridge] {new} (acme-prod)\r\n{below}"


@settings(deadline=None)
@given(one_line, one_line)
def test_another_installation_s_line_is_never_touched(theirs, ours):
    both = with_line(with_line("Spring", "acme-test", theirs), OWNER, ours)
    assert lines(both, "acme-test") == [theirs]
    assert lines(both, OWNER) == [ours]
    assert without_line(both, OWNER) == with_line("Spring", "acme-test", theirs)


def test_the_line_can_be_taken_out_from_the_top():
    assert without_line("[pmbridge] well (acme-prod)\nnotes", OWNER) == "notes"
    assert without_line("[pmbridge] well (acme-prod)\r\nnotes", OWNER) == "notes"
    assert without_line("[pmbridge] well (acme-prod)", OWNER) == ""
    assert without_line("notes [pmbridge] within (acme-prod)", OWNER) == "notes [pmbridge] within (acme-prod)"


def test_a_digest_knows_letters_and_no_layout():
    one = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "all is  well"}]}]}
    two = {"content": [{"text": "all "}, {"attrs": {"localId": "x"}, "content": [{"text": "is\nwell"}]}]}
    assert digest(one) == digest(two)
    assert digest(one) != digest({"content": [{"text": "all is hell"}]})
    lozenge = {"content": [{"type": "status", "attrs": {"text": "RED"}}]}
    assert digest(lozenge) != digest({"content": [{"type": "status", "attrs": {"text": "GREEN"}}]})
