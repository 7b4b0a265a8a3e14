"""The pictures of bug flow after a launch, each with words that say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from pmbridge.assessment import BugSeries
from pmbridge.document import Chart, Series
from pmbridge.reports import phrases
from pmbridge.reports.severity_rows import by_rank
from pmbridge.reports.weeks import told, weeks

#: Longer than this, a chart has a point a week instead of a point a day.
DAILY = 45
_WEEK = 7

Fold = Callable[[Sequence[float | None]], float | None]


def cumulative(series: BugSeries) -> Iterator[Chart]:
    """Draw what came and what went in all; the gap between defects and closures is the backlog."""
    rows = [("reports", series.reports), ("defects", series.arrivals), ("closures", series.closures)]
    lines = [(name, [float(v) for v in accumulate(values)]) for name, values in rows]
    reports, defects, closures = (int(values[-1]) if values else 0 for _, values in lines)
    came = f"{phrases.count(reports, 'report')} of {phrases.count(defects, 'defect')}"
    said = f"{came}, {phrases.count(closures, 'closing')}, repeated ones too"
    yield from _chart("Since the launch", series.dates, lines, said, _last)


def flow(series: BugSeries) -> Iterator[Chart]:
    """Draw what came and what went by day or week."""
    lines = [("arrivals", series.arrivals), ("closures", series.closures)]
    came, went = sum(series.arrivals[-_WEEK:]), sum(series.closures[-_WEEK:])
    yield from _chart("In and out", series.dates, lines, f"last 7 days: {came} in, {went} out", _sum)


def backlog(series: BugSeries) -> Iterator[Chart]:
    """Draw the open defects, by severity where there is more than one."""
    rows = by_rank((row.severity, row.rank, row.backlog) for row in series.severities)
    lines = [("open", series.backlog), *(rows if len(rows) > 1 else [])]
    now = series.backlog[-1] if series.backlog else 0
    peak = max(series.backlog, default=0)
    yield from _chart("Open defects", series.dates, lines, f"{now} now, {peak} at most", _last)


def backlog_by_week(series: BugSeries) -> Iterator[Chart]:
    """Draw the open defects at the end of each whole week, so that the picture moves at most once a week."""
    ends = range(_WEEK - 1, len(series.dates), _WEEK)
    if len(ends) > 1:
        values = tuple(float(series.backlog[n]) for n in ends)
        days = tuple(series.dates[n].isoformat() for n in ends)
        said = f"{values[-1]:.0f} at the end of the last week, {max(values):.0f} at most."
        yield Chart(title="Open defects by week", x=days, series=(Series(name="open", values=values),), summary=said)


def expected(series: BugSeries) -> Iterator[Chart]:
    """Draw arrivals beside what the days before had let expect."""
    if any(value is not None for value in series.expected):
        lines = [("arrived", series.arrivals), ("expected", series.expected)]
        known = [(c, e) for c, e in zip(series.arrivals, series.expected, strict=True) if e is not None]
        came, hoped = sum(c for c, _ in known[-_WEEK:]), sum(e for _, e in known[-_WEEK:])
        said = f"last 7 days: {came} arrived, {hoped:.1f} expected"
        yield from _chart("Arrivals and expectation", series.dates, lines, said, _sum)


def alarm(series: BugSeries) -> Iterator[Chart]:
    """Draw how near arrivals have come to an alarm."""
    if any(series.alarm):
        now = series.alarm[-1]
        said = f"{phrases.percent(now)} of the alarm threshold now"
        yield from _chart("Alarm level", series.dates, [("level", series.alarm)], said, _max)


def _chart(
    title: str,
    days: Sequence[date],
    lines: Sequence[tuple[str, Sequence[float | None]]],
    summary: str,
    fold: Fold,
) -> Iterator[Chart]:
    if not days:
        return
    parts = weeks(len(days), DAILY)
    yield Chart(
        title=title,
        x=tuple(days[part.start].isoformat() for part in parts),
        series=tuple(Series(name=name, values=tuple(fold(values[part]) for part in parts)) for name, values in lines),
        summary=f"{summary}{told(len(days), DAILY)}.",
    )


def _last(values: Sequence[float | None]) -> float | None:
    return values[-1]


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), 3) if known else None


def _max(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
