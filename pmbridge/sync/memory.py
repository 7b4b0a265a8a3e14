"""Memory while pages pass through: many young values, hardly ever garbage in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: As many values may be made before the collector looks for circles among them; by itself it would after 700.
_YOUNG = 200_000


@contextmanager
def rare_collection() -> Iterator[None]:
    """Let the collector look rarely: among a page's values it finds nothing, and takes a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
