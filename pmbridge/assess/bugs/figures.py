"""Waits and shares as figures of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from pmbridge.assessment import Figure, FigureStatus
from pmbridge.metrics.bugflow.clocks import MIN_EVENTS, Times
from pmbridge.metrics.bugflow.ratios import Ratio


def quantile(times: Times, q: float, notes: tuple[str, ...] = ()) -> Figure:
    """Write a quantile of a wait, or why there is none; ``notes`` say what it leaves out."""
    if times.curve is None:
        return _too_few(times)
    value, (low, high) = times.quantile(q), times.bounds(q)
    if value is None:
        text = f"more than {times.watched:.0f} days: {100 * q:.0f} % is not reached yet"
        return Figure(value=None, unit="days", status=FigureStatus.INSUFFICIENT, n=times.n, reasons=(text, *notes))
    interval = None if low is None or high is None else (round(low, 3), round(high, 3))
    reasons = (
        () if interval else (f"with 95 % confidence more than {low or 0:.1f} days; an upper bound is not reached",)
    )
    return Figure(value=round(value, 3), unit="days", n=times.n, interval=interval, reasons=(*reasons, *notes))


def restricted_mean(times: Times) -> Figure:
    """Write the mean wait within thirty days."""
    mean = times.restricted_mean
    if mean is None:
        return _too_few(times)
    return Figure(value=round(mean, 3), unit="days", n=times.n, reasons=("no wait counts for more than 30 days",))


def _too_few(times: Times) -> Figure:
    if not times.n:
        return Figure(value=None, unit="days", status=FigureStatus.NOT_APPLICABLE, n=0, reasons=("there is none",))
    text = f"{times.events} of {times.n} so far; {MIN_EVENTS} are needed for a curve"
    return Figure(value=None, unit="days", status=FigureStatus.INSUFFICIENT, n=times.n, reasons=(text,))


def share(ratio: Ratio, nothing: str, notes: Sequence[str] = ()) -> Figure:
    """Write a share with its interval; ``nothing`` says why there is none."""
    if ratio.value is None:
        text = f"{nothing}; {ratio.immature} are too young to judge" if ratio.immature else nothing
        return Figure(value=None, unit="", status=FigureStatus.NOT_APPLICABLE, n=0, reasons=(text,))
    young = (f"{ratio.immature} are too young to judge and left out",) if ratio.immature else ()
    interval = ratio.interval
    bounds = None if interval is None else (round(interval[0], 4), round(interval[1], 4))
    return Figure(value=round(ratio.value, 4), unit="", n=ratio.trials, interval=bounds, reasons=(*notes, *young))


def unknown(unit: str, reason: str, status: FigureStatus = FigureStatus.UNKNOWN) -> Figure:
    """Write that there is no figure, and why."""
    return Figure(value=None, unit=unit, status=status, reasons=(reason,))
