from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.connector import Artifact, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.model import Ref, RefKind
from pmbridge_jira.marker import Marker, decode, digest, encode, words

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


def test_a_digest_knows_letters_and_no_layout():
    one = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "all is  well"}]}]}
    two = {"content": [{"text": "all "}, {"attrs": {"localId": "x"}, "content": [{"text": "is\nwell"}]}]}
    assert digest(one) == digest(two)
    assert digest(one) != digest({"content": [{"text": "all is hell"}]})
    lozenge = {"content": [{"type": "status", "attrs": {"text": "RED"}}]}
    assert digest(lozenge) != digest({"content": [{"type": "status", "attrs": {"text": "GREEN"}}]})


def test_the_words_of_a_document_are_kept_in_their_order():
    body = {"content": [{"content": [{"text": "Agreed with the sponsor."}]}, {"content": [{"text": "See below."}]}]}
    assert words(body) == "Agreed with the sponsor. See below."
    assert words(None) == ""
