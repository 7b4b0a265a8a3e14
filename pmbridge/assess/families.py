"""Which milestones of a product learn from which, and what there is to learn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pmbridge.assess.reading import Reading
from pmbridge.metrics.outlook import Family, Outlook, outlook
from pmbridge.metrics.replay import MilestoneWindow
from pmbridge.metrics.windows import family, window, with_starts


@dataclass(frozen=True, slots=True)
class Relations:
    """Each milestone's window and family, by key."""

    windows: Mapping[str, MilestoneWindow]
    families: Mapping[str, Family]

    def outlook(self, key: str, day: int) -> Outlook:
        """Forecast one milestone."""
        return outlook(self.windows[key], self.families[key], day)


def relations(reading: Reading) -> Relations:
    """Group the milestones that end by one rule, and look at the ended ones again.

    One rule a family: a milestone with a version, sprint or iteration among its faces ends when the tracker says so,
    any other on the day nine tenths are done; and versions do not learn from sprints.
    """
    members: defaultdict[object, list[str]] = defaultdict(list)
    plain: dict[str, MilestoneWindow] = {}
    for milestone in reading.milestones:
        members[family(milestone)].append(milestone.key)
        observations = [o for o in reading.history.observations if (o.source, o.milestone) in milestone.ids]
        plain[milestone.key] = window(milestone, reading.visitors(milestone), observations, reading.zone)
    windows: dict[str, MilestoneWindow] = {}
    families: dict[str, Family] = {}
    for keys in members.values():
        placed = with_starts(plain[key] for key in keys)
        together = Family.of(placed)
        windows.update(zip(keys, placed, strict=True))
        families.update(dict.fromkeys(keys, together))
    return Relations(windows, families)
