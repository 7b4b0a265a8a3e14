"""The past weeks of a milestone as simulations read them, with the working days of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.history.days import local_day
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life
from pmbridge.metrics.simulation.history import Weeks, per_full_week
from pmbridge.metrics.weekly_growth import weekly_growth

_DAY = timedelta(days=1)
#: A share of open work that belongs to no team, above which teams say nothing.
_MOST_TEAMLESS = 0.5


@dataclass(frozen=True, slots=True)
class TeamWork:
    """What one team still has to do in a milestone, and what it finished there week by week."""

    team: str
    remaining: int
    weeks: Weeks


def weeks_of(stands: Standing, counts: tuple[int, ...], around: Surroundings) -> Weeks:
    """Return finishes and growth of the last weeks, each as it would have been with all of its days open."""
    today, number = around.reading.today.toordinal(), len(counts)
    begin = stands.baseline.at
    since = today if begin is None else local_day(begin, around.reading.zone).toordinal()
    grown = weekly_growth(around.related.windows[stands.milestone.key].members, today, number, since)
    shares = open_shares(around, around.reading.today - timedelta(days=7 * number - 1), number)
    # Scope grows on closed days as on others; only weeks that were closed altogether are joined to the next.
    whole = [1.0 if share > 0 else 0.0 for share in shares]
    return _weeks(per_full_week(counts, shares), per_full_week(grown, whole))


def open_shares(around: Surroundings, first: date, weeks: int) -> tuple[float, ...]:
    """Return the open part of the usual working days in each seven-day block from ``first`` on."""
    calendar = around.calendars.product
    usual = sum(bool(shifts) for shifts in calendar.week) or 7
    return tuple(
        sum(calendar.is_open(first + (7 * week + day) * _DAY) for day in range(7)) / usual for week in range(weeks)
    )


def team_work(stands: Standing, number: int, around: Surroundings) -> tuple[TeamWork, ...]:
    """Split a milestone by the teams of its assignees; empty unless two teams or more hold nearly all that is open.

    What no team holds is spread over them by what each has. A piece of several teams counts for the first by name.
    """
    remaining: dict[str, int] = {}
    for work in stands.open_work:
        team = _team(work.life, around)
        remaining[team] = remaining.get(team, 0) + 1
    loose = remaining.pop("", 0)
    held = sum(remaining.values())
    if len(remaining) < 2 or loose > _MOST_TEAMLESS * (held + loose):
        return ()
    finished = _finished(stands, number, around)
    shares = open_shares(around, around.reading.today - timedelta(days=7 * number - 1), number)
    return tuple(
        TeamWork(team, own + round(loose * own / held), _weeks(per_full_week(finished.get(team, [0] * number), shares)))
        for team, own in sorted(remaining.items())
    )


def _finished(stands: Standing, number: int, around: Surroundings) -> Mapping[str, list[int]]:
    counts: dict[str, list[int]] = {}
    for life in _done(stands):
        at = life.completed_at
        block = -1 if at is None else (around.reading.today - local_day(at, around.reading.zone)).days // 7
        if 0 <= block < number:
            counts.setdefault(_team(life, around), [0] * number)[number - 1 - block] += 1
    return counts


def _done(stands: Standing) -> Iterable[Life]:
    ids = stands.milestone.ids
    return (life for life in stands.lives if life.last.done and in_scope(life.last, ids))


def _team(life: Life, around: Surroundings) -> str:
    """Return the team that holds a piece of work; an empty name where none does."""
    teams = (around.who.team_of.get(person) for person in around.who.assignees(life))
    return min((team for team in teams if team is not None), default="")


def _weeks(finished: tuple[float, ...], grown: tuple[float, ...] = ()) -> Weeks:
    """Make weeks; where all of them were closed, nothing was finished in the one there is."""
    return Weeks(finished, grown) if finished else Weeks((0.0,))
