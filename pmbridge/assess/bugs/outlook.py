"""What is still to come after a launch: the expected curve, alarms, growth of reliability, stability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import numpy

from pmbridge.assess.bugs import curves
from pmbridge.assess.bugs.field import PAST_DAYS, BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import Alert, GrowthCurve, Reliability
from pmbridge.history.days import day_begins, day_ends
from pmbridge.metrics import wording
from pmbridge.metrics.bugflow import reliability
from pmbridge.metrics.bugflow.alerts import U_CHART, Episode, Watch, episodes
from pmbridge.metrics.bugflow.expected import expect, past_curve
from pmbridge.metrics.bugflow.gravest import Gravest, gravest
from pmbridge.metrics.bugflow.growth import Finds
from pmbridge.metrics.bugflow.limits import Limits, limits
from pmbridge.metrics.bugflow.ratios import Ratio
from pmbridge.metrics.bugflow.stabilisation import Criteria, Stability, stability, steady_limit
from pmbridge.model.instants import to_micros

_DAY = timedelta(days=1)
#: How long after a launch arrivals are not steady, and how many weeks are looked at.
_UNSTEADY_DAYS = 28
_STEADY_WEEKS = 8
#: More finds than these are counted by day before a model is fitted.
_MOST_TIMES = 2000


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The arrivals of a launch against what was expected of each day."""

    expected: tuple[float | None, ...]
    watch: Watch
    episodes: tuple[Episode, ...]
    limits: Limits
    least: tuple[float | None, ...]

    @property
    def alarms(self) -> set[int]:
        """The places of days on which either chart raised an alarm."""
        return {*self.watch.alarms, *self.limits.above}


def arrivals(one: Launched, field: BugField) -> Arrivals:
    """Watch the arrivals of defects."""
    if not one.defects:
        nothing = len(one.days)
        none = (None,) * nothing
        return Arrivals(none, Watch((0.0,) * nothing, (), ()), (), Limits(none, (), ()), none)
    alarm = field.settings.bugs.alarm
    found = expect(
        one.series.defects,
        past_curve(_earlier(one, field), PAST_DAYS),
        rise=alarm.rise,
        false_alarm_days=alarm.false_alarm_days,
        shares=_shares(one, field),
    )
    beyond = limits(one.series.defects, found.means, alarm.false_alarm_days, found.least)
    seen = episodes(found.watch, one.defects, found.means, one.days, spikes=beyond.above, own_from=found.own_from)
    return Arrivals(found.means, found.watch, seen, beyond, found.least)


def _shares(one: Launched, field: BugField) -> list[float] | None:
    """Return the exposure of each day of a launch in steps, in days of full use."""
    if not one.launch.steps:
        return None
    zone = field.reading.zone
    return [one.launch.exposure(day_begins(day, zone), day_ends(day, zone)) for day in one.days.dates]


def _earlier(one: Launched, field: BugField) -> list[tuple[int, ...]]:
    """Return the daily defects after every earlier launch."""
    return [counts for key, counts in field.curves.items() if field.launches[key].at < one.launch.at]


def alerts(one: Launched, seen: Arrivals, field: BugField) -> Iterator[Alert]:
    """Write one alert an episode, and one for each stretch that was too quiet."""
    yield from _rises(seen, field)
    yield from _silences(one, seen, field)


def _silences(one: Launched, seen: Arrivals, field: BugField) -> Iterator[Alert]:
    zone, counts = field.reading.zone, one.series.defects
    for first, last in seen.limits.silences:
        begin, end = one.days.dates[first], one.days.dates[last]
        came = sum(counts[first : last + 1])
        hoped = sum(mean or 0.0 for mean in seen.least[first : last + 1])
        yield Alert(
            series="defects against this launch's own curve",
            kind="silence",
            charts=(U_CHART,),
            since=day_begins(begin, zone),
            until=min(day_ends(end, zone), field.as_of),
            observed=came,
            expected=round(hoped, 2),
            ongoing=last >= len(counts) - 2,
            text=(
                f"{_only(came)} arrived from {wording.day(begin)} to {wording.day(end)} where "
                f"{hoped:.1f} were expected: does the way on which reports come in still work?"
            ),
        )


def _only(number: int) -> str:
    return f"Only {wording.count(number, 'defect')}" if number else "No defect"


def _rises(seen: Arrivals, field: BugField) -> Iterator[Alert]:
    zone = field.reading.zone
    for episode in seen.episodes:
        until = min(day_ends(episode.until, zone), field.as_of)
        against = "this launch's own curve" if episode.own else "earlier launches"
        driver = "; no single component drives it"
        if episode.driver:
            driver = f"; most of the excess is in {episode.driver[0]} ({episode.driver[1]})"
        yield Alert(
            series=f"defects against {against}",
            since=day_begins(episode.since, zone),
            until=until,
            observed=episode.observed,
            expected=round(episode.expected, 2),
            ongoing=episode.ongoing,
            driver=episode.driver[0] if episode.driver else None,
            charts=episode.charts,
            items=episode.keys,
            text=(
                f"{wording.count(episode.observed, 'defect')} arrived from {wording.day(episode.since)} to "
                f"{wording.day(episode.until)} where {episode.expected:.1f} were expected by {against}{driver}."
            ),
        )


