"""Earned value of one milestone, in money where money is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy

from pmbridge.assess.calendars import Calendars
from pmbridge.assess.costs import CostBook, cost_book
from pmbridge.assess.people import Identities
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assessment import Confidence, EarnedValue, Estimate, Figure, FigureStatus, missing
from pmbridge.config.product import ProductSettings
from pmbridge.history.chronicle import excerpt, latest
from pmbridge.history.days import local_day, local_days
from pmbridge.history.merging import normal_title
from pmbridge.history.phases import Life, MilestoneId
from pmbridge.metrics.budget import Money
from pmbridge.metrics.confidence import grade
from pmbridge.metrics.earned.cost import Cost, cost, index_day
from pmbridge.metrics.earned.performance import CPI_FROM, Estimates, Performance
from pmbridge.metrics.earned.plan import (
    Planned,
    Sized,
    Unit,
    Weights,
    earned_value,
    planned_by_period,
    planned_value,
    weigh,
)
from pmbridge.metrics.earned.schedule import EarnedSchedule, earned_schedule
from pmbridge.model import MilestoneKind

_DAY = timedelta(days=1)
_TIMEBOXES = (MilestoneKind.SPRINT, MilestoneKind.ITERATION)
_RECENT = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Budgeting:
    """What all milestones of a product share: settings, logged time, calendars, people, and the ends of sprints."""

    settings: ProductSettings
    book: CostBook
    calendars: Calendars
    who: Identities
    timeboxes: Mapping[MilestoneId, date]


def budgeting(reading: Reading, settings: ProductSettings, calendars: Calendars, who: Identities) -> Budgeting:
    """Gather it."""
    timeboxes = {(m.source, m.id): m.due for m in reading.history.milestones if m.kind in _TIMEBOXES and m.due}
    return Budgeting(settings, cost_book(reading, settings, who), calendars, who, timeboxes)


@dataclass(frozen=True, slots=True)
class Account:
    """The figures of a milestone, and its money if it has any."""

    figures: EarnedValue
    money: Money | None


def account(stands: Standing, reading: Reading, shared: Budgeting) -> Account:
    """Measure a milestone against its baseline; without one, or without a due date, nothing can be earned."""
    begin, due = stands.baseline, stands.milestone.due
    if begin.at is None or not begin.committed:
        return Account(_nothing("there is no baseline: set a start date or freeze the milestone"), None)
    first = local_day(begin.at, reading.zone)
    if due is None:
        return Account(_nothing("there is no due date to plan against"), None)
    if due <= first:
        return Account(_nothing("the milestone was due before its baseline began"), None)
    promised = _promised(stands.lives, stands.milestone.ids, begin.at, reading.zone)
    if not promised:
        return Account(_nothing("the baseline holds no work"), None)
    weights = weigh([one.size for one in promised])
    bac, unit = _budget(stands, weights, shared)
    scale = bac / sum(weights.by_key.values())
    plan = tuple(
        [_planned(one, weights.by_key[one.size.key] * scale, first, due, shared.timeboxes) for one in promised]
    )
    return _Calculation(stands, reading, shared, plan, first, unit, bac, weights).account()


@dataclass(frozen=True, slots=True)
class _Calculation:
    stands: Standing
    reading: Reading
    shared: Budgeting
    plan: tuple[Planned, ...]
    first: date
    unit: str
    bac: float
    weights: Weights

    def account(self) -> Account:
        today = min(self.reading.today, self.stands.plan.finished or self.reading.today)
        spent = cost(self.shared.book.of(self.stands.lives, self.stands.milestone.ids), self.shared.book.card)
        known = index_day(today, self.shared.calendars.product.is_open) if self.is_running else today
        pays = self.in_money and self.shared.book.is_priced
        performance = Performance(
            bac=self.bac,
            pv=planned_value(self.plan, today),
            ev=earned_value(self.plan, today),
            ac=spent.until(today) if pays else None,
        )
        # Late logs would make the cost index look good, so it is taken where logs are complete.
        at_known = Performance(self.bac, None, earned_value(self.plan, known), spent.until(known) if pays else None)
        trusted = self._confidence(spent)
        gone, whose = self._exhaustion(spent, today)
        money = None
        if pays or gone is not None:
            judged = Performance(self.bac, performance.pv, at_known.ev, at_known.ac)
            money = Money(judged, self.currency, gone if self.is_running else None, trusted)
        figures = self._figures(performance, at_known, trusted, today)
        return Account(figures.model_copy(update={"exhausted_on": gone, "exhausted_budget": whose}), money)

    @property
    def currency(self) -> str:
        budget = self.shared.settings.budget
        return budget.currency if budget else ""

    @property
    def in_money(self) -> bool:
        return self.unit == self.currency != ""

    @property
    def is_running(self) -> bool:
        return self.stands.plan.finished is None

    def _confidence(self, spent: Cost) -> Confidence:
        """Grade the costs by the share of people who finished work lately and logged no time."""
        if not spent.by_day:
            return Confidence.D
        since = self.reading.as_of - _RECENT
        active = {
            person
            for life in self.stands.lives
            if life.completed_at is not None and life.completed_at >= since
            for person in self.shared.who.assignees(life)
        }
        logged = {
            spending.person
            for life in self.stands.lives
            for _, spending in self.shared.book.logs.get(life.canonical.primary.id, ())
        }
        share = len(active - logged) / len(active) if active else 0.0
        return grade(1 - share)

    def _exhaustion(self, spent: Cost, today: date) -> tuple[date | None, Literal["milestone", "product"] | None]:
        """Return when the milestone's own money is gone; without its own, the product's."""
        budget = self.shared.settings.budget
        if budget is None or not self.shared.book.is_priced:
            return None, None
        if self.in_money:
            return spent.exhaustion(self.bac, today), "milestone"
        if budget.bac is not None:
            return self.shared.book.whole.exhaustion(budget.bac, today), "product"
        return None, None

    def _figures(self, now: Performance, known: Performance, trusted: Confidence, today: date) -> EarnedValue:
        times = self._times(now.ev, today)
        judged = Performance(self.bac, now.pv, known.ev, known.ac)
        estimates = judged.estimates() if known.printable_cpi is not None else None
        span = estimates.range if estimates else None
        return EarnedValue(
            bac=self._amount(now.bac),
            pv=self._amount(now.pv),
            ev=self._amount(now.ev),
            ac=self._amount(now.ac, trusted) if now.ac is not None else self._no_costs(),
            spi=_index(now.spi, "nothing was planned by now"),
            cpi=_index(known.printable_cpi, self._why_no_cpi(known)),
            eac=Figure(
                value=round(estimates.typical, 2) if estimates and estimates.typical else None,
                unit=self.unit,
                status=FigureStatus.OK if span else FigureStatus.INSUFFICIENT,
                interval=(round(span[0], 2), round(span[1], 2)) if span else None,
                confidence=trusted if span else None,
                reasons=() if span else (self._why_no_cpi(known),),
            ),
            earned_schedule=Figure(value=round(times.earned, 2), unit="working days", n=round(times.planned)),
            spi_t=_index(times.index, "the baseline begins today"),
            estimates=_named(estimates) if estimates else (),
            tcpi=_index(known.tcpi, "the budget is spent") if known.ac is not None else None,
            tspi=_index(times.to_complete_index(times.planned), "the due date has passed"),
            reasons=self._reasons(),
        )

    def _times(self, earned: float, today: date) -> EarnedSchedule:
        last = max(one.finish for one in self.plan)
        is_open = self.shared.calendars.product.is_open
        days = [self.first + n * _DAY for n in range((last - self.first).days + 1)]
        ends = [day for day in days if is_open(day)] or days[-1:]
        planned = list(planned_by_period(self.plan, ends))
        # What is planned for a closed day is planned for the open one before.
        planned[-1] = self.bac
        actual = self.shared.calendars.product.business_days(self.first, today + _DAY)
        return earned_schedule(planned, earned, actual)

    def _amount(self, value: float | None, confidence: Confidence | None = None) -> Figure:
        n = len(self.plan)
        return Figure(value=None if value is None else round(value, 2), unit=self.unit, n=n, confidence=confidence)

    def _no_costs(self) -> Figure:
        why = "no rates are configured" if not self.shared.book.is_priced else f"what is planned is in {self.unit}"
        return missing(self.unit, why, FigureStatus.NOT_APPLICABLE)

    def _why_no_cpi(self, known: Performance) -> str:
        if known.ac is None:
            return str(self._no_costs().reasons[0])
        if not known.ac:
            return "no time was logged"
        return f"less than {round(100 * CPI_FROM)} % is complete"

    def _reasons(self) -> tuple[str, ...]:
        found = [f"measured against the {self.stands.baseline.reason}"]
        if not self.in_money:
            found.append(f"no money is planned for this milestone, so amounts are in {self.unit}")
        if self.weights.guessed:
            found.append(
                f"{len(self.weights.guessed)} of {len(self.plan)} without an estimate count with the median of the rest"
            )
        return tuple(found)


class _Promised(NamedTuple):
    """A piece of work of the baseline, its size, and the local day on which it was done."""

    life: Life
    size: Sized
    finished: date | None


def _promised(lives: Sequence[Life], ids: frozenset[MilestoneId], at: datetime, zone: ZoneInfo) -> list[_Promised]:
    """Return the work that counted at the baseline; an estimate that came later is better than none."""
    told, now = excerpt(lives), latest(lives)
    there = numpy.flatnonzero(told.inside(ids) & told.during(at))
    places = told.life[there]
    points = numpy.where(numpy.isnan(told.points[there]), now.points[places], told.points[there])
    days = numpy.where(now.done, local_days(now.ended, zone), 0)[places]
    return [
        _Promised(
            lives[place],
            Sized(lives[place].item.key, lives[place].item.estimate_seconds, size if size == size else None),
            date.fromordinal(day) if day else None,
        )
        for place, size, day in zip(places.tolist(), points.tolist(), days.tolist(), strict=True)
    ]


def _budget(stands: Standing, weights: Weights, shared: Budgeting) -> tuple[float, str]:
    """Return the budget at completion and its unit: money of the milestone, priced hours, else the weights' own."""
    budget = shared.settings.budget
    total = sum(weights.by_key.values())
    if budget is not None:
        wanted = normal_title(stands.milestone.title)
        own = next((amount for title, amount in budget.milestones.items() if normal_title(title) == wanted), None)
        if own is not None:
            return own, budget.currency
        if weights.unit is Unit.HOURS and "default" in budget.rates:
            return total * budget.rates["default"], budget.currency
    return total, weights.unit.value


