"""The curves of waits and of growth, thinned to what a picture can show."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from pmbridge.assess.bugs.launched import Launched
from pmbridge.assessment import Curve, GrowthCurve
from pmbridge.history.days import day_ends
from pmbridge.metrics.bugflow.clocks import Times
from pmbridge.metrics.bugflow.reliability import Reliability

#: The most points of a curve.
POINTS = 60
_DAY = timedelta(days=1)
AHEAD_DAYS = 30


def waiting(read: Times) -> Curve | None:
    """Write the curve of a clock, from the beginning to the last time watched."""
    curve = read.curve
    if curve is None:
        return None
    places = _spread(len(curve.times))
    lines = ([round(float(line[n]), 4) for n in places] for line in (curve.share, curve.lower, curve.upper))
    share, low, high = ([1.0, *line, line[-1]] for line in lines)
    days = (0.0, *(round(float(curve.times[n]), 3) for n in places), round(max(curve.last, curve.times[-1]), 3))
    return Curve(days=days, waiting=tuple(share), low=tuple(low), high=tuple(high))


def _spread(number: int) -> list[int]:
    """Choose places evenly, the first and the last among them."""
    if number <= POINTS:
        return list(range(number))
    return sorted({round(n * (number - 1) / (POINTS - 1)) for n in range(POINTS)})


def growth(found: Reliability, one: Launched, zone: ZoneInfo) -> GrowthCurve | None:
    """Write the fitted model by the end of each day, a month beyond the end of what is known."""
    if found.fitted is None or found.refusal is not None:
        return None
    first, last = one.days.dates[0], one.days.dates[-1]
    dates = [first + n * _DAY for n in _spread((last - first).days + 1 + AHEAD_DAYS)]
    spans = [max(1e-6, one.launch.exposure(one.launch.at, day_ends(day, zone))) for day in dates]
    bounds = [found.bounds(span) for span in spans]
    return GrowthCurve(
        dates=tuple(dates),
        fitted=tuple(round(found.fitted.mean(span), 2) for span in spans),
        low=tuple(round(low, 2) for low, _ in bounds),
        high=tuple(round(high, 2) for _, high in bounds),
    )
