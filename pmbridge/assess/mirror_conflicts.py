"""Pieces of work whose faces tell different stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pmbridge.assess.reading import Reading
from pmbridge.history.counting import Counting
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.records import Record
from pmbridge.history.walk import life
from pmbridge.metrics.hygiene import Faces
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


def disagreeing(reading: Reading) -> Iterator[Faces]:
    """Find mirrored work of which one face has ended and another is open, with the instant it came to that."""
    for one in reading.lives:
        if one.canonical.mirrors:
            stands = [_standing(face, reading) for face in one.canonical.faces]
            if len({ended for ended, _ in stands}) > 1:
                yield Faces(one.canonical, max(since for _, since in stands))


def _standing(face: Record, reading: Reading) -> tuple[bool, datetime]:
    """Say whether a face has ended, and since when it is so."""
    phases = life(CanonicalItem(face), reading.categories, Counting()).phases
    ended = phases[-1].category in _ENDED
    since = phases[-1].since
    for phase in reversed(phases):
        if (phase.category in _ENDED) is not ended:
            break
        since = phase.since
    return ended, since
