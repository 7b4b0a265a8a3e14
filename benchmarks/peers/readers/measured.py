"""Measuring of one reader in its own process, by what is installed with it: the standard library."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any


def place() -> dict[str, str]:
    """Return where the trackers answer and with which accounts, as the benchmark told."""
    told: dict[str, str] = json.loads(sys.argv[1])
    # Peers that are commands read their own arguments.
    sys.argv = sys.argv[:1]
    return told


def measure(package: str, read: Callable[[], int]) -> None:
    """Let a reader read, and print what it cost as the last line."""
    begin, spent = time.perf_counter(), time.process_time()
    items = read()
    wall, cpu = time.perf_counter() - begin, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told: dict[str, Any] = {"version": version(package), "items": items, "wall": wall, "cpu": cpu, "peak": peak}
    print(json.dumps(told), flush=True)


@contextmanager
def printed_into(file: Path) -> Iterator[None]:
    """Let everything that is printed go into a file, also what is printed past ``sys.stdout``."""
    kept = os.dup(1)
    with file.open("w") as sink:
        os.dup2(sink.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)


def speak_plain_http() -> None:
    """Let ``requests`` take a loopback address without TLS, where a peer insists on https."""
    turn_back("https://127.0.0.1", "http://127.0.0.1", {})


def turn_back(address: str, here: str, headers: Mapping[str, str]) -> None:
    """Let ``requests`` ask ``here`` what a peer would ask at an address, with more headers."""
    from requests.adapters import HTTPAdapter

    send = HTTPAdapter.send

    def turned(self: Any, request: Any, **more: Any) -> Any:
        request.url = request.url.replace(address, here, 1)
        request.headers.update(headers)
        return send(self, request, **more)

    HTTPAdapter.send = turned
