"""What stands behind a milestone's verdict: the fan of dates, its money, what others say, how good the data is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmbridge.assessment import (
    Confidence,
    EarnedValue,
    FigureStatus,
    HealthStatus,
    MilestoneAssessment,
    SimulatedDates,
)
from pmbridge.document import Block, Bullets, Paragraph, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import is_running, strong

#: With its name in front, the line of dates fits into sixty columns.
_WIDTH = 50
_HOLDING = (HealthStatus.AMBER, HealthStatus.RED)
#: Units of plans without money.
_WORK = ("hours", "points", "items")
_WEAK = (Confidence.C, Confidence.D)


def fan(milestone: MilestoneAssessment, today: date) -> Iterator[Block]:
    """Place today, the due date and the three percentiles on one line of time; ``◆`` is more than one of them."""
    forecast = milestone.forecast
    if forecast.status != "ok" or forecast.p50 is None or forecast.p85 is None or forecast.p95 is None:
        return
    marks = [("●", today), ("5", forecast.p50), ("8", forecast.p85), ("9", forecast.p95)]
    if milestone.due is not None:
        marks.append(("▼", milestone.due))
    first, last = min(day for _, day in marks), max(day for _, day in marks)
    cells = ["─"] * (_WIDTH + 1)
    for mark, day in marks:
        place = round(_WIDTH * (day - first).days / max(1, (last - first).days))
        cells[place] = mark if cells[place] == "─" else "◆"
    both = ", ◆ several" if "◆" in cells else ""
    yield Paragraph(content=line(strong("Dates: "), "".join(cells)))
    yield Paragraph(content=line(f"       ● today, ▼ due, 5 even odds, 8 likely (85 %), 9 almost certain (95 %){both}"))


def slip(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say how far the due date was moved, where it was, and how late the forecast is; the two are never netted."""
    found = milestone.slip
    if not found.moved or found.promised is None:
        return
    way = "later" if found.moved > 0 else "earlier"
    times = f" in {phrases.count(len(found.moves), 'move')}" if found.moves else ""
    text = f"{phrases.count(abs(found.moved), 'day')} {way} than {phrases.day(found.promised)}{times}"
    if found.p50 is not None and found.p85 is not None:
        text += f"; against the date of today {_lateness(found.p50)} at even odds, {_lateness(found.p85)} at 85 %"
    yield Paragraph(content=line(strong("Due date moved: "), f"{text}."))


def _lateness(days: int) -> str:
    if days == 0:
        return "on the day"
    return f"{phrases.count(abs(days), 'day')} {'late' if days > 0 else 'early'}"


