"""Bug flow after a launch: what arrived, what left, who owes the next step, what to do today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from pmbridge.assessment import Assessment, Bugs, Hypercare, MilestoneAssessment
from pmbridge.document import Block, Bullets, Colour, Document, Heading, Line, Paragraph, Status, Table, line
from pmbridge.reports import bug_charts, bug_tables, phrases
from pmbridge.reports.audit import provenance
from pmbridge.reports.bug_actions import actions
from pmbridge.reports.sections import strong
from pmbridge.reports.stable_words import stable_since


def is_launched(milestone: MilestoneAssessment) -> bool:
    """Tell whether there is a time after the launch to speak of."""
    return milestone.bugs.launched_at is not None


def section(milestone: MilestoneAssessment, zone: str) -> Iterator[Block]:
    """Say in a few lines, within another text, how bugs have flowed since the launch."""
    bugs = milestone.bugs
    if not is_launched(milestone) or not bugs.reports:
        return
    yield Heading(level=4, content=line("Bugs since the launch"))
    yield Paragraph(content=line(state(bugs), " ", _counts(bugs, zone)))
    yield Bullets(items=tuple(actions(bugs)))
    yield from bug_charts.backlog_by_week(bugs.series)
    ahead = bugs.reliability.ahead_interval
    if bugs.reliability.status == "ok" and ahead is not None:
        yield Paragraph(content=line(strong("To come: "), f"at most {ahead[1]:.0f} defects in the next 30 days."))


def hypercare_page(assessment: Assessment, milestone: MilestoneAssessment) -> Document:
    """Write the daily page on a launched milestone: decisions first, then the flow, then what is behind it."""
    bugs = milestone.bugs
    title = Heading(level=2, content=line(state(bugs), " ", f"{milestone.title}: bugs since the launch"))
    if not is_launched(milestone):
        words = bugs.reasons[0] if bugs.reasons else "not launched yet"
        return Document(blocks=(title, Paragraph(content=line(f"Nothing to tell: {words}."))))
    blocks: list[Block] = [title, Paragraph(content=line(summary(bugs, assessment.zone)))]
    blocks += [Heading(level=3, content=line("Today")), Bullets(items=tuple(actions(bugs)))]
    blocks += bug_tables.alerts(bugs)
    blocks += [Heading(level=3, content=line("In and out"))]
    for draw in (bug_charts.cumulative, bug_charts.flow, bug_charts.backlog, bug_charts.expected, bug_charts.alarm):
        blocks += draw(bugs.series)
    blocks += [Heading(level=3, content=line("Who holds what")), *bug_tables.handoffs(bugs), *bug_tables.steps(bugs)]
    blocks += [
        Heading(level=3, content=line("How long, how well")),
        *bug_tables.times(bugs),
        *bug_tables.ages(bugs),
        *bug_tables.ratios(bugs),
        *bug_tables.deployments(bugs, assessment.zone),
    ]
    blocks += [Heading(level=3, content=line("What is to come")), Paragraph(content=line(to_come(bugs)))]
    blocks += [
        Paragraph(content=line(exit_words(bugs))),
        *bug_tables.voices(bugs),
        *bug_tables.lessons(bugs),
        *bug_tables.reasons(bugs),
    ]
    return Document(blocks=(*blocks, provenance(assessment, milestone)))


def overview(assessment: Assessment) -> Document:
    """Set the launches of a product side by side, the latest first."""
    launched = [m for m in assessment.milestones if m.bugs.launched_at is not None]
    title = Heading(level=1, content=line(f"{assessment.title}: bugs since each launch"))
    if not launched:
        words = "No milestone of this product has a launch that pmbridge knows of. Set launch.dates, or release one."
        return Document(blocks=(title, Paragraph(content=line(words))))
    launched.sort(key=lambda m: (m.bugs.launched_at is None, m.bugs.launched_at), reverse=True)
    header = ("State", "Milestone", "Launched", "Reports", "Defects", "Open", "Half repaired in", "Stable")
    rows = tuple(_row(m, assessment.zone) for m in launched)
    return Document(blocks=(title, Table(header=tuple(line(cell) for cell in header), rows=rows)))


def _row(milestone: MilestoneAssessment, zone: str) -> tuple[Line, ...]:
    b = milestone.bugs
    return (
        line(state(b)),
        line(milestone.title),
        line(phrases.local_day(b.launched_at, zone) if b.launched_at else "–"),
        *(line(str(n)) for n in (b.reports, b.defects, b.backlog)),
        line(bug_tables.short(b.time_to_resolve_p50)),
        line(_stable(b, zone)),
    )


def _stable(b: Bugs, zone: str) -> str:
    """Say since when a product is stable, and how long that took."""
    if b.stabilised_on is None or b.launched_at is None:
        return "not yet"
    days = (b.stabilised_on - b.launched_at.astimezone(ZoneInfo(zone)).date()).days
    after = f"{phrases.count(days, 'day')} after the launch" if days else "the day of the launch"
    return f"{stable_since(b)}, {after}"


def state(bugs: Bugs) -> Status:
    """Show the state of a launch: an alarm, something grave open, still in hypercare, or stable."""
    if bugs.launched_at is None:
        return Status(text="NOT LAUNCHED", colour=Colour.GREY)
    if any(alert.ongoing and alert.kind == "rise" for alert in bugs.alerts):
        return Status(text="ALARM", colour=Colour.RED)
    if any("gravest" in text for text in (bugs.hypercare.missing if bugs.hypercare else ())):
        return Status(text="GRAVE OPEN", colour=Colour.RED)
    if bugs.stabilised_on is None:
        return Status(text="HYPERCARE", colour=Colour.AMBER)
    return Status(text="STABLE", colour=Colour.GREEN)


def summary(bugs: Bugs, zone: str) -> str:
    """Say what arrived and what left, in one or two sentences."""
    text = _counts(bugs, zone)
    if bugs.series.arrivals:
        week = sum(bugs.series.arrivals[-7:]), sum(bugs.series.closures[-7:])
        text += f" Last 7 days: {week[0]} in, {week[1]} out."
    if bugs.stabilised_on:
        text += f" {stable_since(bugs, capital=True)}."
    elif bugs.hypercare and bugs.hypercare.earliest:
        text += f" Not stable yet: {calm(bugs.hypercare, bugs.series.dates)}."
    return text


def calm(care: Hypercare, days: Sequence[date]) -> str:
    """Say since when it is calm, and until when that has to last."""
    by = phrases.day(care.settled_by)
    if care.earliest is None or not days or care.earliest > days[-1]:
        return f"not calm today, and stable on {by} at the earliest"
    return f"calm since {phrases.day(care.earliest)}, and stable if that lasts until {by}"


def _counts(bugs: Bugs, zone: str) -> str:
    since = phrases.local_day(bugs.launched_at, zone) if bugs.launched_at else "an unknown day"
    came = f"{phrases.count(bugs.reports or 0, 'report')} of {phrases.count(bugs.defects or 0, 'defect')}"
    return f"Since the launch on {since}: {came}; {bugs.closed} closed, {bugs.backlog} open."


def to_come(bugs: Bugs) -> str:
    """Say how many defects are still to come, the upper bound first, or why nobody can say."""
    r = bugs.reliability
    if r.status != "ok":
        return f"How many defects are still to come cannot be said: {r.refusal or 'there is no model'}."
    ahead = ""
    if r.ahead is not None and r.ahead_interval is not None:
        ahead = f"At most {r.ahead_interval[1]:.0f} defects in the next 30 days, {r.ahead:.1f} expected"
    rest = " and no end of them in this model"
    if r.residual is not None and r.interval is not None:
        rest = f"; at most {r.interval[1]:.0f} in all, {r.residual:.1f} expected"
    tied = f"; {r.tied} explains the data as well" if r.tied else ""
    return f"{ahead}{rest} (90 % intervals, {r.model}, {r.n} found{tied}).{_now(bugs)}{_gravest(bugs)}"


def _now(bugs: Bugs) -> str:
    """Say how fast defects are found now."""
    rate, bounds = bugs.reliability.intensity, bugs.reliability.intensity_interval
    return "" if rate is None or bounds is None else f" Found a day now: {rate:.2f}, at most {bounds[1]:.2f}."


def _gravest(bugs: Bugs) -> str:
    """Say how likely one of the gravest severity is, which decides whether to stop looking."""
    r = bugs.reliability
    if r.gravest_ahead is None or r.gravest_interval is None or r.gravest_chance is None:
        return ""
    return (
        f" Of the gravest severity: {r.gravest_ahead:.1f} expected in those 30 days, at most "
        f"{r.gravest_interval[1]:.1f}; a chance of {phrases.percent(r.gravest_chance)} that one comes."
    )


def exit_words(bugs: Bugs) -> str:
    """Say whether hypercare may end and what is missing."""
    care = bugs.hypercare
    if care is None:
        return "Hypercare is not judged."
    if care.may_end:
        return "Hypercare may end."
    missing = [*care.exit_missing, *(care.missing if bugs.stabilised_on is None else ())]
    return f"{'Hypercare goes on' if care.ongoing else 'Hypercare is formally open'}: {'; '.join(missing)}."
