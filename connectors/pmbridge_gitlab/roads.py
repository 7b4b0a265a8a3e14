"""The ways of reading that servers offer, from the common to the cheap."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pmbridge.errors import BadAnswer, NotFound, PermissionDenied, Rejected

#: How a server says that it does not offer a way of reading, or not for this question.
REFUSALS = (Rejected, NotFound, PermissionDenied, BadAnswer)


class Road(IntEnum):
    """How histories are read, from what every server offers to what newer ones add."""

    EVENTS = 0
    ACTIVITY = 1
    LINKED = 2


@dataclass(slots=True)
class Roads:
    """The best road that is still believed in at one server, and why a better one is not."""

    best: Road = Road.LINKED
    refusal: str | None = None
