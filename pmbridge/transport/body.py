"""Reading of an answer's body within a limit of memory."""

from __future__ import annotations

import json

import requests

_CHUNK = 1024 * 1024
#: Bodies up to this size are parsed to see whether they are whole; above it, brackets are counted first.
_PARSED = 16 * 1024
_MARGIN = 256
_ENDS = {b"{": b"}", b"[": b"]"}


class TooLarge(Exception):
    """An answer exceeds the limit; it was not read to its end."""


def read_body(response: requests.Response, max_bytes: int) -> None:
    """Take a streamed answer into memory as requests itself would, counting decoded bytes on the way."""
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        response.close()
        raise TooLarge
    chunks, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            response.close()
            raise TooLarge
        chunks.append(chunk)
    response._content = b"".join(chunks)


def wire_bytes(response: requests.Response) -> int:
    """Return the bytes that crossed the wire for the body."""
    tell = getattr(response.raw, "tell", None)
    return int(tell()) if tell is not None else len(response.content)


def is_cut(response: requests.Response) -> bool:
    """Tell whether a JSON body is damaged, at a small part of the cost of parsing a large one.

    Cutting leaves the outermost bracket open. So a large body that ends with its partner and has as many of the one as
    of the other counts as whole; only when they disagree, which text within strings may cause, is it parsed.
    """
    if "json" not in response.headers.get("Content-Type", "").lower():
        return False
    body = response.content
    if len(body) > _PARSED and _balanced(body):
        return False
    return bool(body.strip()) and not _parses(body)


def _balanced(body: bytes) -> bool:
    first, last = body[:_MARGIN].lstrip()[:1], body[-_MARGIN:].rstrip()[-1:]
    return _ENDS.get(first) == last and body.count(first) == body.count(last)


def _parses(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
