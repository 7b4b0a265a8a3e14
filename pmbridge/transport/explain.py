"""The sentence a tracker gives with its refusal."""

from __future__ import annotations

import re
from typing import Any

import requests

_LONGEST = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_KEYS = ("message", "error_description", "error", "detail", "title")


def own_words(response: requests.Response) -> str:
    """Return the short text of an answer: a well-known key of its JSON, or the text itself; empty for a web page.

    A connector that knows its tracker's error format better passes its own function to `mount`.
    """
    try:
        said = _from_json(response.json())
    except ValueError:
        said = "" if is_web_page(response) else response.text
    return one_line(said)


def one_line(text: str) -> str:
    """Return the text without control characters and line breaks, cut to 300 characters."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def is_web_page(response: requests.Response) -> bool:
    """Tell whether an answer is a page for people."""
    return "html" in response.headers.get("Content-Type", "").lower()


def _from_json(data: Any) -> str:
    if not isinstance(data, dict):
        return data if isinstance(data, str) else ""
    for key in _KEYS:
        if data.get(key):
            return _flat(data[key])
    return ""


def _flat(said: Any) -> str:
    if isinstance(said, dict):
        return "; ".join(f"{key} {_flat(value)}" for key, value in said.items())
    if isinstance(said, list):
        return ", ".join(_flat(part) for part in said)
    return str(said)
