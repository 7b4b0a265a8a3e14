"""The gate of a milestone, in a few lines for its comment or on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator

from pmbridge.assessment import Acceptance, GateRule, HealthStatus, MilestoneAssessment, Requirement, WorkItem
from pmbridge.document import Block, Bullets, Document, Heading, Inline, Line, Link, Note, Paragraph, Table, Text, line
from pmbridge.reports import phrases
from pmbridge.reports.proof_trend import proof_trend
from pmbridge.reports.sections import is_running, strong

#: Signs that need no colour to be read.
SIGNS = {"holds": "✓", "fails": "✗", "waived": "≈", "unknown": "?"}
#: What becomes of a requirement, in words.
STATES = {"OK": "proven", "NOK": "failing", "NOTRUN": "not run", "UNKNOWN": "unknown", "UNCOVERED": "no test"}
REASONS_IN_COMMENT = 3
#: So many lines of a list of tests are shown before the rest is only counted.
_LISTED = 8


def section(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say in a few lines whether the milestone may launch; nothing where no requirement is known."""
    gate = milestone.acceptance
    if not gate.requirements:
        return
    if not verdict_counts(milestone):
        ended = not is_running(milestone)
        yield Paragraph(content=line(strong(f"Acceptance {'today' if ended else 'so far'}: "), _counts(gate)))
        return
    yield Paragraph(content=line(strong("Acceptance: "), gate.verdict.upper(), f" · {_counts(gate)}"))
    if gate.reasons and gate.verdict != "go":
        yield Bullets(items=tuple(line(reason) for reason in gate.reasons[:REASONS_IN_COMMENT]))
    yield from _decided(gate)


def verdict_counts(milestone: MilestoneAssessment) -> bool:
    """Tell whether the gate's verdict is one to tell: quality is judged by it, or somebody has decided."""
    unjudged = any(d.name == "quality" and d.status is HealthStatus.UNKNOWN for d in milestone.health.dimensions)
    return milestone.acceptance.decision is not None or not unjudged


def _counts(gate: Acceptance) -> str:
    met = sum(one.met for one in gate.requirements)
    parts = [f"{met} of {phrases.count(len(gate.requirements), 'requirement')} proven"]
    parts += [f"{gate.stale} stale"] if gate.stale else []
    if gate.pass_rate is not None and gate.pass_interval is not None:
        low, high = gate.pass_interval
        interval = f"95 % interval {phrases.percent(low)} to {phrases.percent(high)}"
        parts.append(f"{phrases.percent(gate.pass_rate)} of the tests pass ({interval})")
    live = sum(waiver.void is None for waiver in gate.waivers)
    parts += [phrases.count(live, "live waiver")] if live else []
    return " · ".join(parts)


def _decided(gate: Acceptance) -> Iterator[Block]:
    if gate.decision is not None:
        one = gate.decision
        why = f": {one.reason}" if one.reason else ""
        yield Paragraph(
            content=line(strong("Decided: "), f"{one.decision} by {one.by} on {phrases.day(one.at.date())}{why}")
        )


def _launched(milestone: MilestoneAssessment) -> Iterator[Block]:
    """Say that the question is answered, where it is: what follows is the state of today."""
    if milestone.launched_at is not None:
        since = phrases.day(milestone.launched_at.date())
        yield Paragraph(content=line(f"It was launched on {since}; this is how its gate stands today."))


def launch_page(milestone: MilestoneAssessment) -> Document:
    """Write the launch-readiness page: verdict, rules, matrix, waivers, work lists."""
    gate = milestone.acceptance
    blocks = (
        Heading(level=2, content=line(f"May we launch {milestone.title}?")),
        *_launched(milestone),
        Paragraph(content=line(strong(_verdict(gate)))),
        Paragraph(content=line(_counts(gate))),
        *_decided(gate),
        *_reasons(gate),
        *_since(gate),
        *proof_trend(gate.trend),
        *_rules(gate),
        *_matrix(gate),
        *_waivers(gate),
        *_signoffs(gate),
        *_work("Failing tests without a defect", gate.untracked_failures),
        *_work("Repairs that no test has confirmed", gate.unconfirmed_fixes),
        *_listed("Tests that cover no requirement", gate.orphans),
        *_listed("Notes", gate.notes),
        Note(content=line(f"evidence {gate.evidence_digest or 'none'}")),
    )
    return Document(blocks=blocks)


