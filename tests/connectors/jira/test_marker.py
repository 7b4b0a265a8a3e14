from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge.connector import Artifact, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.model import Ref, RefKind
from pmbridge_jira.marker import Marker, decode, encode, lines, with_line, without_line

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
    value = encode(ARTIFACT, "acme-prod")
    assert value["asof"] == "2026-03-02T09:00:00Z"
    assert decode(value) == Marker(
        owner="acme-prod", slot="milestone-health", fingerprint=ARTIFACT.fingerprint, watermark=AT
    )


@pytest.mark.parametrize("value", [None, "x", 7, [], {}, {"owner": 1, "slot": "s"}, {"owner": "o"}])
def test_what_names_no_owner_and_slot_is_not_a_marker(value):
    assert decode(value) is None


@pytest.mark.parametrize("asof", [None, "yesterday", [], True, 10**30, "2026-03-02T09:00:00"])
def test_a_marker_with_an_unreadable_part_says_so(asof):
    marker = decode({"owner": "o", "slot": "s", "fp": "", "asof": asof})
    assert marker is not None
    assert marker.malformed == "the marker has no readable fingerprint and no watermark"


description = st.text(st.characters(codec="utf-8"), max_size=80).filter(lambda text: not lines(text))
one_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)


@settings(deadline=None)
@given(description, one_line, one_line)
def test_the_line_comes_and_goes_and_nothing_else_of_the_description_moves(before, first, second):
    once = with_line(before, first)
    assert lines(once) == [first]
    twice = with_line(once, second)
    assert lines(twice) == [second]
    assert twice == with_line(before, second)
    assert without_line(twice) == before


@settings(deadline=None)
@given(description, description, one_line, one_line)
def test_text_that_people_wrote_around_the_line_stays(above, below, old, new):
    text = f"{above}\r\n[pmbridge] {old}\r\n{below}"
    assert with_line(text, new) == f"{above}\r\n[pmbridge] {new}\r\n{below}"


def test_the_line_can_be_taken_out_from_the_top():
    assert without_line("[pmbridge] well\nnotes") == "notes"
    assert without_line("[pmbridge] well\r\nnotes") == "notes"
    assert without_line("[pmbridge] well") == ""
    assert without_line("notes [pmbridge] within") == "notes [pmbridge] within"
