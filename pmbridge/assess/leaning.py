"""Since when open work leans on one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pmbridge.assess.people import Identities
from pmbridge.history.phases import Life
from pmbridge.metrics.concentration import half_since
from pmbridge.model import FieldName


def leans_since(lives: Sequence[Life], held: Mapping[str, float], who: Identities) -> datetime | None:
    """Return since when whoever holds most of some work has held more than half of it; ``held`` is what each holds."""
    if not held:
        return None
    most = max(held.values())
    person = min(name for name, weight in held.items() if weight == most)
    own = [(life, people) for life in lives if person in (people := who.assignees(life))]
    return half_since(((_taken(life), 1 / len(people)) for life, people in own), sum(held.values()))


def _taken(life: Life) -> datetime:
    """Return when a piece of work got the people that it has."""
    given = (c.at for face in life.canonical.faces for c in face.changes if c.field is FieldName.ASSIGNEES)
    return max(given, default=life.created_at)
