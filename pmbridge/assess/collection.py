"""A pause of the garbage collector while many rows are walked that make no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Keep the collector from visiting every loaded row again and again; it goes on as before afterwards.

    With 20,000 items and 200,000 changes in memory it would take more time than the assessment itself.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
