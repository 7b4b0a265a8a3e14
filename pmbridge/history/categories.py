"""Which of the six categories an item was in, from its status, resolution and labels of the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from pmbridge.model import Item, StatusCategory, StatusDefinition

#: Resolutions that end an item without its work being done.
CANCELLED_RESOLUTIONS = (
    "won't do", "won't fix", "wontfix", "wont do", "duplicate", "duplicated", "cannot reproduce", "can't reproduce",
    "not reproducible", "declined", "invalid", "moved", "promoted", "obsolete", "rejected", "abandoned", "cancelled",
    "canceled", "not a bug", "incomplete", "works as designed", "works for me", "withdrawn",
)  # fmt: skip

_LABEL = "label:"
_RESOLUTION = "resolution"
_DONE = StatusCategory.DONE
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})


@lru_cache(maxsize=4096)
def normalised(word: str) -> str:
    """Write a tracker's word so that case, blanks and kinds of apostrophe make no difference."""
    return " ".join(word.translate(_APOSTROPHES).split()).casefold()


@dataclass(frozen=True, slots=True)
class StatusRules:
    """What a product says about statuses, over the trackers' own categories. All words are normalised.

    ``names`` maps names of statuses, ``labels`` names of labels, ``cancelled`` holds resolutions.
    """

    names: Mapping[str, StatusCategory] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, StatusCategory] = field(default_factory=lambda: MappingProxyType({}))
    cancelled: frozenset[str] = frozenset(CANCELLED_RESOLUTIONS)

    @classmethod
    def from_words(cls, words: Mapping[str, Iterable[str]]) -> StatusRules:
        """Read ``{category: [status or "label:name"]}``; words under ``cancelled`` also name resolutions."""
        pairs = [(normalised(w), StatusCategory(category)) for category, ws in words.items() for w in ws]
        labels = {w.removeprefix(_LABEL).strip(): category for w, category in pairs if w.startswith(_LABEL)}
        names = {w: category for w, category in pairs if not w.startswith(_LABEL)}
        cancelled = {w for w, category in names.items() if category is StatusCategory.CANCELLED}
        return cls(names, labels, frozenset(CANCELLED_RESOLUTIONS) | cancelled)


class Categories:
    """Decides categories for one history; remembers what it decided.

    Where a tracker has no resolutions, a scoped label ``resolution::...`` speaks for one.
    """

    def __init__(self, statuses: Iterable[StatusDefinition], rules: StatusRules | None = None) -> None:
        self._rules = rules or StatusRules()
        self._defined = {(s.source, s.id): s for s in statuses}
        self._known: dict[tuple[str, str, str | None, str | None, StatusCategory | None], StatusCategory] = {}

    def of(
        self,
        source: str,
        status: str,
        name: str | None,
        resolution: str | None,
        labels: Collection[str],
        fallback: StatusCategory | None = None,
    ) -> StatusCategory:
        """Decide a category; ``fallback`` is the tracker's own for a status that is not defined (any more)."""
        key = source, status, name, resolution, fallback
        category = self._known.get(key)
        if category is None:
            category = self._known[key] = self._decide(source, status, name, resolution, fallback)
        if not labels:
            return category
        if category is _DONE and any(map(self._ends, labels)):
            return StatusCategory.CANCELLED
        return self._labelled(category, labels) if self._rules.labels else category

    def of_item(self, item: Item) -> StatusCategory:
        """Decide the category of an item as it is now."""
        return self.of(item.source, item.status, item.status_name, item.resolution, item.labels, item.category)

    def heeds(self, label: str) -> bool:
        """Tell whether a label can make a difference."""
        return normalised(label) in self._rules.labels or self._ends(label)

    def _ends(self, label: str) -> bool:
        """Tell whether a scoped label says, like ``resolution::duplicate``, that an item ended without its work."""
        scope, _, value = normalised(label).rpartition("::")
        return scope == _RESOLUTION and value in self._rules.cancelled

    def _decide(
        self, source: str, status: str, name: str | None, resolution: str | None, fallback: StatusCategory | None
    ) -> StatusCategory:
        defined = self._defined.get((source, status))
        base = defined.category if defined else fallback or StatusCategory.UNMAPPED
        # A renamed status keeps its meaning: the name of today counts as well as the name of the time.
        for word in (name, defined.name if defined else None):
            if word is not None and normalised(word) in self._rules.names:
                base = self._rules.names[normalised(word)]
                break
        ended = base is StatusCategory.DONE and resolution is not None
        return StatusCategory.CANCELLED if ended and normalised(resolution or "") in self._rules.cancelled else base

    def _labelled(self, category: StatusCategory, labels: Iterable[str]) -> StatusCategory:
        """Refine by labels: a tracker's own "done" is only ever overruled by a label that cancels."""
        found = [self._rules.labels[w] for w in map(normalised, labels) if w in self._rules.labels]
        if StatusCategory.CANCELLED in found or category is StatusCategory.CANCELLED:
            return StatusCategory.CANCELLED
        if category is StatusCategory.DONE or not found:
            return category
        return max(found, key=_PROGRESS.index)


_PROGRESS = (
    StatusCategory.UNMAPPED,
    StatusCategory.TODO,
    StatusCategory.ACTIVE,
    StatusCategory.WAITING,
    StatusCategory.DONE,
    StatusCategory.CANCELLED,
)