def outlook(one: Launched, field: BugField) -> Reliability:
    """Say how many defects are still to come, or why nobody can say."""
    launch, begin = one.launch, one.launch.at
    span = launch.exposure(begin, one.end)
    if span <= 0:
        text = "the launch has only just begun"
        return Reliability(status="refused", model=None, residual=None, interval=None, refusal=text, rule="periods")
    times = numpy.minimum(numpy.maximum(launch.exposures(begin, one.defects.arrived), 1e-6), span)
    finds = Finds.at(times.tolist(), span)
    if finds.n > _MOST_TIMES:
        finds = finds.in_periods(span / max(1.0, round((one.end - begin) / _DAY)))
    found = reliability.assess(finds, _circumstances(one, field), week=_week(one), seed=_seed(one, field.as_of))
    return _written(found, curves.growth(found, one, field.reading.zone), _grave_ones(found, one, field))


def _grave_ones(found: reliability.Reliability, one: Launched, field: BugField) -> Gravest | None:
    """Say what the prediction means for the gravest severity, by its share of the defects whose severity has a rank."""
    if found.ahead is None or found.ahead_interval is None:
        return None
    rank = one.defects.take(field.bugs.severity.each(lambda word: field.ranks.rank(word) or 0))
    return gravest(Ratio(int((rank == 1).sum()), int((rank > 0).sum())), found.ahead, found.ahead_interval)


def _circumstances(one: Launched, field: BugField) -> reliability.Circumstances:
    others = any(one.launch.at < other.at <= one.end for key, other in field.launches.items() if key != one.key)
    first = one.launch.steps[0].at if one.launch.steps else one.launch.at
    known = one.launch.exposure_known and first <= one.launch.at
    return reliability.Circumstances(
        exposure_known=known,
        reports=len(one.reports),
        mixed=one.population.mixed,
        by_date=one.population.by_date if others else 0,
        horizon=one.launch.exposure(one.end, one.end + 30 * _DAY),
    )


def _week(one: Launched) -> float:
    """Return what the last week was worth in exposure."""
    return max(one.launch.exposure(one.end - 7 * _DAY, one.end), 1e-6)


def _seed(one: Launched, as_of: datetime) -> int:
    said = f"{one.key}:{as_of.toordinal()}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")


def _written(found: reliability.Reliability, curve: GrowthCurve | None, grave: Gravest | None) -> Reliability:
    trend = None if found.trend is None else round(found.trend, 3)
    if found.refusal is not None or found.fitted is None:
        return Reliability(
            status="refused",
            model=None,
            residual=None,
            interval=None,
            refusal=found.refusal,
            rule=found.rule,
            n=found.n,
            trend=trend,
        )
    return Reliability(
        status="ok",
        model=found.fitted.model.value,
        residual=None if found.residual is None else round(found.residual, 2),
        interval=_bounds(found.residual_interval),
        refusal=None,
        tied=found.tied.model.value if found.tied else None,
        n=found.n,
        trend=trend,
        ahead=None if found.ahead is None else round(found.ahead, 2),
        ahead_interval=_bounds(found.ahead_interval),
        quiet=None if found.quiet is None else round(found.quiet, 4),
        intensity=None if found.intensity is None else round(found.intensity, 4),
        intensity_interval=_bounds(found.intensity_interval, 4),
        gravest_ahead=None if grave is None else round(grave.ahead, 2),
        gravest_interval=None if grave is None else _bounds(grave.interval),
        gravest_chance=None if grave is None else round(grave.chance, 4),
        curve=curve,
    )


def _bounds(interval: tuple[float, float] | None, digits: int = 2) -> tuple[float, float] | None:
    return None if interval is None else (round(interval[0], digits), round(interval[1], digits))


def stable(one: Launched, field: BugField, seen: Arrivals) -> Stability:
    """Find the day from which the product has been stable."""
    wanted = field.settings.bugs.stable
    criteria = Criteria(
        weekly_arrivals=steady_limit(_steady_weeks(one, field), wanted.weekly_arrivals),
        open_second=wanted.open_second,
        window=wanted.days,
    )
    over = sum(day_ends(day, field.reading.zone) <= field.as_of for day in one.series.dates[-1:]) + len(one.days) - 1
    return stability(one.series, criteria, field.ranks, seen.alarms, over)


def _steady_weeks(one: Launched, field: BugField) -> Sequence[int]:
    """Count the defects of the last weeks before the launch, leaving out those that followed an earlier one closely."""
    arrived = field.arrived
    earlier = [launch.at for launch in field.launches.values() if launch.at < one.launch.at]
    weeks = []
    for number in range(1, _STEADY_WEEKS + 1):
        begin, end = one.launch.at - 7 * number * _DAY, one.launch.at - 7 * (number - 1) * _DAY
        before = [at for at in earlier if at < end]
        if before and begin >= max(before) + _UNSTEADY_DAYS * _DAY:
            first, stop = numpy.searchsorted(arrived, [to_micros(begin), to_micros(end)])
            weeks.append(int(stop - first))
    return weeks
