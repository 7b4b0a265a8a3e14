"""The risk register of a product: items of the configured types or labels."""

from __future__ import annotations

from itertools import compress

from pmbridge.assess.people import Identities
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.categories import normalised
from pmbridge.history.merging import MergedMilestone
from pmbridge.history.phases import Life
from pmbridge.metrics.register import Entry, Register, register
from pmbridge.metrics.risk_words import cost, impact_days, probability
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)


def risk_lives(reading: Reading, settings: ProductSettings) -> tuple[Life, ...]:
    """Return all risks of the product, open or not."""
    words = {normalised(word) for word in settings.types.risk}
    looks = [(life.item.type, life.item.labels) for life in reading.lives]
    risky = {(type_, labels) for type_, labels in set(looks) if not words.isdisjoint(map(normalised, (type_, *labels)))}
    return tuple(compress(reading.lives, [look in risky for look in looks])) if risky else ()


def register_of(
    milestone: MergedMilestone,
    lives: tuple[Life, ...],
    who: Identities,
    contingency_days: int | None,
) -> Register | None:
    """Return the open risks of a milestone, and those of no milestone; ``None`` where the product writes none down."""
    if not lives:
        return None
    concerned = [
        life
        for life in lives
        if life.last.category not in _ENDED
        and (not life.last.milestones or not life.last.milestones.isdisjoint(milestone.ids))
    ]
    return register((_entry(life, who) for life in concerned), contingency_days)


def _entry(life: Life, who: Identities) -> Entry:
    item = life.item
    text = item.description or ""
    return Entry(
        key=item.key,
        title=item.key if item.restricted else item.title,
        probability=probability(text, item.labels),
        impact_days=impact_days(text, item.labels),
        cost=cost(text),
        owner=next(iter(sorted(who.assignees(life))), None),
        trigger=item.due,
    )
