"""The page of `pmbridge calibrate`: how often were we right before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmbridge.assessment import Backtest, FinishRecord, PastForecast, ThroughputRecord
from pmbridge.document import Block, Chart, Document, Heading, Note, Paragraph, Series, Table, line
from pmbridge.reports import phrases
from pmbridge.reports.sections import strong

#: Milestones of the past that the page shows one by one.
_SHOWN = 12
_RULES = {
    "release": "milestones that end with their release",
    "done90": "milestones that end when nine tenths are done",
}


def calibration_page(record: Backtest) -> Document:
    """Say first how often the dates held, then show forecast against actual, then the scores."""
    blocks: list[Block] = [Heading(level=1, content=line(f"{record.title}: how often were we right before"))]
    if not record.finishes:
        blocks.append(Paragraph(content=line("No milestone has ended yet, so there is nothing to look back on.")))
    for one in record.finishes:
        blocks += _finish(one)
    blocks += _throughput(record.throughput)
    note = f"as of {record.as_of:%Y-%m-%d %H:%M} UTC · {record.model} · every forecast from what was known on its day"
    blocks.append(Note(content=line(note), volatile=True))
    return Document(blocks=tuple(blocks))


def _finish(one: FinishRecord) -> Iterator[Block]:
    yield Heading(level=2, content=line(_RULES.get(one.name, one.name).capitalize()))
    yield Paragraph(content=line(strong(f"{one.status}: "), one.text))
    counted = f"One forecast halfway through each milestone, {phrases.count(one.milestones, 'case')}:"
    yield Paragraph(content=line(counted))
    yield Table(
        header=tuple(line(cell) for cell in ("Date given", "held", "95 % interval", "test")),
        rows=tuple(
            (
                line(phrases.percent(c.percentile)),
                line(phrases.percent(c.held)),
                line(
                    "–"
                    if c.interval is None
                    else f"{phrases.percent(c.interval[0])} to {phrases.percent(c.interval[1])}"
                ),
                line("–" if c.p_value is None else f"p = {c.p_value:.3f}"),
            )
            for c in one.coverage
        ),
    )
    yield from _picture(one.past)
    yield from _scores(one)


def _picture(past: Sequence[PastForecast]) -> Iterator[Block]:
    """Draw, for each milestone, the days from its middle forecast to the dates given and to the finish."""
    middle = _halfway(past)[-_SHOWN:]
    if len(middle) < 2:
        return
    given = {name: tuple((getattr(p, name) - p.made_on).days for p in middle) for name in ("p50", "p85")}
    actual = tuple((p.finished_on - p.made_on).days for p in middle)
    held = sum(p.finished_on <= p.p85 for p in middle)
    yield Chart(
        title="Forecast against actual, on the middle Monday of each milestone, in days to go",
        x=tuple(p.milestone for p in middle),
        series=(
            Series(name="even odds (50 %)", values=given["p50"]),
            Series(name="likely (85 %)", values=given["p85"]),
            Series(name="it took", values=actual),
        ),
        summary=f"{held} of the last {len(middle)} ended by the likely date",
    )
    yield Table(
        header=tuple(line(cell) for cell in ("Milestone", "said on", "even odds", "likely", "ended", "")),
        rows=tuple(_row(p) for p in middle),
    )


def _row(p: PastForecast) -> tuple[tuple[object, ...], ...]:
    late = (p.finished_on - p.p85).days
    verdict = "held" if late <= 0 else f"missed by {phrases.count(late, 'day')}"
    cells = (p.milestone, *(phrases.day(d) for d in (p.made_on, p.p50, p.p85, p.finished_on)), verdict)
    return tuple(line(cell) for cell in cells)


def _halfway(past: Sequence[PastForecast]) -> list[PastForecast]:
    by_milestone: dict[str, list[PastForecast]] = {}
    for one in past:
        by_milestone.setdefault(one.milestone, []).append(one)
    middle = [sorted(own, key=lambda p: p.made_on)[len(own) // 2] for own in by_milestone.values()]
    return sorted(middle, key=lambda p: p.finished_on)


def _scores(one: FinishRecord) -> Iterator[Block]:
    if one.crps is None or one.pinball is None:
        return
    text = (
        f"Every Monday's forecast, {one.forecasts} in all, every milestone weighing the same: "
        f"mean error of the whole distribution (CRPS) {one.crps:.1f} days; "
        f"pinball loss {one.pinball[0]:.1f}, {one.pinball[1]:.1f} and {one.pinball[2]:.1f} days at 50, 85 and 95 %."
    )
    if one.skill is not None:
        text += f" Against “what is left over the mean rate” that saves {phrases.percent(one.skill)} of the error."
    yield Paragraph(content=line(text))
    if one.pit:
        tenths = " ".join(f"{round(100 * share)}" for share in one.pit)
        yield Paragraph(content=line(f"Outcomes by tenth of their forecast, in % (10 each is honest): {tenths}."))


def _throughput(records: Sequence[ThroughputRecord]) -> Iterator[Block]:
    known = [one for one in records if one.forecasts]
    if known:
        yield Heading(level=2, content=line("How many items by a date"))
        yield Paragraph(content=line("Looking back from every Monday, over all work of the product:"))
        yield Table(
            header=tuple(line(cell) for cell in ("Within", "forecasts", "promised with 50 %: held", "with 85 %: held")),
            rows=tuple(
                tuple(
                    line(cell)
                    for cell in (
                        phrases.count(one.weeks, "week"),
                        str(one.forecasts),
                        phrases.percent(one.p50_held),
                        phrases.percent(one.p85_held),
                    )
                )
                for one in known
            ),
        )