def _planned(one: _Promised, weight: float, first: date, due: date, timeboxes: Mapping[MilestoneId, date]) -> Planned:
    own = one.life.item.due
    if own is None and timeboxes:
        own = max((timeboxes[m] for m in one.life.last.milestones if m in timeboxes), default=None)
    return Planned(
        key=one.size.key,
        weight=weight,
        finish=max(own, first) if own is not None else due,
        finished=None if one.finished is None else max(first, one.finished),
        start=None if own is not None else first,
    )


def _index(value: float | None, why: str) -> Figure:
    if value is None:
        return missing("", why, FigureStatus.INSUFFICIENT)
    return Figure(value=round(value, 4), unit="")


def _named(family: Estimates) -> tuple[Estimate, ...]:
    found = (
        ("the rest costs as the past did", family.typical),
        ("the rest costs as planned", family.atypical),
        ("delay costs too", family.both_indices),
    )
    return tuple(Estimate(assumption=text, value=round(value, 2)) for text, value in found if value is not None)


def _nothing(why: str) -> EarnedValue:
    none = missing("", why, FigureStatus.NOT_APPLICABLE)
    return EarnedValue(
        bac=none, pv=none, ev=none, ac=none, spi=none, cpi=none, eac=none, earned_schedule=none, spi_t=none
    )
