from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.transport.decoding import decode, decode_as

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values, st.booleans())
def test_what_can_be_held_passes_as_it_is(value: Any, escaped: bool) -> None:
    assert decode(json.dumps(value, ensure_ascii=escaped).encode()) == value


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb'"a\u0000b"', "a�b"),
        (rb'"torn \ud83d"', "torn �"),
        (rb'"whole \ud83d\ude80"', "whole 🚀"),
        (rb'"about \\u0000"', r"about \u0000"),
        ('"🚀 as it is"'.encode(), "🚀 as it is"),
    ],
)
def test_what_no_store_can_hold_is_replaced(content: bytes, text: str) -> None:
    assert decode(content) == text
    assert decode(b'{"k": [' + content + b"]}") == {"k": [text]}


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"a": ', b"\xff"])
def test_what_is_no_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decode(content)


class _Named(msgspec.Struct):
    name: str


@pytest.mark.parametrize(
    ("content", "name"), [(b'{"name": "a", "more": [1, {"x": 2}]}', "a"), (rb'{"name": "a\u0000b", "more": 1}', "a�b")]
)
def test_only_what_is_named_is_built_and_mended_all_the_same(content: bytes, name: str) -> None:
    assert decode_as(content, msgspec.json.Decoder(_Named)) == _Named(name)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"name": ', b"[]", b'{"name": 5}', rb'{"name": ["\u0000"]}'])
def test_what_is_of_another_shape_is_a_value_error(content: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, json.JSONDecodeError)):
        decode_as(content, msgspec.json.Decoder(_Named))
