"""Who holds each report: the chains from support to engineering and back, and what engineering should be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pmbridge.assess.bugs import figures
from pmbridge.assess.bugs.field import BugField
from pmbridge.assess.bugs.launched import Launched
from pmbridge.assess.bugs.lives import marked
from pmbridge.assessment import Figure, Handoff, Packet, PacketLink, StepTimes, Voice
from pmbridge.history.phases import Life
from pmbridge.history.records import ItemId
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.clocks import times
from pmbridge.metrics.bugflow.feedback import unlinked, voices
from pmbridge.metrics.bugflow.handoff import Case, Chain, Handoffs, Limits, Owner, gaps
from pmbridge.metrics.bugflow.meter import Meter

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
    begin = min(field.bugs[id_].created_at for id_ in tickets)
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
    return judge.chains(_case(field.bugs[id_], field) for id_ in tickets)


def _tickets(one: Launched, field: BugField) -> list[ItemId]:
    return [id_ for id_ in field.tickets.get(one.key, ()) if field.bugs[id_].created_at <= one.end]


def _case(ticket: Bug, field: BugField) -> Case:
    life, linked = field.life_of[ticket.id], field.leads.to[ticket.id]
    roots = list(dict.fromkeys(_root(one, field) for one in linked))
    defects = tuple(sorted((field.bugs[id_] for id_ in roots), key=lambda bug: (not bug.is_open, bug.created_at)))
    escalations = marked(life.item, life.canonical.primary.changes, field.words.escalated)
    returns = [span for one in linked for span in _spans(one, field)]
    return Case(
        ticket=ticket,
        defects=defects,
        gone=field.leads.gone.get(ticket.id, ()),
        escalated=field.words.escalated.on(life.item),
        escalated_at=escalations[0][0] if escalations and defects else None,
        returns=tuple(sorted(begin for begin, _ in returns)),
        returned=any(end is None for _, end in returns),
        support_moved_at=_last_move(life),
        engineering_moved_at=max((_last_move(one) for one in linked), default=None),
        deployment_told=any(is_traced(bug, field) for bug in defects) or bool(field.words.deployed),
    )


def is_traced(bug: Bug, field: BugField) -> bool:
    """Tell whether something says when a repair reaches users.

    It is marked or known, was merged where deployments are known, or is planned for a milestone not launched since.
    """
    if field.words.deployed or bug.deployed_at is not None:
        return True
    if field.witnesses.awaits_deployment(bug, field.life_of[bug.id]):
        return True
    ended = bug.ended_at or field.as_of
    return any(key not in field.launches or field.launches[key].at >= ended for key in bug.members)


def not_deployed(one: Launched, field: BugField) -> tuple[str, ...]:
    """Return the repairs that users do not have yet, the oldest first."""
    fixed = [defect.root for defect in one.defects if defect.root.outcome is Outcome.FIXED]
    waiting = [bug for bug in fixed if bug.deployed_at is None and is_traced(bug, field)]
    return tuple(bug.key for bug in sorted(waiting, key=lambda bug: (bug.ended_at or field.as_of, bug.key)))


def _root(life: Life, field: BugField) -> ItemId:
    id_ = life.canonical.primary.id
    return field.original.get(id_, id_)


def _spans(life: Life, field: BugField) -> Sequence[tuple[datetime, datetime | None]]:
    return marked(life.item, life.canonical.primary.changes, field.words.returned)


def _last_move(life: Life) -> datetime:
    changes = life.canonical.primary.changes
    return changes[-1].at if changes else life.created_at


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
    still_open = [defect for defect in one.defects if defect.root.is_open]
    known = [(r, account) for d in still_open for r in d.reports if (account := _account(r, field))]
    found = voices(still_open, known, field.ranks, field.as_of)
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


def _account(bug: Bug, field: BugField) -> str | None:
    """Return what tells one customer from another; people of one's own who write tickets do not."""
    return bug.author if field.life_of[bug.id].item.customer_facing else None


def packets(one: Launched, field: BugField) -> Iterator[Packet]:
    """Gather what support knows of each engineering item; no name, no word of a person is in it."""
    titles = {milestone.key: milestone.title for milestone in field.reading.milestones}
    for defect in one.defects:
        tickets = [report for report in defect.reports if not report.is_defect]
        if not tickets:
            continue
        item = field.life_of[defect.root.id].item
        accounts = {account for report in tickets if (account := _account(report, field))}
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
