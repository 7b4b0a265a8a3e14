"""The people behind open work: how much they have to do, who is away, on how few it rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pmbridge.assess.calendars import Calendars
from pmbridge.assess.leaning import leans_since
from pmbridge.assess.openness import Dues, is_open, seconds_left
from pmbridge.assess.people import Identities, holders
from pmbridge.assess.reading import Reading
from pmbridge.assess.standing import Standing
from pmbridge.assessment import Load
from pmbridge.config.product import ProductSettings
from pmbridge.history.days import local_day
from pmbridge.history.phases import Life
from pmbridge.metrics.concentration import concentration
from pmbridge.metrics.load import Assigned, TeamWeek, hours_elsewhere, overloads, team_weeks
from pmbridge.metrics.percentile import percentile
from pmbridge.metrics.resources import People

_PACE_WEEKS = 26
_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Crew:
    """Load of every team by week; empty where no teams are configured.

    ``elsewhere`` holds the hours of overloaded weeks that belong to other products, by team and title.
    """

    weeks: tuple[TeamWeek, ...]
    overloaded: Mapping[str, tuple[date, ...]]
    badly: Mapping[str, tuple[date, ...]]
    elsewhere: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def loads(self) -> tuple[Load, ...]:
        """Write the loads into the contract."""
        return tuple(
            Load(team=one.team, week=one.week, load=None if one.load is None else round(one.load, 3))
            for one in self.weeks
        )


def crew(
    reading: Reading,
    settings: ProductSettings,
    calendars: Calendars,
    who: Identities,
    elsewhere: Iterable[Assigned] = (),
) -> Crew:
    """Sum up the open work of all people of all teams, over all trackers, with what they do ``elsewhere``.

    Work with a remaining estimate counts in hours. Without estimates each piece is one, and a team's capacity is what
    it finishes in a good week (85 % of weeks were no better). That pace knows this product only, so no work of another
    one is held against it.
    """
    if not settings.teams:
        return Crew((), {}, {})
    open_lives = [life for life in reading.lives if is_open(life, reading)]
    others = list(elsewhere)
    dues = Dues(reading)
    in_hours = _mostly_estimated(open_lives) if open_lives else bool(others)
    work = [
        Assigned(person, _size(life, in_hours) / len(people), dues.of(life))
        for life in open_lives
        if (people := who.assignees(life))
        for person in sorted(people)
    ]
    paces = {} if in_hours else _paces(reading, who)

    def capacity(team: str, day: date) -> float:
        hours = calendars.capacity(team, settings.teams[team], day)
        return hours if in_hours else _items_a_day(paces.get(team, 0.0), team, day, settings, calendars)

    weeks = team_weeks(
        [*work, *others] if in_hours else work,
        who.team_of,
        capacity,
        lambda person, day: calendars.of_person(person).is_open(day),
        reading.today,
        _WEEKS,
    )
    limits = settings.health
    overloaded = overloads(weeks, limits.load_amber)
    shares = {team: hours_elsewhere(weeks, team, during) for team, during in overloaded.items()}
    return Crew(weeks, overloaded, overloads(weeks, limits.load_red), shares)


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
    rests = concentration(own)
    return People(
        concentration=rests,
        leans_since=leans_since(list(by_key.values()), own, who) if rests is not None and rests.is_thin else None,
        overloaded={team: weeks for team, weeks in crew_.overloaded.items() if team in teams},
        critical_away=tuple(
            (key, max(calendars.away(person, today) for person in people)) for key, people in watched if people
        ),
        critical_overloaded=tuple(
            key for key, people in watched if any(who.team_of.get(person) in crew_.badly for person in people)
        ),
        loads_known=bool(crew_.weeks),
        elsewhere=crew_.elsewhere,
    )


def _mostly_estimated(lives: Sequence[Life]) -> bool:
    sized = sum(seconds_left(life) is not None for life in lives)
    return sized > len(lives) / 2


def _size(life: Life, in_hours: bool) -> float:
    return (seconds_left(life) or 0) / 3600 if in_hours else 1.0


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
