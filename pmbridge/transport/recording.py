"""Keeping what trackers answer, so that somebody else can see what went wrong."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

Mask = Callable[[str], str]

_current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_ODD = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 80


class Recorder:
    """Writes one file an exchange, numbered in the order of the answers; headers, which hold tokens, are left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._lock = threading.Lock()

    def keep(self, source: str, response: requests.Response, mask: Mask) -> None:
        """Write one exchange with ``source``; ``mask`` hides every secret that is known."""
        request = response.request
        parts = urlsplit(request.url or "")
        exchange = {
            "method": request.method,
            "path": parts.path,
            "query": parse_qs(parts.query),
            "body": _readable(request.body or b""),
            "status": response.status_code,
            "answer": _readable(response.content),
        }
        text = mask(json.dumps(exchange, indent=1, ensure_ascii=False))
        folder = self._folder / _ODD.sub("_", source)
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            number = next(self._numbers)
        name = _ODD.sub("_", parts.path.strip("/"))[-_LONGEST:]
        (folder / f"{number:05}-{request.method}-{name}.json").write_text(text, encoding="utf-8")


@contextmanager
def recording(folder: Path | None) -> Iterator[None]:
    """Keep every exchange of the clients that are mounted within; ``None`` keeps nothing."""
    token = _current.set(Recorder(folder) if folder else None)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Recorder | None:
    """Return the recorder for a client that is mounted now."""
    return _current.get()


def _readable(content: bytes | str) -> Any:
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