def _verdict(gate: Acceptance) -> str:
    """Say the verdict, what it is about, and how many rules stand against it."""
    build = f" for build {gate.build}" if gate.build else ""
    if gate.verdict == "unknown":
        return f"UNKNOWN{build}: what is needed to judge is missing; a pipeline takes it for a no-go"
    if gate.verdict == "go":
        return f"GO{build}: everything that must hold does"
    level, rules = ("must", "must hold") if gate.verdict == "no-go" else ("should", "should hold")
    asked = [rule for rule in gate.rules if rule.level == level]
    open_ = sum(rule.status in ("fails", "unknown") for rule in asked)
    number = f"{open_} of {phrases.count(len(asked), 'rule')} that {rules} {'does' if open_ == 1 else 'do'} not"
    if gate.verdict == "no-go":
        return f"NO-GO{build}: {number}"
    return f"CONDITIONAL{build}: what must hold does or is waived; {number}"


def _reasons(gate: Acceptance) -> Iterator[Block]:
    """Give the reasons of the verdict: those of rules that must hold, where one of them fails."""
    must = tuple(f"{rule.rule}: " for rule in gate.rules if rule.level == "must")
    strongest = [reason for reason in gate.reasons if reason.startswith(must)]
    if gate.reasons:
        yield Heading(level=3, content=line("Why"))
        yield Bullets(items=tuple(line(reason) for reason in strongest or gate.reasons))


def _since(gate: Acceptance) -> Iterator[Block]:
    last = gate.since_last
    if last is not None and (last.changes or last.verdict != gate.verdict):
        told = f"Since {phrases.day(last.as_of.date())}: {last.verdict} → {gate.verdict}"
        yield Paragraph(content=line(strong(told)))
        if last.changes:
            yield Bullets(items=tuple(line(change) for change in last.changes))


def _rules(gate: Acceptance) -> Iterator[Block]:
    if gate.rules:
        header = tuple(line(word) for word in ("", "Rule", "Level", "Found"))
        yield Table(header=header, rows=tuple(_rule(rule) for rule in gate.rules))


def _rule(rule: GateRule) -> tuple[Line, ...]:
    return line(f"{SIGNS[rule.status]} {rule.status}"), line(rule.rule), line(rule.level), line(rule.text)


def _matrix(gate: Acceptance) -> Iterator[Block]:
    """Set requirements against environments, what is not proven first."""
    if not gate.requirements:
        return
    named = any(gate.environments)
    names = [name or "elsewhere" for name in gate.environments] if named else []
    header = tuple(line(word) for word in ("Requirement", "Priority", "Status", *names, "Tests"))
    order = {"must": 0, "should": 1, "could": 2}
    rows = sorted(gate.requirements, key=lambda one: (one.met, order[one.priority]))
    yield Table(header=header, rows=tuple(_row(one, len(names)) for one in rows))


def _row(one: Requirement, columns: int) -> tuple[Line, ...]:
    cells = [line(STATES[cell.status]) for cell in one.environments[:columns]] or [line("–")] * columns
    return line(_key(one), f" {one.title}"), line(one.priority), line(state(one)), *cells, line(str(len(one.tests)))


def state(one: Requirement) -> str:
    """Say a requirement's status with whether it still counts."""
    return "proven, but stale" if one.fresh is False else STATES[one.status]


def _key(one: Requirement) -> Inline:
    return Link(text=one.item, url=one.url) if one.url else Text(text=one.item, code=True)


def _waivers(gate: Acceptance) -> Iterator[Block]:
    if gate.waivers:
        header = tuple(line(word) for word in ("Waiver of", "For", "Reason", "Approver", "Until", "State"))
        rows = tuple(
            (
                line(one.rule),
                line(one.scope),
                line(one.reason),
                line(one.approver),
                line(phrases.day(one.expires) if one.expires else "no end"),
                line(f"void: {one.void}" if one.void else "live"),
            )
            for one in gate.waivers
        )
        yield Table(header=header, rows=rows)


def _signoffs(gate: Acceptance) -> Iterator[Block]:
    if gate.signoffs:
        said = (
            f"{one.rule}: {one.outcome} by {one.by} on {phrases.day(one.at.date())}"
            + (f" for {one.build}" if one.build else "")
            + (f" (void: {one.void})" if one.void else "")
            for one in gate.signoffs
        )
        yield Paragraph(content=line(strong("Sign-offs")))
        yield Bullets(items=tuple(line(text) for text in said))


def _work(title: str, items: tuple[WorkItem, ...]) -> Iterator[Block]:
    yield from _listed(title, tuple(_task(one) for one in items))


def _task(one: WorkItem) -> str:
    """Name a test with the requirements it is about, unless it begins with their key."""
    others = [key for key in one.requirements if not one.test.startswith(key)]
    about = f" ({', '.join(others)})" if others else ""
    return f"{one.test}{about} since {phrases.day(one.since.date())}" + (f": {one.defect}" if one.defect else "")


def _listed(title: str, texts: tuple[str, ...]) -> Iterator[Block]:
    if texts:
        yield Paragraph(content=line(strong(title)))
        rest = [f"… and {len(texts) - _LISTED} more."] if len(texts) > _LISTED else []
        yield Bullets(items=tuple(line(text) for text in (*texts[:_LISTED], *rest)))
