"""The tables and lists of the page on bugs after a launch."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Bugs, FailedDeployment, Figure, FigureStatus, Handoff
from pmbridge.document import Block, Bullets, Heading, Line, Paragraph, Table, line
from pmbridge.reports import phrases
from pmbridge.reports.bug_actions import NAMED, named
from pmbridge.reports.handoff_words import wrong
from pmbridge.reports.sections import strong
from pmbridge.reports.severity_rows import by_rank

_AGES = ("0–2", "3–7", "8–14", "15–30", "31–60", "over 60 days")


def alerts(bugs: Bugs) -> Iterator[Block]:
    """List the episodes of unusual arrivals."""
    if bugs.alerts:
        yield Heading(level=3, content=line("Alarms on arrivals"))
        yield Bullets(items=tuple(line(alert.text, " Ongoing." if alert.ongoing else "") for alert in bugs.alerts))


def handoffs(bugs: Bugs) -> Iterator[Block]:
    """Say who owes how much, and show the chains in the worst state."""
    if not bugs.handoffs:
        yield Paragraph(content=line("No report waits for anybody, or no support project is configured."))
        return
    owed: dict[str, list[Handoff]] = {}
    for one in bugs.handoffs:
        owed.setdefault(one.owner or "nobody", []).append(one)
    counts = ", ".join(f"{owner} {len(own)}" for owner, own in sorted(owed.items(), key=lambda pair: -len(pair[1])))
    yield Paragraph(content=line(strong("Owed by: "), counts))
    header = ("Report", "Defect", "Due", "By", "Silent", "Wrong")
    rows = tuple(_handoff(one) for one in bugs.handoffs[: 3 * NAMED])
    yield Table(header=tuple(line(cell) for cell in header), rows=rows, left_out=max(0, len(bugs.handoffs) - 3 * NAMED))


def _handoff(one: Handoff) -> tuple[Line, ...]:
    return (
        line(named(one.report, one.report_url)),
        line(named(one.defect, one.defect_url) if one.defect else "–"),
        line(one.step),
        line(one.owner or "nobody"),
        line("–" if one.silent_days is None else f"{one.silent_days:.1f} d"),
        line(wrong(one) or "–"),
    )


def steps(bugs: Bugs) -> Iterator[Block]:
    """Show how long each step of a chain takes."""
    if bugs.steps:
        header = ("Step", "Chains", "Waiting", "Half within", "85 % within")
        rows = tuple(
            (line(f"{s.begin} → {s.end}"), line(str(s.n)), line(str(s.waiting)), line(_days(s.p50)), line(_days(s.p85)))
            for s in bugs.steps
        )
        yield Table(header=tuple(line(cell) for cell in header), rows=rows)


def _days(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f} d"


_UNTIL = {
    "acknowledge": "until somebody took it up",
    "first response": "until the first answer",
    "restore": "until the service was back",
    "resolve": "until it was resolved",
    "deployed": "until the repair was with users",
    "told": "until the customer was told",
}


def times(bugs: Bugs) -> Iterator[Block]:
    """Show how long bugs wait on each clock, and whether groups differ."""
    known = [c for c in bugs.clocks if c.p50.status is not FigureStatus.NOT_APPLICABLE]
    if known:
        rows = tuple((line(_UNTIL.get(c.clock, c.clock)), line(short(c.p50)), line(short(c.p85))) for c in known)
        yield Table(
            header=(line("From the first report, open ones counted in"), line("Half within"), line("85 % within")),
            rows=rows,
        )
    for found in bugs.comparisons:
        groups = ", ".join(f"{g.name} {_days(g.p50)}" for g in found.groups)
        verdict = "differ" if found.p < 0.05 else "do not differ significantly"
        text = f"By {found.by}, repairs {verdict} (p = {found.p:.3f}): half within {groups}."
        yield Paragraph(content=line(text))


def short(figure: Figure) -> str:
    """Write a figure with its unit, or the reason why there is none."""
    if figure.value is not None:
        return f"{phrases.number(figure.value)} {figure.unit}"
    return figure.reasons[0] if figure.reasons else figure.status.value


def ages(bugs: Bugs) -> Iterator[Block]:
    """Show the open defects by age and severity."""
    if bugs.ageing:
        header = ("Open, by age", *_AGES)
        merged = by_rank(
            ((row.severity, row.rank, row.counts) for row in bugs.ageing),
            ((row.severity, row.rank, row.backlog) for row in bugs.series.severities),
        )
        rows = tuple((line(label), *(line(str(n)) for n in counts)) for label, counts in merged)
        yield Table(header=tuple(line(cell) for cell in header), rows=rows)


def ratios(bugs: Bugs) -> Iterator[Block]:
    """List the shares that are known, with their intervals."""
    rows = [
        ("promises kept", bugs.sla_attainment),
        ("repairs that were undone within 14 days", bugs.reopen_rate),
        ("endings without a repair", bugs.declined_rate),
        ("regressions with firm evidence", bugs.regression_rate),
        ("deployments that failed", bugs.change_fail_rate),
        ("feedback without a link", bugs.unlinked_feedback),
    ]
    said = [line(f"{name}: {_share(figure)}") for name, figure in rows if figure.value is not None]
    said += _regressions(bugs)
    for one in bugs.detection:
        if one.mature and one.detected is not None:
            counts = f"{phrases.percent(one.detected)} ({one.before} of {one.before + one.after})"
            which = "grave ones found" if one.grave else "found"
            said.append(line(f"{which} before the launch, of all found by day {one.days}: {counts}"))
    if said:
        yield Bullets(items=tuple(said))


_TIERS = {
    "caused_by_link": "linked to their cause",
    "said": "labelled as such, or found by a test that had passed for an earlier launch",
    "same_component": "met within 7 days of a change of their component, a suspicion only",
}


def _regressions(bugs: Bugs) -> Iterator[Line]:
    """Say by what evidence defects broke something that had worked, and what nobody looked at."""
    known = [
        f"{bugs.regression_tiers[tier]} {words}" for tier, words in _TIERS.items() if tier in bugs.regression_tiers
    ]
    if known:
        told = f"regressions by evidence, of {phrases.count(bugs.defects or 0, 'defect')}: {'; '.join(known)}"
        yield line(f"{told} (the code is not read: no bisecting, no blame of lines)")
    if bugs.bad_fixes:
        yield line(f"brought in by the repair of another bug: {phrases.count(bugs.bad_fixes, 'defect')}")


def deployments(bugs: Bugs, zone: str) -> Iterator[Block]:
    """Name the failed deployments since the launch, and say when each was mended."""
    if bugs.deliveries is not None and bugs.deliveries.failures:
        yield Paragraph(content=line(strong("Failed deployments")))
        yield Bullets(items=tuple(_failed(one, zone) for one in bugs.deliveries.failures[:NAMED]))


def _failed(one: FailedDeployment, zone: str) -> Line:
    name = f"{one.ref or 'a deployment'} in {one.environment}"
    why = f"{one.cause}{f' ({one.evidence})' if one.evidence else ''}"
    mended = f"mended on {phrases.local_day(one.recovered_at, zone)}" if one.recovered_at else "not mended yet"
    return line(f"{phrases.local_day(one.at, zone)}: ", named(name, one.url), f" {why}; {mended}.")


def _share(figure: Figure) -> str:
    bounds = f", 95 % interval {_range(figure.interval)}" if figure.interval else ""
    return f"{phrases.percent(figure.value)} (n = {figure.n}{bounds})"


def _range(interval: tuple[float, float]) -> str:
    return f"{round(100 * interval[0])}–{round(100 * interval[1])} %"


def voices(bugs: Bugs) -> Iterator[Block]:
    """Name the open defects that were reported most often."""
    loud = [voice for voice in bugs.voices if voice.reports > 1][:NAMED]
    if loud:
        items = tuple(
            line(named(v.item, v.url), f": {phrases.count(v.reports, 'report')}{_customers(v.customers)}") for v in loud
        )
        yield Paragraph(content=line(strong("Heard most often")))
        yield Bullets(items=items)


def _customers(number: int | None) -> str:
    return "" if number is None else f" from {phrases.count(number, 'customer')}"


def lessons(bugs: Bugs) -> Iterator[Block]:
    """Show what had been there to catch what escaped."""
    if bugs.component_lessons:
        header = ("Component", "Escaped", "Requirements", "With a test", "Late")
        rows = tuple(
            tuple(line(str(cell)) for cell in (c.component, c.escaped, c.requirements, c.tested, c.late))
            for c in bugs.component_lessons[:NAMED]
        )
        yield Table(header=tuple(line(cell) for cell in header), rows=rows)
    if bugs.lessons:
        items = (f"{x.item}: {x.gap}{f' ({x.requirement})' if x.requirement else ''}" for x in bugs.lessons[:NAMED])
        yield Bullets(items=tuple(line(text) for text in items))


def reasons(bugs: Bugs) -> Iterator[Block]:
    """Say what the figures do not know."""
    if bugs.reasons:
        yield Paragraph(content=line(strong("Mind: "), "; ".join(bugs.reasons), "."))
