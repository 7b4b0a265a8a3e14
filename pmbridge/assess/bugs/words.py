"""What a product calls bugs, and the marks on items that tell where a bug stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pmbridge.assess.bugs.looks import Look
from pmbridge.config.product import ProductSettings
from pmbridge.history.categories import normalised
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.model import Deployment, Item

_LABEL = "label:"

#: Resolutions that say there was no bug, and those of one that was reported before.
NO_BUG = frozenset({"not a bug", "invalid", "works as designed", "works for me", "moved", "withdrawn"})
DUPLICATE = frozenset({"duplicate", "duplicated"})
#: Scopes of labels that stand for fields a tracker does not have.
AFFECTS = ("affects::",)
AREAS = ("component::", "area::")
REGRESSION = frozenset({"regression", "type::regression"})


#: An item, or how it looks.
Worded = Item | Look


@dataclass(frozen=True, slots=True)
class Marks:
    """Names of statuses and of labels that mean one thing; all words are normalised."""

    statuses: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> Marks:
        """Read statuses and ``label:name``."""
        plain = [normalised(word) for word in words]
        return cls(
            frozenset(word for word in plain if not word.startswith(_LABEL)),
            frozenset(word.removeprefix(_LABEL).strip() for word in plain if word.startswith(_LABEL)),
        )

    def __bool__(self) -> bool:
        return bool(self.statuses or self.labels)

    def on(self, item: Item) -> bool:
        """Tell whether an item carries such a mark now."""
        return normalised(item.status_name) in self.statuses or any(normalised(x) in self.labels for x in item.labels)


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a product says about its bugs, ready to be compared with."""

    types: frozenset[str]
    production: frozenset[str]
    support: frozenset[tuple[str, str]]
    escalated: Marks
    returned: Marks
    deployed: Marks
    paused: Marks
    incident: frozenset[str] = frozenset()
    restored: Marks = Marks()
    hotfix: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: ProductSettings) -> Words:
        """Read them from the product's settings."""
        handoff = settings.bugs.handoff
        return cls(
            types=frozenset(map(normalised, settings.types.bug)),
            production=frozenset(map(normalised, settings.bugs.found_in_production)),
            support=frozenset((source, name) for source, names in handoff.support.items() for name in names),
            escalated=Marks.of(handoff.escalated),
            returned=Marks.of(handoff.returned),
            deployed=Marks.of(handoff.deployed),
            paused=Marks.of(handoff.waiting_for_customer),
            incident=frozenset(map(normalised, settings.bugs.incident)),
            restored=Marks.of(settings.bugs.restored),
            hotfix=tuple(map(normalised, settings.bugs.failure.hotfix)),
        )

    def is_bug(self, item: Worded) -> bool:
        """Tell whether an item is a bug by its type or by a label."""
        return normalised(item.type) in self.types or any(normalised(label) in self.types for label in item.labels)

    def is_incident(self, item: Worded) -> bool:
        """Tell whether a bug took the service away, by its type or by a label."""
        return normalised(item.type) in self.incident or any(
            normalised(label) in self.incident for label in item.labels
        )

    def is_hotfix(self, made: Deployment) -> bool:
        """Tell whether a deployment was made from a tag or branch that says hotfix."""
        return made.ref is not None and any(word in normalised(made.ref) for word in self.hotfix)

    def is_support(self, item: Worded) -> bool:
        """Tell whether customers are heard in an item's project."""
        return (item.source, item.project) in self.support

    def met_by_users(self, item: Worded) -> bool:
        """Tell whether users met a bug."""
        return item.customer_facing or any(normalised(label) in self.production for label in item.labels)


def is_regression(item: Worded) -> bool:
    """Tell whether a label says that something worked before."""
    return any(normalised(label) in REGRESSION for label in item.labels)


def component(item: Worded) -> str | None:
    """Return the component of an item, by its field or by a label."""
    return item.components[0] if item.components else next(iter(scoped(item.labels, AREAS)), None)


def _ending(item: Worded) -> set[str]:
    said = {normalised(item.resolution)} if item.resolution else set()
    return said | {normalised(word) for word in scoped(item.labels, ("resolution::",))}


def is_double(item: Worded) -> bool:
    """Tell whether an item's resolution, or a label for one, says that it is a duplicate."""
    return not DUPLICATE.isdisjoint(_ending(item))


def is_none(item: Worded) -> bool:
    """Tell whether an item's resolution, or a label for one, says that there was no bug."""
    return not NO_BUG.isdisjoint(_ending(item))


def scoped(labels: Iterable[str], scopes: Sequence[str]) -> list[str]:
    """Return what labels such as ``area::cart`` say after their scope."""
    found = [(label.strip(), scope) for label in labels for scope in scopes if label.casefold().startswith(scope)]
    return [label[len(scope) :].strip() for label, scope in found]


class Releases:
    """Finds the milestone that an item's version or label means."""

    def __init__(self, milestones: Sequence[MergedMilestone]) -> None:
        self._by_id = {id_: one.key for one in milestones for id_ in one.ids}
        self._by_word: dict[str, str] = {}
        for one in milestones:
            title = normal_title(one.title)
            for word in (title, title.split()[0] if title else title):
                self._by_word.setdefault(word, one.key)

    def affected(self, item: Worded) -> frozenset[str]:
        """Return the keys of the milestones a bug was seen in; a label may name one by its first word, a version."""
        versions = [self._by_id.get((item.source, id_)) for id_ in item.affects]
        named = [self._by_word.get(normal_title(word)) for word in scoped(item.labels, AFFECTS)]
        return frozenset(key for key in (*versions, *named) if key is not None)

    def planned(self, milestones: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Return the keys of the milestones that containers belong to."""
        return frozenset(key for id_ in milestones if (key := self._by_id.get(id_)) is not None)
