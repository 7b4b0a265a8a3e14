"""The bugs that a gate looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pmbridge.assess.acceptance.words import GateWords
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.phases import Life
from pmbridge.metrics.acceptance.work_lists import Defect
from pmbridge.metrics.bugflow.severity import USUAL, Ranks
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_SCOPES = ("severity::", "sev::", "priority::")


def defects(bugs: Iterable[Life], reading: Reading, words: GateWords, settings: ProductSettings) -> dict[str, Defect]:
    """Return bugs by key.

    A bug that was closed without a repair (no bug, a duplicate) is left out: it explains no failure.
    """
    ranks = Ranks.of(settings.bugs.severities or USUAL)
    found = {}
    for life in bugs:
        category = reading.now[life.canonical.primary.id].category
        if category is not StatusCategory.CANCELLED:
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


def _rank(life: Life, ranks: Ranks) -> int | None:
    """Rank a bug by its severity, else by a scoped label, else by its priority."""
    item = life.item
    labels = (label.casefold() for label in item.labels)
    scoped = [label[len(scope) :].strip() for label in labels for scope in _SCOPES if label.startswith(scope)]
    found = (ranks.rank(word) for word in (item.severity, *scoped, item.priority) if word)
    return next((rank for rank in found if rank is not None), None)
