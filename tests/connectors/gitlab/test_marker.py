from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge_gitlab.marker import digest, read_signed, signed

AT = datetime(2026, 8, 21, 6, 0, 0, 123000, tzinfo=UTC)
names = st.text(min_size=1, max_size=20).filter(lambda s: s.isprintable())


def made(body: str = "All is well.") -> str:
    return signed(body, owner="acme-prod", slot="milestone-health", fingerprint="9f31c2a7b04d", watermark=AT)


def test_the_mark_is_the_last_line_and_invisible() -> None:
    last = made().split("\n")[-1]
    assert last == (
        "<!-- pmbridge v=1 owner=acme-prod slot=milestone-health fp=9f31c2a7b04d "
        f"asof=2026-08-21T06:00:00.123000Z sum={digest('All is well.')} -->"
    )
    assert made().split("\n")[-2] == ""


@given(st.text(max_size=200).filter(lambda s: "pmbridge" not in s), names, names)
def test_what_was_signed_is_read_back(body: str, owner: str, slot: str) -> None:
    watermark = AT.astimezone(timezone(timedelta(hours=5)))
    found = read_signed(signed(body, owner=owner, slot=slot, fingerprint="abc", watermark=watermark))
    assert found is not None
    assert (found.mark.owner, found.mark.slot, found.mark.fingerprint) == (owner, slot, "abc")
    assert found.mark.watermark == AT
    assert found.intact
    assert found.last


def test_what_gitlab_does_to_a_text_is_no_edit() -> None:
    stored = made("one\r\n\r\ntwo  ").replace("\n", "\r\n") + "\n  \n"
    found = read_signed(stored)
    assert found is not None
    assert found.intact


def test_an_edit_above_and_a_line_below_the_mark_are_noticed() -> None:
    above, below = read_signed(made().replace("well", "bad")), read_signed(made() + "\nThanks!")
    assert above is not None
    assert below is not None
    assert (above.last, above.intact) == (True, False)
    assert (below.last, below.intact) == (False, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing here",
        "<!-- pmbridge v=1 owner=acme-prod -->",
        made().replace("v=1", "v=2"),
        made().replace(" fp=", " FP="),
        made().replace("sum=", "sum=x"),
        made().replace("2026-08-21", "2026-13-45"),
        made().replace("<!-- pmbridge", "> <!-- pmbridge"),
        made().replace("<!-- pmbridge", "\\<!-- pmbridge"),
        made().replace(" -->", " evil=1 -->"),
    ],
)
def test_anything_but_a_well_formed_line_is_no_mark(text: str) -> None:
    assert read_signed(text) is None
