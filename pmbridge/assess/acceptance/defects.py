"""The bugs that a gate looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from pmbridge.assess.acceptance.words import GateWords
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.phases import Life
from pmbridge.metrics.acceptance.work_lists import Defect
from pmbridge.metrics.bugflow.severity import USUAL, Ranks
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_SCOPES = ("severity::", "sev::", "priority::")


def defects(lives: Iterable[Life], reading: Reading, words: GateWords, settings: ProductSettings) -> dict[str, Defect]:
    """Return the bugs among some work, by key.

    A bug that was closed without a repair (no bug, a duplicate) is left out: it explains no failure.
    """
    ranks = Ranks.of(settings.bugs.severities or USUAL)
    found = {}
    for life in lives:
        category = reading.now[life.canonical.primary.id].category
        if words.is_bug(life.item) and category is not StatusCategory.CANCELLED:
            found[life.item.key] = Defect(
                key=life.item.key,
                title=life.item.key if life.item.restricted else life.item.title,
                severity=_rank(life, ranks),
                closed_at=life.completed_at if category is StatusCategory.DONE else None,
                workaround=words.has_workaround(life.item),
            )
    return found


def open_ones(found: Mapping[str, Defect], keys: Collection[str]) -> tuple[Defect, ...]:
    """Return those of some keys that nobody has repaired."""
    return tuple(found[key] for key in sorted(keys) if key in found and found[key].closed_at is None)


def arrivals(lives: Iterable[Life], words: GateWords) -> list[datetime]:
    """Return when the bugs among some work were written."""
    return [life.created_at for life in lives if words.is_bug(life.item)]


def _rank(life: Life, ranks: Ranks) -> int | None:
    """Rank a bug by its severity, else by a scoped label, else by its priority."""
    item = life.item
    labels = (label.casefold() for label in item.labels)
    scoped = [label[len(scope) :].strip() for label in labels for scope in _SCOPES if label.startswith(scope)]
    found = (ranks.rank(word) for word in (item.severity, *scoped, item.priority) if word)
    return next((rank for rank in found if rank is not None), None)
