"""The people behind open work: how much they have to do, who is away, on how few it rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pmbridge.assess.calendars import Calendars
from pmbridge.assess.people import Identities, holders
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assessment import Load
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.history.phases import Life
from pmbridge.metrics.concentration import concentration
from pmbridge.metrics.load import Assigned, TeamWeek, overloads, team_weeks
from pmbridge.metrics.percentile import percentile
from pmbridge.metrics.resources import People
from pmbridge.model import StatusCategory

_ENDED = (StatusCategory.DONE, StatusCategory.CANCELLED)
_PACE_WEEKS = 26
_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Crew:
    """Load of every team by week; empty where no teams are configured."""

    weeks: tuple[TeamWeek, ...]
    overloaded: Mapping[str, tuple[date, ...]]
    badly: Mapping[str, tuple[date, ...]]

    def loads(self) -> tuple[Load, ...]:
        """Write the loads into the contract."""
        return tuple(
            Load(team=one.team, week=one.week, load=None if one.load is None else round(one.load, 3))
            for one in self.weeks
        )


def crew(reading: Reading, settings: ProductSettings, calendars: Calendars, who: Identities) -> Crew:
    """Sum up the open work of all people of all teams, over all trackers.

    Work with a remaining estimate counts in hours. Without estimates each piece is one, and a team's capacity is what
    it finishes in a good week (85 % of weeks were no better).
    """
    if not settings.teams:
        return Crew((), {}, {})
    open_lives = [life for life in reading.lives if _is_open(life, reading)]
    dues = _dues(reading)
    in_hours = _mostly_estimated(open_lives)
    work = [
        Assigned(person, _size(life, in_hours) / len(people), _due(life, dues))
        for life in open_lives
        if (people := who.assignees(life))
        for person in sorted(people)
    ]
    paces = {} if in_hours else _paces(reading, who)

    def capacity(team: str, day: date) -> float:
        hours = calendars.capacity(team, settings.teams[team], day)
        return hours if in_hours else _items_a_day(paces.get(team, 0.0), team, day, settings, calendars)

    weeks = team_weeks(
        work,
        who.team_of,
        capacity,
        lambda person, day: calendars.of_person(person).is_open(day),
        reading.today,
        _WEEKS,
    )
    limits = settings.health
    return Crew(weeks, overloads(weeks, limits.load_amber), overloads(weeks, limits.load_red))


def people_of(
    stands: Standing,
    critical: Sequence[str],
    crew_: Crew,
    calendars: Calendars,
    who: Identities,
    today: date,
) -> People:
    """Say what one milestone's people are like."""
    by_key = {work.key: work.life for work in stands.open_work}
    own = holders(by_key.values(), who)
    teams = {who.team_of[person] for person in own if person in who.team_of}
    watched = [(key, who.assignees(by_key[key])) for key in critical if key in by_key]
    return People(
        concentration=concentration(own),
        overloaded={team: weeks for team, weeks in crew_.overloaded.items() if team in teams},
        critical_away=tuple(
            (key, max(calendars.away(person, today) for person in people)) for key, people in watched if people
        ),
        critical_overloaded=tuple(
            key for key, people in watched if any(who.team_of.get(person) in crew_.badly for person in people)
        ),
        loads_known=bool(crew_.weeks),
    )


def _is_open(life: Life, reading: Reading) -> bool:
    phase = reading.now[life.canonical.primary.id]
    return phase.counted and phase.category not in _ENDED


def _mostly_estimated(lives: Sequence[Life]) -> bool:
    sized = sum(bool(life.item.remaining_seconds or life.item.estimate_seconds) for life in lives)
    return sized > len(lives) / 2


def _size(life: Life, in_hours: bool) -> float:
    if not in_hours:
        return 1.0
    item = life.item
    return (item.remaining_seconds or item.estimate_seconds or 0) / 3600


def _dues(reading: Reading) -> dict[tuple[str, str], date]:
    return {(face.source, face.id): one.due for one in reading.milestones if one.due for face in one.faces}


def _due(life: Life, dues: Mapping[tuple[str, str], date]) -> date | None:
    if life.item.due is not None:
        return life.item.due
    return min((dues[m] for m in life.last.milestones if m in dues), default=None)


def _paces(reading: Reading, who: Identities) -> dict[str, float]:
    """Return how many pieces of work each team finishes in a good week, of those since its first finish."""
    today = reading.today.toordinal()
    counts: dict[str, list[float]] = {}
    for life in reading.lives:
        done = life.completed_at
        if done is None or not life.last.counted:
            continue
        week = (today - local_day(done, reading.zone).toordinal()) // 7
        if 0 <= week < _PACE_WEEKS:
            people = who.assignees(life)
            for person in people:
                team = who.team_of.get(person)
                if team is not None:
                    counts.setdefault(team, [0.0] * _PACE_WEEKS)[week] += 1 / len(people)
    return {team: percentile(_since_first(weeks), 0.85) or 0.0 for team, weeks in counts.items()}


def _since_first(weeks: Sequence[float]) -> Sequence[float]:
    """Leave out the weeks before the first finish; the newest week comes first."""
    oldest = max((n for n, count in enumerate(weeks) if count), default=-1)
    return weeks[: oldest + 1]


def _items_a_day(pace: float, team: str, day: date, settings: ProductSettings, calendars: Calendars) -> float:
    people = settings.teams[team].people
    usual = sum(bool(shifts) for shifts in calendars.product.week)
    here = sum(calendars.of_person(person).is_open(day) for person in people)
    return pace / usual * here / len(people) if people and calendars.teams[team].is_open(day) else 0.0
