"""Logged time of a product, priced once for all of its milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assess.people import Identities
from pmbridge.assess.reading import Reading
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.history.membership import is_member
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.history.records import ItemId
from pmbridge.metrics.earned.cost import Cost, RateCard, Spending, cost
from pmbridge.model import Worklog


@dataclass(frozen=True, slots=True)
class CostBook:
    """Every log by the piece of work it belongs to, the rates, and the cost of the whole product."""

    logs: Mapping[ItemId, tuple[tuple[Worklog, Spending], ...]]
    card: RateCard
    whole: Cost

    @property
    def is_priced(self) -> bool:
        """Whether anybody's hour has a rate."""
        return bool(self.card.rates)

    def of(self, lives: Sequence[Life], faces: frozenset[MilestoneId]) -> tuple[Spending, ...]:
        """Return the logs on work of a milestone that were made while it belonged there."""
        if not self.logs:
            return ()
        found = []
        for life in lives:
            for log, spending in self.logs.get(life.canonical.primary.id, ()):
                phase = life.at(log.started_at) or life.phases[0]
                if is_member(phase, faces):
                    found.append(spending)
        return tuple(found)


def cost_book(reading: Reading, settings: ProductSettings, who: Identities) -> CostBook:
    """Sort the logs and price them."""
    card = RateCard(settings.budget.rates if settings.budget else {}, who.team_of)
    logs: defaultdict[ItemId, list[tuple[Worklog, Spending]]] = defaultdict(list)
    for log in reading.history.worklogs:
        life = reading.owner.get((log.source, log.item))
        if life is not None:
            day = local_day(log.started_at, reading.zone)
            spending = Spending(who.person(log.source, log.author), day, log.seconds)
            logs[life.canonical.primary.id].append((log, spending))
    every = [spending for own in logs.values() for _, spending in own]
    return CostBook({id_: tuple(own) for id_, own in logs.items()}, card, cost(every, card))
