"""Where a milestone lives in the trackers, and the tickets that stand for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assess.reading import Reading
from pmbridge.assessment import MilestoneRef
from pmbridge.config.milestones import MilestoneSettings
from pmbridge.history.categories import normalised
from pmbridge.history.merging import MergedMilestone, natural, normal_title
from pmbridge.model import Item, Level, Milestone, MilestoneKind, RefKind


def faces(milestone: MergedMilestone) -> tuple[MilestoneRef, ...]:
    """Refer to every container of a milestone."""
    return tuple(_face(face) for face in milestone.faces)


def _face(face: Milestone) -> MilestoneRef:
    ref = face.ref
    return MilestoneRef(
        source=face.source,
        kind=ref.kind,
        id=face.native_id,
        title=face.title,
        url=face.url,
        project=face.project,
        key=ref.key,
    )


@dataclass(frozen=True, slots=True)
class Signposts:
    """What of a product can stand for milestones, looked for once.

    ``telling`` are the places of lives with a face that is an epic or carries the tracking label; ``named`` the places
    of the items that the settings name, by key.
    """

    telling: frozenset[int]
    named: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, reading: Reading, settings: MilestoneSettings) -> Signposts:
        """Look at every item."""
        wanted, label = frozenset(settings.tracking.values()), normalised(settings.tracking_label)
        telling: set[int] = set()
        named: defaultdict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(reading.history.items):
            if item.level is Level.EPIC or (item.labels and _carries(item, label)):
                telling.add(reading.owner[item.source, item.id].place)
            if item.key in wanted:
                named[item.key].append(place)
        return cls(frozenset(telling), named)


def tracking(
    milestone: MergedMilestone, reading: Reading, settings: MilestoneSettings, signposts: Signposts
) -> tuple[MilestoneRef, ...]:
    """Refer to the tickets that stand for a milestone.

    They are named in the settings, carry the tracking label while members, are the epic the milestone itself is, or the
    one epic in it; of several epics in one source, the one whose title begins with the milestone's.
    """
    label = normalised(settings.tracking_label)
    lives = [life for life in reading.visitors(milestone) if life.place in signposts.telling]
    inside = [f.item for life in lives for f in life.canonical.faces if _belongs(f.item, milestone)]
    found = [item for item in inside if _carries(item, label)]
    found += _stated(milestone, reading, settings, signposts)
    found += _leading_epics(milestone, [item for item in inside if item.level is Level.EPIC])
    unique = {(item.source, item.id): item for item in found}
    return tuple(_ticket(item) for item in _in_order(unique.values(), milestone))


def _stated(
    milestone: MergedMilestone, reading: Reading, settings: MilestoneSettings, signposts: Signposts
) -> list[Item]:
    """Return what the settings name, and the epics that the milestone itself is."""
    title = normal_title(milestone.title)
    keys = [key for name, key in settings.tracking.items() if normal_title(name) == title]
    places = {place for key in keys for place in signposts.named.get(key, ())}
    epics = [(face.source, face.native_id) for face in milestone.faces if face.kind is MilestoneKind.EPIC]
    for id_ in epics:
        life = reading.owner.get(id_)
        places.update(face.place for face in (life.canonical.faces if life else ()) if face.id == id_)
    return [reading.history.items[place] for place in sorted(places)]


def _leading_epics(milestone: MergedMilestone, inside: Sequence[Item]) -> Iterator[Item]:
    """Yield of each source the epic that leads a milestone; several that could are none."""
    title = normal_title(milestone.title)
    for source in sorted({item.source for item in inside}):
        epics = [item for item in inside if item.source == source]
        named = [item for item in epics if normal_title(item.title).startswith(title)]
        leading = epics if len(epics) == 1 else named
        if len(leading) == 1:
            yield leading[0]


def _carries(item: Item, label: str) -> bool:
    return any(normalised(one) == label for one in item.labels)


def _belongs(item: Item, milestone: MergedMilestone) -> bool:
    return any((item.source, one) in milestone.ids for one in item.milestones)


def _in_order(items: Iterable[Item], milestone: MergedMilestone) -> list[Item]:
    sources = list(dict.fromkeys(face.source for face in milestone.faces))
    rank = {source: place for place, source in enumerate(sources)}
    return sorted(items, key=lambda item: (rank.get(item.source, len(rank)), natural(item.key)))


def _ticket(item: Item) -> MilestoneRef:
    return MilestoneRef(
        source=item.source,
        kind=RefKind.EPIC if item.level is Level.EPIC else RefKind.ITEM,
        id=item.id,
        title=item.key if item.restricted else item.title,
        url=item.url,
        project=item.project,
        key=item.key,
    )
