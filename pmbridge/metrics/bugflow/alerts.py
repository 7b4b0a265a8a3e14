"""Episodes of more arrivals than expected, one alert each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pmbridge.metrics.bugflow.bug import Defect
from pmbridge.metrics.bugflow.components import by_component
from pmbridge.metrics.bugflow.cusum import FALSE_ALARM_DAYS, RISE, design, rounded
from pmbridge.metrics.bugflow.groups import Defects
from pmbridge.metrics.bugflow.series import Days

CUSUM, U_CHART = "CUSUM", "u-chart"

#: Alarms no further apart than this many days belong to one episode.
ONE_EPISODE = 10
#: So few defects are looked at one by one and raise no alert.
LEAST_EPISODE = 4
#: A component that brings less than this share of an episode does not drive it.
DRIVES = 0.3
#: Below so many arrivals a day a chart is not worth its false alarms.
LEAST_MEAN = 0.02


@dataclass(frozen=True, slots=True)
class Watch:
    """A CUSUM over the days: ``level`` as a share of each day's threshold, ``alarms`` the places at which it was met.

    ``onsets`` are the places at which each alarm's rise began. A level of 1 is an alarm, after which it restarts at 0.
    """

    level: tuple[float, ...]
    alarms: tuple[int, ...]
    onsets: tuple[int, ...]


def watch(
    counts: Sequence[int],
    expected: Sequence[float | None],
    *,
    rise: float = RISE,
    false_alarm_days: float = FALSE_ALARM_DAYS,
    head_start: bool = True,
) -> Watch:
    """Run a Poisson CUSUM against a curve of expected counts; ``None`` is a day without an expectation.

    Each day has the design of its own mean and moves the level by (x - reference) / threshold, so that a day weighs
    what it weighs among days of its kind. With a head start the level begins at one half (Lucas & Crosier 1982).
    """
    level, onset = (0.5 if head_start else 0.0), 0
    levels, alarms, onsets = [], [], []
    for place, (count, mean) in enumerate(zip(counts, expected, strict=True)):
        if mean is None:
            level, onset = 0.0, place + 1
            levels.append(0.0)
            continue
        chart = design(rounded(max(mean, LEAST_MEAN)), rise, false_alarm_days)
        level = max(0.0, level + (count - chart.reference) / chart.threshold)
        levels.append(level)
        if level == 0.0:
            onset = place + 1
        elif level >= 1 - 1e-9:
            alarms.append(place)
            onsets.append(onset)
            level, onset = 0.0, place + 1
    return Watch(tuple(levels), tuple(alarms), tuple(onsets))


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of unusual arrivals, from where the rise began to the last alarm of it.

    ``driver`` is the component that brings most of the excess, with its count; ``None`` where no single one does.
    ``own`` is false where earlier launches told what to expect. ``charts`` name what noticed it.
    """

    since: date
    until: date
    alarmed_on: date
    observed: int
    expected: float
    driver: tuple[str, int] | None
    keys: tuple[str, ...]
    ongoing: bool
    own: bool = True
    charts: tuple[str, ...] = ()


def episodes(
    watched: Watch,
    defects: Iterable[Defect],
    expected: Sequence[float | None],
    days: Days,
    *,
    spikes: Sequence[int] = (),
    own_from: int = 0,
    quiet: int = ONE_EPISODE,
) -> tuple[Episode, ...]:
    """Join alarms that follow each other closely, whichever chart raised them, and say what drives each episode.

    ``spikes`` are the days above the limit of the u-chart. What was judged by earlier launches, before ``own_from``, is
    another matter than what its own days let expect.
    """
    raised = [(alarm, min(onset, alarm), CUSUM) for alarm, onset in zip(watched.alarms, watched.onsets, strict=True)]
    spans: list[_Span] = []
    for alarm, onset, chart in sorted([*raised, *((day, day, U_CHART) for day in spikes)]):
        last = spans[-1] if spans else None
        if last is not None and alarm - last.end <= quiet and (alarm < own_from) is (last.end < own_from):
            spans[-1] = _Span(min(last.begin, onset), alarm, last.alarm, last.charts | {chart})
        else:
            spans.append(_Span(onset, alarm, alarm, frozenset({chart})))
    known = Defects.of(defects)
    found = (_episode(span, known, expected, days, quiet, span.end >= own_from) for span in spans)
    return tuple(episode for episode in found if episode.observed >= LEAST_EPISODE)


class _Span(NamedTuple):
    """Places: the beginning of the rise, the last alarm, the first one; and the charts that raised them."""

    begin: int
    end: int
    alarm: int
    charts: frozenset[str]


def _episode(
    span: _Span,
    defects: Defects,
    expected: Sequence[float | None],
    days: Days,
    quiet: int,
    own: bool,
) -> Episode:
    first, last = span.begin, span.end
    places = days.places(defects.arrived)
    within = (first <= places) & (places <= last)
    inside, outside = defects.where(within), defects.where(~within & (places >= 0))
    return Episode(
        since=days.dates[first],
        until=days.dates[last],
        alarmed_on=days.dates[span.alarm],
        observed=len(inside),
        expected=sum(mean or 0.0 for mean in expected[first : last + 1]),
        driver=_driver(inside, outside),
        keys=tuple(inside.keys),
        ongoing=len(days) - 1 - last < quiet,
        own=own,
        charts=tuple(sorted(span.charts)),
    )


def _driver(inside: Defects, outside: Defects) -> tuple[str, int] | None:
    """Return the component with the largest excess over its usual share, if it brings a good part of it all."""
    now, usual = by_component(inside), by_component(outside)
    if not now:
        return None
    base = sum(usual.values()) or 1
    excess = {name: n - len(inside) * usual[name] / base for name, n in now.items()}
    chosen = min(excess, key=lambda name: (-excess[name], name))
    return (chosen, now[chosen]) if excess[chosen] >= DRIVES * len(inside) else None
