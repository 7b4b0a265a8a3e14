"""Reading of JSON that comes from outside, without what no store can hold."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
import orjson

T = TypeVar("T")

#: An escaped NUL, or half of a pair that stands for one character; behind a backslash it is only text about one.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_BROKEN = re.compile("[\x00\ud800-\udfff]")
_INSTEAD = "�"


def decode(content: bytes) -> Any:
    """Decode a JSON text; NUL and torn surrogates, which databases refuse, become the mark of a lost character.

    Raises `ValueError` for what is no JSON.
    """
    if _SUSPECT.search(content) is None:
        return orjson.loads(content)
    return _mended(json.loads(content))


def decode_as(content: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode what ``decoder`` knows of a JSON text and skip the rest; mends like `decode`.

    Raises `ValueError` for what is no JSON, and its subclass `msgspec.ValidationError` for JSON of another shape.
    """
    if _SUSPECT.search(content) is None:
        return decoder.decode(content)
    return msgspec.convert(decode(content), decoder.type)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _BROKEN.sub(_INSTEAD, value)
    if isinstance(value, list):
        return [_mended(entry) for entry in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(entry) for key, entry in value.items()}
    return value
