"""Which items count at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pmbridge.history.categories import normalised
from pmbridge.model import Item, Level


@dataclass(frozen=True, slots=True)
class Counting:
    """Which items count: levels, and the tickets that only stand for a milestone, by their label or by their key.

    ``levels_of`` tells the level of a type, by source and name, for items that once had another type.
    """

    levels: frozenset[Level] = frozenset({Level.STANDARD})
    tracking_label: str | None = None
    tracking_keys: frozenset[str] = frozenset()
    levels_of: Mapping[tuple[str, str], Level] = field(default_factory=lambda: MappingProxyType({}))

    def counts(self, item: Item, type_: str | None, labels: Collection[str]) -> bool:
        """Tell whether an item counted while it had this type and these labels."""
        level = item.level
        if type_ != item.type and type_ is not None:
            level = self.levels_of.get((item.source, type_), level)
        if not self.admits(level, item.key):
            return False
        if self.tracking_label is None or not labels:
            return True
        label = normalised(self.tracking_label)
        return all(normalised(one) != label for one in labels)

    def admits(self, level: Level, key: str) -> bool:
        """Tell whether a level counts, and what stands for a milestone by its key does not."""
        return level in self.levels and key not in self.tracking_keys

    def heeds(self, label: str) -> bool:
        """Tell whether a label can make a difference."""
        return self.tracking_label is not None and normalised(label) == normalised(self.tracking_label)

    def counts_item(self, item: Item) -> bool:
        """Tell whether an item counts as it is now."""
        return self.counts(item, item.type, item.labels)
