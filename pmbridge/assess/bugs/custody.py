"""Who holds each report: the chains from support to engineering and back, and what engineering should be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pmbridge.assess.bugs import figures
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assess.bugs.markings import Markings
from pmbridge.assessment import Figure, Handoff, Packet, PacketLink, StepTimes, Voice
from pmbridge.history.chronicle import NEVER
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.clocks import times
from pmbridge.metrics.bugflow.feedback import unlinked, voices
from pmbridge.metrics.bugflow.handoff import Case, Chain, Handoffs, Limits, Owner, gaps
from pmbridge.metrics.bugflow.meter import Meter
from pmbridge.model.instants import from_micros, to_micros

#: How many of the loudest voices are told.
HEARD = 10

_OWED = {
    Owner.SUPPORT: "support",
    Owner.ENGINEERING: "engineering",
    Owner.RELEASE: "release management",
}


def chains(one: Launched, field: BugField) -> tuple[Chain, ...]:
    """Judge the support tickets of a launch."""
    tickets = _tickets(one, field)
    if not tickets:
        return ()
    begin = min(field.bug(id_).created_at for id_ in tickets)
    settings = field.settings.bugs.handoff
    judge = Handoffs(
        field.as_of,
        Meter(field.calendar, begin, field.as_of, in_days=True),
        Meter(field.calendar, begin, field.as_of),
        Limits(
            days=settings.stuck_days,
            gravest_hours=settings.stuck_hours,
        ),
        field.ranks,
    )
    escalated, returned = (
        Markings(marks, field.whole.columns) for marks in (field.words.escalated, field.words.returned)
    )
    return judge.chains(_case(field.bug(id_), field, escalated, returned) for id_ in tickets)


def _tickets(one: Launched, field: BugField) -> list[ItemId]:
    created, end = field.bugs.created, to_micros(one.end)
    return [id_ for id_ in field.tickets.get(one.key, ()) if created[field.bugs.place_of[id_]] <= end]


def _case(ticket: Bug, field: BugField, escalated: Markings, returned: Markings) -> Case:
    life, linked = field.life(ticket.id), field.leads.to[ticket.id]
    roots = dict.fromkeys(_root(one, field) for one in linked)
    defects = tuple(sorted(map(field.bug, roots), key=lambda bug: (not bug.is_open, bug.created_at)))
    escalations = escalated.of(life)
    returns = [span for one in linked for span in returned.of(one)]
    return Case(
        ticket=ticket,
        defects=defects,
        gone=field.leads.gone.get(ticket.id, ()),
        escalated=field.words.escalated.on(life.item),
        escalated_at=escalations[0][0] if escalations and defects else None,
        returns=tuple(sorted(begin for begin, _ in returns)),
        returned=any(end is None for _, end in returns),
        support_moved_at=_last_move([ticket.id], field),
        engineering_moved_at=_last_move([one.canonical.primary.id for one in linked], field),
        deployment_told=bool(field.words.deployed) or any(field.traced[field.bugs.place_of[bug.id]] for bug in defects),
    )


def not_deployed(one: Launched, field: BugField) -> tuple[str, ...]:
    """Return the repairs that users do not have yet, the oldest first."""
    bugs = field.bugs
    waiting = one.defects.take(bugs.is_outcome(Outcome.FIXED) & (bugs.deployed == NEVER) & field.traced)
    found = one.defects.where(waiting)
    ended = found.take(bugs.ended).tolist()
    return tuple([key for _, key in sorted(zip(ended, found.keys, strict=True))])


def _root(life: Life, field: BugField) -> ItemId:
    id_ = life.canonical.primary.id
    return field.original.get(id_, id_)


def _last_move(ids: Sequence[ItemId], field: BugField) -> datetime | None:
    moved = [int(field.moved[field.bugs.place_of[id_]]) for id_ in ids]
    return from_micros(max(moved)) if moved else None


def handoffs(found: Sequence[Chain]) -> Iterator[Handoff]:
    """Write the chains in which somebody owes a step or something is wrong."""
    for chain in found:
        if chain.due is None and not chain.findings:
            continue
        ticket, defect = chain.case.ticket, chain.defect
        yield Handoff(
            report=ticket.key,
            defect=defect.key if defect else None,
            step=chain.due.value if chain.due else "none",
            owner=_OWED.get(chain.owner),
            since=chain.since,
            text=_text(chain),
            findings=tuple(finding.value for finding in chain.findings),
            silent_days=round(chain.silent_days, 2),
            severity=(defect.severity if defect else None) or ticket.severity,
            report_url=ticket.url,
            defect_url=defect.url if defect else None,
        )


def _text(chain: Chain) -> str:
    ticket, defect = chain.case.ticket, chain.defect
    where = f"{ticket.key} → {defect.key}" if defect else ticket.key
    wrong = f" ({', '.join(finding.value for finding in chain.findings)})" if chain.findings else ""
    if chain.due is None:
        return f"{where}: nobody owes a step{wrong}."
    silent = f", silent for {chain.silent_days:.1f} working days" if chain.silent_days >= 1 else ""
    return f"{where}: {_OWED[chain.owner]} owes the step “{chain.due.value}”{silent}{wrong}."


def step_times(found: Sequence[Chain], as_of: datetime) -> Iterator[StepTimes]:
    """Write how long each step takes, open chains counted in."""
    for (begin, end), own in gaps(found, as_of).items():
        read = times(own)
        p50, p85 = (read.quantile(q) for q in (0.5, 0.85))
        yield StepTimes(
            begin=begin.value,
            end=end.value,
            n=read.n,
            waiting=len(read.waiting),
            p50=None if p50 is None else round(p50, 3),
            p85=None if p85 is None else round(p85, 3),
        )


def feedback(one: Launched, field: BugField) -> tuple[Figure, tuple[Voice, ...]]:
    """Say which share of feedback leads nowhere, and rank the open defects by the customers behind them."""
    tickets = _tickets(one, field)
    share = figures.share(unlinked(bool(field.leads.to[id_]) for id_ in tickets), "no support project is configured")
    found = voices(one.defects, field.accounts, field.ranks, field.as_of, HEARD)
    return share, tuple(
        Voice(
            item=voice.defect.root.key,
            url=voice.defect.root.url,
            reports=voice.reports,
            customers=voice.customers,
            first_heard=voice.first_heard,
            last_heard=voice.last_heard,
            score=round(voice.score, 3),
        )
        for voice in found
    )


def packets(one: Launched, field: BugField) -> Iterator[Packet]:
    """Gather what support knows of each engineering item; no name, no word of a person is in it."""
    titles = {milestone.key: milestone.title for milestone in field.reading.milestones}
    for defect in one.defects.where(one.defects.any_of(~field.bugs.is_defect)):
        tickets = [report for report in defect.reports if not report.is_defect]
        item = field.life(defect.root.id).item
        accounts = {field.accounts[report.id] for report in tickets if report.id in field.accounts}
        yield Packet(
            source=item.source,
            id=item.id,
            project=item.project,
            key=item.key,
            url=item.url,
            open=defect.root.is_open,
            reports=len(tickets),
            customers=len(accounts) or None,
            first_seen=tickets[0].created_at,
            last_seen=tickets[-1].created_at,
            severity=_severity(tickets),
            versions=tuple(sorted(titles[key] for key in defect.root.affects or {one.key})),
            links=tuple(PacketLink(key=report.key, url=report.url) for report in tickets),
        )


def _severity(tickets: Sequence[Bug]) -> str | None:
    """Return the severity support gives, of the latest ticket that has one."""
    return next((ticket.severity for ticket in reversed(tickets) if ticket.severity), None)
