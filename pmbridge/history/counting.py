"""Which items count at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pmbridge.history.categories import normalised
from pmbridge.model import Item, Level


@dataclass(frozen=True, slots=True)
class Counting:
    """Which items count: levels, and the label of tickets that only stand for a milestone.

    ``levels_of`` tells the level of a type, by source and name, for items that once had another type.
    """

    levels: frozenset[Level] = frozenset({Level.STANDARD})
    tracking_label: str | None = None
    levels_of: Mapping[tuple[str, str], Level] = field(default_factory=lambda: MappingProxyType({}))

    def counts(self, source: str, type_: str | None, level: Level, labels: Collection[str]) -> bool:
        """Tell whether an item of this type and with these labels counts; ``level`` is that of today."""
        if self.levels_of.get((source, type_ or ""), level) not in self.levels:
            return False
        if self.tracking_label is None or not labels:
            return True
        label = normalised(self.tracking_label)
        return all(normalised(one) != label for one in labels)

    def counts_item(self, item: Item) -> bool:
        """Tell whether an item counts as it is now."""
        return item.level in self.levels and self.counts(item.source, None, item.level, item.labels)