def override(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Show what a person says beside the computed colour, and where the two differ."""
    said, computed = milestone.health.override, milestone.health.status
    if said is None:
        return
    differs = "" if said.status is computed else f" The figures say {computed.value}."
    parts = (
        strong("Told: "),
        phrases.lozenge(said.status),
        f" by {said.author} until {phrases.day(said.expires)}: {said.reason}.{differs}",
    )
    yield Paragraph(content=line(*parts))


def budget(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Sum up money, or work where none is planned and the milestone goes on, and earned schedule in one line."""
    value = milestone.earned_value
    if value.bac.status is not FigureStatus.OK:
        return
    priced = value.bac.unit not in _WORK
    if not priced and not is_running(milestone):
        return
    verb, agreed = ("earned ", "") if priced else ("", " of the baseline")
    parts = [f"{verb}{phrases.amount(value.ev.value)} of {phrases.amount(value.bac.value)} {value.bac.unit}{agreed}"]
    if value.pv.value is not None:
        parts.append(f"planned by now {phrases.amount(value.pv.value)}")
    if value.ac.value is not None:
        parts.append(f"spent {phrases.amount(value.ac.value)}")
    if value.cpi.value is not None:
        parts.append(f"CPI {value.cpi.value:.2f}")
    elif value.ac.value is not None and value.cpi.reasons:
        parts.append(f"no CPI: {value.cpi.reasons[0]}")
    parts += _at_end(value)
    parts += _schedule_index(milestone)
    if value.exhausted_on is not None:
        whose = "the product's money" if value.exhausted_budget == "product" else "the money"
        parts.append(f"at this rate {whose} lasts until {phrases.day(value.exhausted_on)}")
    weak = value.ac.confidence in _WEAK if value.ac.value is not None else False
    note = f" (confidence {value.ac.confidence.value}: little time is logged)" if weak and value.ac.confidence else ""
    yield Paragraph(content=line(strong("Budget: " if priced else "Earned value: "), " · ".join(parts) + note))


def _schedule_index(milestone: MilestoneAssessment) -> list[str]:
    """Say how fast the plan is earned: not once it has ended, nor before anything was to be earned."""
    value = milestone.earned_value
    if not is_running(milestone) or value.spi_t.value is None or not round(value.pv.value or 0):
        return []
    first = value.spi_t_original
    beside = "" if first is None or first.value is None else f" ({first.value:.2f} against the first baseline)"
    return [f"schedule index SPI(t) {value.spi_t.value:.2f}{beside}"]


def other_sides(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Name the sides that are not green and that the reasons leave out, each by its first reason."""
    if not is_running(milestone):
        return
    told = {reason.text for reason in milestone.health.reasons}
    left = [d for d in milestone.health.dimensions if d.status in _HOLDING and d.reasons and not told & {*d.reasons}]
    if left:
        yield Paragraph(content=line(strong("And "), f"{phrases.count(len(left), 'more side')} not green:"))
        yield Bullets(items=tuple(line(phrases.lozenge(d.status), f" {d.name}: {d.reasons[0]}") for d in left))


def _at_end(value: EarnedValue) -> list[str]:
    if value.eac.interval is None:
        return []
    low, high = value.eac.interval
    return [f"at the end {phrases.amount(low)} to {phrases.amount(high)}"]


def dependencies(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say whether work or waiting binds, and name the critical items."""
    network = milestone.forecast.network
    if network is None:
        return
    binds = "Waiting for other work binds" if milestone.forecast.binds == "network" else "The flow of work binds"
    heads = sorted(network.criticality, key=lambda key: (-network.criticality[key], key))[:3]
    shares = ", ".join(f"{key} {phrases.percent(network.criticality[key])}" for key in heads)
    text = (
        f"{binds}; linked work alone would be done by {phrases.day(network.p85)} (85 %). "
        f"Most often on the longest chain: {shares}."
    )
    yield Paragraph(content=line(strong("Dependencies: "), text))


def comparison(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say what past throughput alone would say, as the scope is, as it grows and team by team."""
    texts = [text for one in milestone.forecast.simulations if (text := _simulated(one, milestone)) is not None]
    if texts:
        yield Paragraph(content=line(strong("For comparison: "), f"past throughput alone says {'; '.join(texts)}."))


def _simulated(one: SimulatedDates, milestone: MilestoneAssessment) -> str | None:
    if one.p85 is None:
        grows = one.scope == "growing" and one.trials
        return "that a scope growing as so far is not done within a year" if grows else None
    day = phrases.day(one.p85)
    if one.teams:
        together = (
            "" if one.p85_together is None else f" ({phrases.day(one.p85_together)} if they rise and fall as one)"
        )
        return f"{day} with each of {len(one.teams)} teams at its own pace{together}"
    if one.scope == "growing":
        return f"{day} if scope grows as so far"
    risks = f" with {phrases.count(one.risks, 'written risk')}" if one.risks else ""
    return f"{day} (85 %, {one.model}, {one.trials:,} trials){risks}{_by_due(one, milestone)}"


def _by_due(one: SimulatedDates, milestone: MilestoneAssessment) -> str:
    remaining = milestone.forecast.remaining
    if one.items_by_due is None or remaining is None:
        return ""
    even, likely = (min(count, remaining) for count in one.items_by_due)
    return f", and by the due date {even} of {remaining} open items at even odds, {likely} likely"


def data(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Show the confidence in each kind of figure, the best first."""
    if not milestone.data.figures:
        return
    by_letter: dict[str, list[str]] = {}
    for one in milestone.data.figures:
        by_letter.setdefault(one.confidence.value, []).append(one.figure)
    letters = " · ".join(f"{letter} {', '.join(by_letter[letter])}" for letter in sorted(by_letter))
    yield Paragraph(content=line(strong("Data confidence (A to D): "), letters))


def fixes(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Name what would make the figures of the milestone more trustworthy, the most first."""
    if milestone.data.fixes:
        yield Paragraph(content=line(strong("What would gain most:")))
        yield Bullets(items=tuple(line(text) for text in milestone.data.fixes))


def is_proven(milestone: MilestoneAssessment) -> bool:
    """Tell whether it is known how often such dates held before."""
    return milestone.calibration.status == "calibrated" and milestone.calibration.p85_coverage is not None


def record(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say how often such dates held before."""
    known = milestone.calibration
    if is_proven(milestone):
        held = phrases.percent(known.p85_coverage)
        text = f"the 85 % date held for {held} of {known.n} earlier milestones."
    else:
        text = known.reasons[0] if known.reasons else "unknown."
    yield Paragraph(content=line(strong("Record: "), text))


def dimensions(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Show every side with its colour, then why some have none."""
    sides = milestone.health.dimensions
    known = [d for d in sides if d.status is not HealthStatus.UNKNOWN]
    if known:
        shown = [part for d in known for part in (phrases.lozenge(d.status), f" {d.name}  ")]
        yield Paragraph(content=line(strong("Sides: "), *shown))
    if milestone.health.unstable:
        yield Paragraph(content=line("The colour changed more than twice in four weeks: take it as unstable."))
    unknown: dict[str, list[str]] = {}
    for d in sides:
        if d.status is HealthStatus.UNKNOWN:
            unknown.setdefault(d.reasons[0] if d.reasons else "", []).append(d.name)
    if unknown:
        texts = [f"{', '.join(names)} ({why})" if why else ", ".join(names) for why, names in unknown.items()]
        yield Paragraph(content=line(strong("Not judged: "), "; ".join(texts)))
