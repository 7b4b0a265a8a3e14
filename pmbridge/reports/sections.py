"""Parts that several reports are made of, each built from one part of the assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from pmbridge.assessment import Dates, Flow, LedgerEntry, LedgerKind, MilestoneAssessment, Movement, Risk
from pmbridge.document import Block, Bullets, Chart, Heading, Line, Link, Paragraph, Series, Table, Text, line
from pmbridge.reports import phrases

#: How many scope changes a report names before it only counts them.
LATEST_CHANGES = 5

#: So many days after its end the burn-up of a milestone is still drawn.
_DAYS_AFTER = 14
_SIGNS = {LedgerKind.ADDED: "+", LedgerKind.REMOVED: "−", LedgerKind.REESTIMATED: "±"}


def strong(text: str) -> Text:
    """Mark words that are read first."""
    return Text(text=text, strong=True)


def is_running(milestone: MilestoneAssessment) -> bool:
    """Tell whether no tracker has ended the milestone."""
    return milestone.state.value == "open"


def headline(milestone: MilestoneAssessment, level: int = 3) -> Heading:
    """Open with the colour and the name."""
    return Heading(level=level, content=line(phrases.lozenge(milestone.health.status), " ", milestone.title))


def verdict(milestone: MilestoneAssessment) -> Paragraph:
    """Say the outlook in one sentence, with what the colour was before."""
    before = phrases.since(milestone.health)
    return Paragraph(content=line(milestone.health.sentence + (f" ({before})" if before else "")))


def why(milestone: MilestoneAssessment) -> Iterator[Block]:
    """List the strongest reasons with what was measured and what was allowed."""
    if not milestone.health.reasons:
        return
    yield Table(
        header=(line("Why"), line("Measured"), line("Limit for green")),
        rows=tuple((line(r.text), line(r.measured), line(r.threshold)) for r in milestone.health.reasons),
    )


def remedy(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say what would turn the colour."""
    if milestone.health.remedy:
        yield Paragraph(content=line(strong("What would turn it: "), milestone.health.remedy))


