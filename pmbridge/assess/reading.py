"""A product's history at one instant, read once for everything that is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmbridge.assess.people import Identities, identities
from pmbridge.assess.rules import merge_rules, mirror_rules, status_rules
from pmbridge.config.product import ProductSettings
from pmbridge.history.categories import Categories
from pmbridge.history.chronicle import Company
from pmbridge.history.columns import Columns
from pmbridge.history.counting import Counting
from pmbridge.history.days import local_day
from pmbridge.history.membership import by_milestone, visitors
from pmbridge.history.merging import MergedMilestone, merge
from pmbridge.history.mirrors import Mirrors, united
from pmbridge.history.phases import Life, Phase
from pmbridge.history.present import Present
from pmbridge.history.records import ItemId, records
from pmbridge.history.rewind import levels_of_types, rewind
from pmbridge.history.walk import current_phases, lives
from pmbridge.model import History


@dataclass(frozen=True, slots=True)
class Reading:
    """What was true at ``as_of`` and how it came to be.

    ``now`` holds how each piece of work stands by its current fields, by its deciding face, ``standing`` the same by
    the place of its life. ``owner`` finds the life of any face by source and id, ``visitors_of`` all work that ever was
    in a milestone by its key. ``who`` is everybody, ``mirrors`` how faces were united.
    """

    history: History
    columns: Columns
    as_of: datetime
    zone: ZoneInfo
    categories: Categories
    milestones: tuple[MergedMilestone, ...]
    lives: tuple[Life, ...]
    now: Mapping[ItemId, Phase]
    standing: tuple[Phase, ...]
    visitors_of: Mapping[str, tuple[Life, ...]]
    owner: Mapping[ItemId, Life]
    who: Identities
    mirrors: Mirrors

    @property
    def names(self) -> Mapping[tuple[str, str], str]:
        """How the person behind each account is shown."""
        return self.who.shown

    @property
    def today(self) -> date:
        """The local day of the instant."""
        return local_day(self.as_of, self.zone)

    def visitors(self, milestone: MergedMilestone) -> tuple[Life, ...]:
        """All work that ever was in a milestone."""
        return self.visitors_of[milestone.key]


def read(history: History, settings: ProductSettings, as_of: datetime) -> Reading:
    """Set the history back to ``as_of``, unite faces, and walk through every life."""
    then = rewind(history, as_of)
    columns = Columns.of(then.items, then.changes)
    rules = merge_rules(settings)
    categories = Categories(then.statuses, status_rules(settings))
    counting = Counting(
        levels=frozenset(settings.levels),
        tracking_label=settings.milestones.tracking_label,
        tracking_keys=frozenset(settings.milestones.tracking.values()),
        levels_of=levels_of_types(then.items),
    )
    kinds = [source.kind for source in then.sources]
    mirrors = united(records(then, columns), then.links, tuple(settings.projects), mirror_rules(settings, kinds))
    canonicals, present = mirrors.items, Present.of(columns, counting)
    walked = Company(lives(canonicals, categories, counting, present))
    now = current_phases(canonicals, categories, counting, present)
    index, milestones = by_milestone(walked, present), merge(then.milestones, rules)
    return Reading(
        history=then,
        columns=columns,
        as_of=as_of,
        zone=ZoneInfo(settings.zone),
        categories=categories,
        milestones=milestones,
        lives=walked,
        now=now,
        standing=tuple(now.values()),
        visitors_of={milestone.key: visitors(index, milestone.ids) for milestone in milestones},
        owner={face.id: life for life in walked for face in life.canonical.faces},
        who=identities(then, settings),
        mirrors=mirrors,
    )
