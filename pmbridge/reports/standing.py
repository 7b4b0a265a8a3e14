"""What stands behind a milestone's verdict: the fan of dates, its money, what others say, how good the data is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmbridge.assessment import Confidence, EarnedValue, FigureStatus, HealthStatus, MilestoneAssessment
from pmbridge.document import Block, Bullets, Paragraph, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import strong

_WIDTH = 60
_WEAK = (Confidence.C, Confidence.D)


def fan(milestone: MilestoneAssessment, today: date) -> Iterator[Block]:
    """Place today, the due date and the three percentiles on one line of time."""
    forecast = milestone.forecast
    if forecast.status != "ok" or forecast.p50 is None or forecast.p85 is None or forecast.p95 is None:
        return
    marks = {"●": today, "5": forecast.p50, "8": forecast.p85, "9": forecast.p95}
    if milestone.due is not None:
        marks["▼"] = milestone.due
    first, last = min(marks.values()), max(marks.values())
    cells = ["─"] * (_WIDTH + 1)
    for mark, day in marks.items():
        cells[round(_WIDTH * (day - first).days / max(1, (last - first).days))] = mark
    legend = "● today, ▼ due, 5 even odds, 8 likely (85 %), 9 almost certain (95 %)"
    yield Paragraph(content=line(strong("Dates: "), "".join(cells), f"  {legend}"))


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
    """Sum up money and earned schedule in one line."""
    value = milestone.earned_value
    if value.bac.status is not FigureStatus.OK:
        return
    parts = [f"earned {_amount(value.ev.value)} of {_amount(value.bac.value)} {value.bac.unit}"]
    if value.pv.value is not None:
        parts.append(f"planned by now {_amount(value.pv.value)}")
    if value.ac.value is not None:
        parts.append(f"spent {_amount(value.ac.value)}")
    if value.cpi.value is not None:
        parts.append(f"CPI {value.cpi.value:.2f}")
    parts += _at_end(value)
    if value.spi_t.value is not None:
        parts.append(f"schedule index SPI(t) {value.spi_t.value:.2f}")
    if value.exhausted_on is not None:
        whose = "the product's money" if value.exhausted_budget == "product" else "its money"
        parts.append(f"{whose} is gone by {phrases.day(value.exhausted_on)}")
    weak = value.ac.confidence in _WEAK if value.ac.value is not None else False
    note = f" (confidence {value.ac.confidence.value}: little time is logged)" if weak and value.ac.confidence else ""
    yield Paragraph(content=line(strong("Budget: "), " · ".join(parts) + note))


def _at_end(value: EarnedValue) -> list[str]:
    if value.eac.interval is None:
        return []
    low, high = value.eac.interval
    return [f"at the end {_amount(low)} to {_amount(high)}"]


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
    """Say what past throughput alone would say, and how many items it expects by the due date."""
    for one in milestone.forecast.simulations:
        if one.p85 is None:
            continue
        text = f"past throughput alone ({one.model}, {one.trials:,} trials) says {phrases.day(one.p85)} (85 %)"
        if one.items_by_due is not None and milestone.forecast.remaining is not None:
            even, likely = (min(count, milestone.forecast.remaining) for count in one.items_by_due)
            text += (
                f"; by the due date {even} of {milestone.forecast.remaining} open items at even odds, {likely} likely"
            )
        yield Paragraph(content=line(strong("For comparison: "), f"{text}."))


def data(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Show the confidence in each kind of figure, and the fixes that gain most."""
    if not milestone.data.figures:
        return
    letters = " · ".join(f"{one.figure} {one.confidence.value}" for one in milestone.data.figures)
    yield Paragraph(content=line(strong("Data confidence: "), letters))
    if milestone.data.fixes:
        yield Bullets(items=tuple(line(text) for text in milestone.data.fixes))


def record(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say how often such dates held before."""
    known = milestone.calibration
    if known.status == "calibrated" and known.p85_coverage is not None:
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
    unknown = [f"{d.name} ({d.reasons[0]})" if d.reasons else d.name for d in sides if d.status is HealthStatus.UNKNOWN]
    if unknown:
        yield Paragraph(content=line(strong("Not judged: "), "; ".join(unknown)))


def _amount(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}".replace(",", " ")
