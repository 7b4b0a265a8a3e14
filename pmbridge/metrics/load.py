"""Work of people, summed by team and week, against the time they have.

Never shown by person: a load is a question of planning, not of persons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pmbridge.metrics import wording

AMBER, RED = 1.0, 1.25
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Hours of one piece of work that one person still has to do by a day; without one, by the horizon.

    ``elsewhere`` is the title of another product that the work belongs to.
    """

    person: str
    hours: float
    due: date | None
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """Hours to do and hours there are, for one team in the week that begins on a Monday.

    ``elsewhere`` are those of the hours to do that belong to other products, with their titles.
    """

    team: str
    week: date
    hours: float
    capacity: float
    elsewhere: tuple[tuple[str, float], ...] = ()

    @property
    def load(self) -> float | None:
        """Hours to do over hours there are; ``None`` where the team has no time at all that week."""
        return self.hours / self.capacity if self.capacity > 0 else None


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def team_weeks(
    work: Iterable[Assigned],
    team_of: Mapping[str, str],
    capacity: Callable[[str, date], float],
    is_open: Callable[[str, date], bool],
    today: date,
    weeks: int = 4,
) -> tuple[TeamWeek, ...]:
    """Spread everyone's work over their open days until it is due, and sum it up by team and week.

    ``capacity`` gives a team's hours on a day, ``is_open`` tells whether a person works on a day. What is overdue is
    due today; what has no due date is spread over all ``weeks``. People without a team are left out.
    """
    first = monday(today)
    end = first + weeks * _WEEK - timedelta(days=1)
    hours: defaultdict[tuple[str, date], float] = defaultdict(float)
    others: defaultdict[tuple[str, date], defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in work:
        team = team_of.get(one.person)
        if team is not None:
            for week, amount in _spread(one, today, end, is_open).items():
                hours[team, week] += amount
                if one.elsewhere is not None:
                    others[team, week][one.elsewhere] += amount
    found = []
    for team in sorted(set(team_of.values())):
        for n in range(weeks):
            week = first + n * _WEEK
            days = [week + timedelta(days=k) for k in range(7)]
            there = sum(capacity(team, day) for day in days if day >= today)
            found.append(TeamWeek(team, week, hours[team, week], there, tuple(sorted(others[team, week].items()))))
    return tuple(found)


def overloads(weeks: Iterable[TeamWeek], limit: float) -> dict[str, tuple[date, ...]]:
    """Return the teams whose load is above a limit for two weeks running or more, with those weeks."""
    by_team: defaultdict[str, list[TeamWeek]] = defaultdict(list)
    for one in weeks:
        by_team[one.team].append(one)
    found = {team: _running(own, limit) for team, own in by_team.items()}
    return {team: weeks for team, weeks in found.items() if weeks}


def hours_elsewhere(weeks: Iterable[TeamWeek], team: str, during: Iterable[date]) -> dict[str, float]:
    """Return the hours of a team that belong to other products in some weeks, by title."""
    wanted = frozenset(during)
    found: defaultdict[str, float] = defaultdict(float)
    for one in weeks:
        if one.team == team and one.week in wanted:
            for title, amount in one.elsewhere:
                found[title] += amount
    return dict(found)


def told_elsewhere(hours: Mapping[str, float]) -> str:
    """Say in words what belongs to other products, the most first; nothing where it is less than an hour for each.

    Only sums over a team are said, never whose work it is.
    """
    told = sorted((-round(amount), title) for title, amount in hours.items() if round(amount))
    words = [
        f"{-amount} h of it for {title}" if n == 0 else f"{-amount} h for {title}"
        for n, (amount, title) in enumerate(told)
    ]
    return wording.together(words) if words else ""


def _running(own: Iterable[TeamWeek], limit: float) -> tuple[date, ...]:
    over: list[date] = []
    found: list[date] = []
    for one in sorted(own, key=lambda team_week: team_week.week):
        over = [*over, one.week] if (one.load or 0.0) > limit else []
        if len(over) >= 2:
            found += over if len(over) == 2 else [over[-1]]
    return tuple(found)


def _spread(one: Assigned, today: date, end: date, is_open: Callable[[str, date], bool]) -> dict[date, float]:
    """Share hours out by week; work due beyond the end leaves its later part out."""
    due = max(one.due, today) if one.due is not None else max(end, today)
    days = [today + timedelta(days=k) for k in range((due - today).days + 1)]
    working = [day for day in days if is_open(one.person, day)] or days[-1:]
    share = one.hours / len(working)
    found: defaultdict[date, float] = defaultdict(float)
    for day in working:
        if day <= end:
            found[monday(day)] += share
    return dict(found)
