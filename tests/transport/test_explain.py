from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.transport import own_words
from pmbridge.transport.explain import one_line


def response(body: bytes, kind: str = "application/json") -> requests.Response:
    made = requests.Response()
    made._content = body
    made.headers["Content-Type"] = kind
    return made


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"message": "401 Unauthorized"}, "401 Unauthorized"),
        ({"message": {"title": ["is too long", "is blank"]}}, "title is too long, is blank"),
        ({"error": "insufficient_scope", "error_description": "needs api"}, "needs api"),
        ("plain", "plain"),
        ({"other": 1}, ""),
        ([1, 2], ""),
        (None, ""),
    ],
)
def test_the_sentence_is_found_in_well_known_places(data: Any, said: str) -> None:
    assert own_words(response(json.dumps(data).encode())) == said


def test_a_plain_text_is_taken_and_a_web_page_is_not() -> None:
    assert own_words(response(b"Retry later\n", "text/plain")) == "Retry later"
    assert own_words(response(b"<html>no</html>", "text/html")) == ""


@given(st.text())
def test_a_sentence_is_one_short_line(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 300
    assert line.splitlines() in ([], [line])