def dates(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Set the forecast for today's scope beside the one for a scope that grows as it has been growing."""
    forecast = milestone.forecast
    if forecast.status != "ok":
        return
    growing, frozen = (_dates(milestone, scope) for scope in (forecast.growing_scope, forecast.frozen_scope))
    same = growing == frozen
    rows = [("growing or not" if same else "growing as so far", *growing)]
    rows += [] if same else [("as it is today", *frozen)]
    header = ("If scope is", "even odds (50 %)", "likely (85 %)", "almost certain (95 %)", "on time")
    table = tuple(tuple(line(cell) for cell in row) for row in rows)
    yield Table(header=tuple(line(cell) for cell in header), rows=table)


def _dates(milestone: MilestoneAssessment, scope: Dates) -> tuple[str, ...]:
    forecast = milestone.forecast
    cells = [phrases.coarse_day(d, forecast.granularity) for d in (scope.p50, scope.p85, scope.p95)]
    odds = phrases.chance(scope.on_time_probability, forecast.confidence) if milestone.due else "no due date"
    return (*cells, odds)


def pace(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say why the forecast is earlier than a division of open items by the pace, where it is by far."""
    pace, left, p85 = milestone.flow.throughput.value, milestone.forecast.remaining, milestone.forecast.p85
    if not pace or not left or p85 is None or not milestone.burnup.dates:
        return
    alone = milestone.burnup.dates[-1] + timedelta(weeks=round(left / pace))
    if alone > p85 + timedelta(weeks=4):
        month = phrases.coarse_day(alone, "month")
        text = f"At the pace so far alone, the {left} open items would take until {month}; "
        yield Paragraph(
            content=line(f"{text}the dates above expect the spurt with which milestones have ended before.")
        )


def scope(milestone: MilestoneAssessment) -> Paragraph:
    """Count what is in, by where it stands."""
    s = milestone.scope
    parts = [f"{s.done} of {phrases.count(s.items, 'item')} done"]
    counts = (("in progress", s.active), ("waiting", s.waiting), ("to do", s.todo), ("unmapped", s.unmapped))
    parts += [f"{n} {name}" for name, n in counts if n]
    if s.points is not None and s.points_done is not None:
        parts.append(f"{phrases.number(s.points_done)} of {phrases.number(s.points)} points")
    if s.unestimated:
        parts.append(_unestimated(milestone))
    if s.cancelled:
        parts.append(f"{s.cancelled} cancelled")
    return Paragraph(content=line(strong("Scope: "), " · ".join(parts)))


def _unestimated(milestone: MilestoneAssessment) -> str:
    """Count what has no estimate, done or not, and where its signal is raised how much of it is open."""
    still = sum(risk.signal == "unestimated" for risk in milestone.risks)
    text = f"{milestone.scope.unestimated} without estimate"
    return f"{text}, {still} of them open" if still else text


def ledger(milestone: MilestoneAssessment, zone: str) -> Iterator[Block]:
    """Balance the scope, then name its latest changes."""
    yield from balance(milestone, zone)
    moves = [entry for entry in milestone.ledger.entries if entry.delta]
    latest = [scope_change(entry, zone) for entry in reversed(moves[-LATEST_CHANGES:])]
    if len(moves) > LATEST_CHANGES:
        latest.append(line(f"… and {phrases.count(len(moves) - LATEST_CHANGES, 'earlier change')}."))
    if latest:
        yield Bullets(items=tuple(latest))


def balance(milestone: MilestoneAssessment, zone: str) -> Iterator[Block]:
    """Balance the scope: where it started, what came and where from, what went, what is left over."""
    book = milestone.ledger
    if book.baseline is None or book.baseline_at is None:
        yield Paragraph(content=line(strong("Scope ledger: "), book.baseline_reason))
        return
    start = phrases.local_day(book.baseline_at, zone)
    sum_ = f"{book.baseline} on {start} + {book.added} added − {book.removed} removed = {book.now} now"
    label = "Scope ledger: " if book.since_start is None else "Scope ledger since it was frozen: "
    yield Paragraph(content=line(strong(label), f"{sum_} (residual {book.residual})"))
    if book.since_start is not None:
        whole = book.since_start
        sum_ = (
            f"{whole.baseline} on {phrases.local_day(whole.at, zone)} + {whole.added} added − {whole.removed} removed"
        )
        yield Paragraph(content=line(strong("Since the start: "), sum_))
    origins = Counter(entry.origin for entry in book.entries if entry.origin is not None)
    if origins:
        came = " · ".join(f"{number} {origin}" for origin, number in origins.most_common())
        yield Paragraph(content=line(strong("Added: "), came))


def movement(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say how far the scope has moved, in items and in points."""
    book = milestone.ledger
    items, points = (_moved(one) for one in (book.movement, book.movement_points))
    if items:
        in_points = f"; in points, re-estimates among them: {points}" if points else ""
        yield Paragraph(content=line(strong("Growth: "), f"{items}{in_points}"))


def _moved(moved: Movement | None) -> str:
    if moved is None or not (moved.churn or moved.net):
        return ""
    late = f", {phrases.percent(moved.late)} late" if moved.late else ""
    net = f"{round(100 * moved.net):+d} %".replace("-", "−")
    return f"{phrases.percent(moved.creep)} added{late}, net {net}, churn {phrases.percent(moved.churn)}"


def scope_change(entry: LedgerEntry, zone: str) -> Line:
    """Name one change of the scope: its day, its item, what happened and by whom."""
    item = Link(text=entry.item, url=entry.url) if entry.url else Text(text=entry.item, code=True)
    title = f" {entry.title}" if entry.title else ""
    when = f"{phrases.local_day(entry.at, zone)}: {_SIGNS[entry.kind]} "
    return line(when, item, f"{title} – {entry.cause}" + (f" by {entry.by}" if entry.by else ""))


def flow(milestone: MilestoneAssessment) -> Paragraph:
    """Say how fast work moves."""
    f = milestone.flow
    parts = [f"throughput {phrases.figure(f.throughput)}", _cycle_time(f)]
    if is_running(milestone):
        parts.append(f"started and not finished {phrases.figure(f.wip)}")
        parts.append(f"oldest open work {phrases.figure(f.oldest_age, phrases.amount)}")
    return Paragraph(content=line(strong("Flow: "), " · ".join(parts)))


def _cycle_time(f: Flow) -> str:
    half, most = phrases.figure(f.cycle_time_p50), phrases.figure(f.cycle_time_p85)
    return f"cycle time {half}" if half == most else f"cycle time {half} at 50 %, {most} at 85 %"


def days_told(milestone: MilestoneAssessment) -> int:
    """Return how many days of the burn-up are worth drawing: all while it runs, else some days after its end.

    Where no tracker tells when it ended, its end is the last move of scope or done.
    """
    b = milestone.burnup
    if is_running(milestone):
        return len(b.dates)
    if milestone.launched_at is not None:
        last = milestone.launched_at.date() + timedelta(days=_DAYS_AFTER)
        return max(1, sum(day <= last for day in b.dates))
    days = list(zip(b.scope, b.done, strict=True))
    moved = max((i for i in range(1, len(days)) if days[i] != days[i - 1]), default=0)
    return min(len(days), moved + 1 + _DAYS_AFTER)


def burnup(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Draw scope and done at the end of each week, so that the picture moves at most once a week."""
    b = milestone.burnup
    weekly = range(6, days_told(milestone), 7)
    if len(weekly) < 2:
        return
    first, last = weekly[0], weekly[-1]
    recent = ", the last full week" if is_running(milestone) else ""
    yield Chart(
        title="Burn-up by week",
        x=tuple(b.dates[i].isoformat() for i in weekly),
        series=(
            Series(name="scope", values=tuple(b.scope[i] for i in weekly)),
            Series(name="done", values=tuple(b.done[i] for i in weekly)),
        ),
        summary=(
            f"scope {b.scope[first]} → {b.scope[last]}, done {b.done[first]} → {b.done[last]} "
            f"from {phrases.day(b.dates[first])} to {phrases.day(b.dates[last])}{recent}"
        ),
    )


def risks(milestone: MilestoneAssessment, most: int = 5) -> Iterator[Block]:
    """Count the risk signals by kind, the gravest kind first, and name the oldest of each kind, each with a link."""
    if not milestone.risks:
        return
    kinds = Counter(risk.signal for risk in milestone.risks)
    first = {risk.signal: risk for risk in reversed(milestone.risks)}
    ranked = sorted(first.values(), key=milestone.risks.index)
    counts = ", ".join(f"{kinds[risk.signal]} {risk.signal}" for risk in ranked)
    yield Paragraph(content=line(strong("Warning signs: "), counts))
    named = ranked[:most]
    rest = [risk for risk in milestone.risks if risk not in named]
    shown = sorted((*named, *rest[: most - len(named)]), key=milestone.risks.index)
    yield Bullets(items=tuple(_risk(risk) for risk in shown))


def _risk(risk: Risk) -> Line:
    if risk.item is None or risk.url is None or not risk.text.startswith(risk.item):
        return line(f"{risk.severity}: {risk.text}")
    return line(f"{risk.severity}: ", Link(text=risk.item, url=risk.url), risk.text[len(risk.item) :])
