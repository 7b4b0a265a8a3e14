"""Keeping the garbage collector from looking through many values while they are made or walked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: As many values may be made before the collector looks for circles among them; by itself it would after 700.
_YOUNG = 200_000


@contextmanager
def collector_paused() -> Iterator[None]:
    """Work on hundreds of thousands of values, none of them garbage: collecting among them doubles the time.

    They leave as old values; otherwise all would be looked through once as soon as the pause is over.
    """
    enabled, frozen = gc.isenabled(), gc.get_freeze_count()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not frozen:
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def rare_collection() -> Iterator[None]:
    """Let the collector look rarely: among a page's values it finds nothing, and takes a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
