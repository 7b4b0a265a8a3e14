"""The pictures of the time after a launch, from the contract alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate

from pmbridge.assessment import Bugs, BugSeries
from pmbridge.reports import phrases
from pmbridge.reports.charts import Band, Bars, Dots, Limit, Line, Plot, Role, Stack
from pmbridge.reports.severity_rows import by_rank
from pmbridge.reports.weeks import told, weeks

#: Longer than this, a bar stands for a week.
DAILY = 92
_WEEK = 7
_GRAVITY = (Role.GRAVEST, Role.GRAVE, Role.MIDDLE, Role.MINOR)


def pictures(bugs: Bugs) -> Iterator[Plot]:
    """Draw everything there is to draw of one launch, in the order in which a manager asks."""
    if bugs.series.dates and bugs.reports:
        for draw in (flow, backlog, arrivals, alarm):
            yield from draw(bugs.series)
    yield from waiting(bugs)
    yield from growth(bugs)


def flow(series: BugSeries) -> Iterator[Plot]:
    """Draw what came, what went and what is open, which tells who is winning."""
    days, came, went = _folded(series.dates, _entered(series), series.closures)
    now, week = series.backlog[-1], (sum(series.arrivals[-_WEEK:]), sum(series.closures[-_WEEK:]))
    unit = "a day" if len(series.dates) <= DAILY else "a week"
    yield Plot(
        name="flow",
        title="In, out and open",
        text=f"Defects that arrived and that left, {unit}, and the open ones: {now} now, {max(series.backlog)} at "
        f"most; last 7 days {week[0]} in, {week[1]} out{told(len(series.dates), DAILY)}.",
        layers=(
            Bars(f"arrived or re-opened {unit}", days, came, Role.CAME),
            Bars(f"left {unit}", days, [-n for n in went], Role.WENT),
            Line("open", series.dates, [float(n) for n in series.backlog], Role.OPEN, step=True),
        ),
        up="defects",
    )


def _entered(series: BugSeries) -> list[int]:
    """Add what was opened again to what arrived: both are to be done."""
    return [new + again for new, again in zip(series.arrivals, series.reopens, strict=True)]


def _folded(days: Sequence[date], *rows: Sequence[int]) -> tuple[list[date], list[int], list[int]]:
    """Add up weeks where there are too many days for bars; a bar stands in the middle of its week."""
    parts = weeks(len(days), DAILY)
    came, went = ([sum(row[part]) for part in parts] for row in rows)
    return [days[(part.start + part.stop - 1) // 2] for part in parts], came, went


def backlog(series: BugSeries) -> Iterator[Plot]:
    """Draw the open defects by severity, the gravest at the bottom."""
    rows = by_rank((row.severity, row.rank, row.backlog) for row in series.severities)
    if not any(any(values) for _, values in rows):
        return
    now = ", ".join(f"{name} {values[-1]}" for name, values in rows if values[-1])
    known = [name for name, _ in rows if name != "no severity"]
    layers = [
        (name, Role.UNKNOWN if name not in known else _GRAVITY[min(known.index(name), 3)], [float(v) for v in values])
        for name, values in rows
    ]
    yield Plot(
        name="severity",
        title="Open by severity",
        text=f"Open defects by severity now: {now or 'none'}.",
        layers=(Stack(series.dates, layers),),
        up="defects",
    )


def arrivals(series: BugSeries) -> Iterator[Plot]:
    """Draw what arrived beside what was expected, and the most that chance lets arrive in a day: the u-chart."""
    if all(mean is None for mean in series.expected):
        return
    above = [
        (day, float(count))
        for day, count, top in zip(series.dates, series.arrivals, series.ceiling, strict=True)
        if top is not None and count > top
    ]
    dots = (Dots("beyond the limit", [d for d, _ in above], [n for _, n in above], Role.ALARM),) if above else ()
    said = f"{phrases.count(len(above), 'day')} beyond the limit" if above else "no day beyond the limit"
    yield Plot(
        name="arrivals",
        title="Arrivals against expectation",
        text=f"Defects that arrived each day beside the expected number and its upper limit: {said}.",
        layers=(
            Bars("arrived", series.dates, [float(n) for n in series.arrivals], Role.CAME),
            Line("expected", series.dates, series.expected, Role.EXPECTED),
            Line("limit", series.dates, series.ceiling, Role.LIMIT, dashed=True),
            *dots,
        ),
        up="defects a day",
    )


def alarm(series: BugSeries) -> Iterator[Plot]:
    """Draw the CUSUM with its limit: it shows what no single day shows."""
    if not any(series.alarm):
        return
    raised = [(day, level) for day, level in zip(series.dates, series.alarm, strict=True) if level >= 1]
    dots = (Dots("at the limit", [d for d, _ in raised], [n for _, n in raised], Role.ALARM),) if raised else ()
    last = f"the last on {phrases.day(raised[-1][0])}" if raised else "none"
    yield Plot(
        name="alarm",
        title="Alarm level (CUSUM)",
        text=f"Sum of arrivals beyond expectation as a share of the alarm limit: {phrases.percent(series.alarm[-1])} "
        f"now; {phrases.count(len(raised), 'day')} at the limit, {last}.",
        layers=(
            Line("level", series.dates, series.alarm, Role.OPEN),
            Limit("limit", 1.0, Role.LIMIT),
            *dots,
        ),
        percent=True,
    )


_CLOCKS = {"resolve": ("resolved", Role.OPEN), "acknowledge": ("acknowledged", Role.WENT)}


def waiting(bugs: Bugs) -> Iterator[Plot]:
    """Draw the share of defects that still wait by their age, open ones counted in (Kaplan-Meier)."""
    known = {clock.clock: clock for clock in bugs.clocks if clock.curve is not None and clock.clock in _CLOCKS}
    if "resolve" not in known:
        return
    layers: list[Band | Line] = []
    for name, (word, role) in _CLOCKS.items():
        curve = known[name].curve if name in known else None
        if curve is not None:
            label = f"not {word} yet"
            if name == "resolve":
                layers.append(Band("95 % band", curve.days, curve.low, curve.high, role, step=True))
            layers.append(Line(label, curve.days, curve.waiting, role, step=True, dashed=name != "resolve"))
    half, most = known["resolve"].p50, known["resolve"].p85
    said = f"half resolved in {_days(half.value)}, 85 % in {_days(most.value)}"
    yield Plot(
        name="waiting",
        title="How long until it is resolved",
        text=f"Share of defects that still wait, by days since the first report, open ones counted in: {said}.",
        layers=tuple(layers),
        across="days since the first report",
        percent=True,
        top=1.0,
    )


def _days(value: float | None) -> str:
    return "more days than were watched" if value is None else f"{phrases.number(value)} days"


def growth(bugs: Bugs) -> Iterator[Plot]:
    """Draw the growth model with its interval, a month ahead."""
    curve, ahead = bugs.reliability.curve, bugs.reliability.ahead_interval
    if curve is None or not bugs.series.dates:
        return
    found = [float(n) for n in accumulate(bugs.series.arrivals)]
    said = f"at most {ahead[1]:.0f} in the next 30 days" if ahead else "what is to come is not known"
    yield Plot(
        name="growth",
        title="Found and still to come",
        text=f"Defects found since the launch, the {bugs.reliability.model} model, its 90 % interval: {said}.",
        layers=(
            Band("90 % interval", curve.dates, curve.low, curve.high, Role.EXPECTED),
            Line("model", curve.dates, curve.fitted, Role.EXPECTED, dashed=True),
            Line("found", bugs.series.dates, found, Role.CAME, step=True),
            Limit("today", bugs.series.dates[-1], Role.ALARM, upright=True),
        ),
        up="defects in all",
    )
