from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.transport import Redactor

secrets = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=8, max_size=40)


@given(secrets, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_masked_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret])(f"{before}{secret}{after}") or secret in "***"


@given(secrets, st.text(max_size=10), st.text(max_size=10))
def test_a_secret_is_masked_inside_base64_at_any_offset(secret: str, user: str, tail: str) -> None:
    packed = base64.b64encode(f"{user}{secret}{tail}".encode()).decode()
    masked = Redactor([secret])(f"<{packed}>")
    assert masked == "<***>"


@given(secrets)
def test_a_secret_is_masked_in_addresses_and_in_json(secret: str) -> None:
    redact = Redactor([secret])
    assert quote(secret, safe="") not in redact(f"https://x.example/?q={quote(secret, safe='')}")
    assert json.dumps(secret)[1:-1] not in redact(json.dumps({"a": secret}))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Basic YWJjOmRlZg==", "Authorization: Basic ***"),
        ("{'Authorization': 'Bearer abc.def'}", "{'Authorization': 'Bearer ***'}"),
        ("GET /x?private_token=abc&page=2", "GET /x?private_token=***&page=2"),
        ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: ***"),
        ("Set-Cookie: JSESSIONID=abc; Path=/", "Set-Cookie: JSESSIONID=***; Path=/"),
        ("postgresql://user:pass@host/db", "postgresql://user:***@host/db"),
        ("nothing to hide: 12 items, SHOP-1", "nothing to hide: 12 items, SHOP-1"),
    ],
)
def test_credentials_in_well_known_places_are_masked_unnamed(text: str, masked: str) -> None:
    assert Redactor()(text) == masked


def test_a_word_too_short_to_be_a_secret_masks_nothing() -> None:
    assert Redactor(["", "ab"])("about") == "about"


def test_a_redactor_does_not_show_its_secrets() -> None:
    assert "s3cr3t-t0ken" not in repr(Redactor(["s3cr3t-t0ken"]))


def test_a_long_text_without_blanks_takes_no_longer_than_its_length() -> None:
    redact = Redactor(["s3cr3t-t0ken", "an0ther-t0ken"])
    text = "QUJD" * 100_000
    begin = time.perf_counter()
    assert redact(text) == text
    assert time.perf_counter() - begin < 5  # squared it would be hours
