"""What a run tells while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items of a project were read; ``items_total`` is known only when everything is read."""

    source: str
    project: str
    items_done: int
    items_total: int | None


Report = Callable[[Progress], None]


def say_nothing(_progress: Progress) -> None:
    """Take a report and drop it."""
