from __future__ import annotations

import json
from typing import Any

import requests
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.transport.body import is_cut

json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)


def _response(body: bytes, kind: str = "application/json") -> requests.Response:
    response = requests.Response()
    response._content = body
    response.headers["Content-Type"] = kind
    return response


@given(json_values)
def test_whole_json_is_never_called_cut(value: Any) -> None:
    assert not is_cut(_response(json.dumps(value).encode()))


@given(json_values, st.floats(0, 1, exclude_max=True))
def test_every_cut_of_a_small_list_is_seen(value: Any, part: float) -> None:
    body = json.dumps([value]).encode()
    assert is_cut(_response(body[: 1 + int(part * (len(body) - 1))]))


def test_every_cut_of_a_large_list_is_seen() -> None:
    body = json.dumps([{"id": n, "labels": ["a", "b"], "text": "{brackets[ in text"} for n in range(2000)]).encode()
    assert not is_cut(_response(body))
    assert all(is_cut(_response(body[:end])) for end in range(len(body) - 1, len(body) - 50, -1))
    assert all(is_cut(_response(body[:end])) for end in range(20_000, 20_100))


def test_other_kinds_of_content_are_not_judged() -> None:
    assert not is_cut(_response(b"{", "text/plain"))
