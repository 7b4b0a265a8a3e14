"""Where a milestone lives in the trackers, and the tickets that stand for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def tracking(milestone: MergedMilestone, reading: Reading, settings: MilestoneSettings) -> tuple[MilestoneRef, ...]:
    """Refer to the tickets that stand for a milestone.

    They are named in the settings, carry the tracking label while members, are the epic the milestone itself is, or the
    one epic in it; of several epics in one source, the one whose title begins with the milestone's.
    """
    named = {key for title, key in settings.tracking.items() if normal_title(title) == normal_title(milestone.title)}
    epics = {(f.source, f.native_id) for f in milestone.faces if f.kind is MilestoneKind.EPIC}
    label = normalised(settings.tracking_label)
    inside = (face.item for life in reading.visitors(milestone) for face in life.canonical.faces if face.item.labels)
    found = [
        item for item in inside if _belongs(item, milestone) and any(normalised(one) == label for one in item.labels)
    ]
    if named or epics:
        found += [i for i in reading.history.items if i.key in named or (i.source, i.id) in epics]
    found += _leading_epics(milestone, reading)
    unique = {(item.source, item.id): item for item in found}
    return tuple(_ticket(item) for item in _in_order(unique.values(), milestone))


def _leading_epics(milestone: MergedMilestone, reading: Reading) -> Iterator[Item]:
    """Yield of each source the epic that leads a milestone; several that could are none."""
    epic = Level.EPIC
    visitors = (face.item for life in reading.visitors(milestone) for face in life.canonical.faces)
    inside = [item for item in visitors if item.level is epic and _belongs(item, milestone)]
    title = normal_title(milestone.title)
    for source in sorted({item.source for item in inside}):
        epics = [item for item in inside if item.source == source]
        named = [item for item in epics if normal_title(item.title).startswith(title)]
        leading = epics if len(epics) == 1 else named
        if len(leading) == 1:
            yield leading[0]


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
