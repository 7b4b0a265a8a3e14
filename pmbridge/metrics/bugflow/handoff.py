"""The chain from a customer's report to a repair in the customer's hands, and who owes the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy

from pmbridge.history.chronicle import NEVER
from pmbridge.history.micros import DAY, all_micros
from pmbridge.metrics.bugflow.bug import Bug, Outcome
from pmbridge.metrics.bugflow.clocks import Waits
from pmbridge.metrics.bugflow.columns import instants
from pmbridge.metrics.bugflow.meter import Meter
from pmbridge.metrics.bugflow.severity import Ranks
from pmbridge.model import StatusCategory
from pmbridge.model.instants import to_micros


class Step(StrEnum):
    """The steps of a chain, in order."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    FIXED = "fixed"
    DEPLOYED = "deployed"
    TOLD = "told"


class Owner(StrEnum):
    """Who owes the next step."""

    SUPPORT = "support"
    ENGINEERING = "engineering"
    RELEASE = "release"
    NOBODY = "nobody"


class Finding(StrEnum):
    """What is wrong with a chain."""

    ORPHAN = "orphan"
    GHOST = "ghost"
    BOUNCED = "bounced"
    STUCK = "stuck"
    DEADLOCK = "deadlock"
    FIXED_NOT_DEPLOYED = "fixed, not deployed"
    DEPLOYED_NOT_TOLD = "deployed, not told"
    FIXED_NOT_TOLD = "fixed, not told"
    DECLINED_NOT_TOLD = "declined, not told"
    SEVERITY_MISMATCH = "severity mismatch"
    CLOSED_TOO_EARLY = "closed for the customer, open in engineering"
    DONE_BUT_OPEN = "done in engineering, open for the customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A report with a support team, and where it was handed to.

    ``defects`` are the engineering items it leads to, duplicates followed to their root; ``gone`` the keys or
    addresses of links that lead nowhere. ``escalated`` says that its status or label claims it was handed over.
    ``returns`` are the instants at which engineering gave it back, ``returned`` that it lies with support now.
    ``support_moved_at`` and ``engineering_moved_at`` are the last signs of progress on either side. ``deployment_told``
    is false where nothing tells when the repair reaches users: then done counts as delivered.
    """

    ticket: Bug
    defects: tuple[Bug, ...] = ()
    gone: tuple[str, ...] = ()
    escalated: bool = False
    escalated_at: datetime | None = None
    returns: tuple[datetime, ...] = ()
    returned: bool = False
    support_moved_at: datetime | None = None
    engineering_moved_at: datetime | None = None
    deployment_told: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """When a side has been silent for too long, in working time; the gravest severity has hours only."""

    days: float = 3.0
    gravest_hours: float = 4.0
    open_after_done_days: float = 5.0
    bounces: int = 2


@dataclass(frozen=True, slots=True)
class Chain:
    """One case: the steps taken, the one that is due, who owes it and since when; ``owner`` is nobody at the end."""

    case: Case
    taken: Mapping[Step, datetime]
    due: Step | None
    owner: Owner
    since: datetime
    findings: tuple[Finding, ...]
    silent_days: float

    @property
    def defect(self) -> Bug | None:
        """The engineering item the case waits for."""
        return self.case.defects[0] if self.case.defects else None


class Handoffs:
    """Judges chains on one working calendar, as of an instant."""

    def __init__(self, as_of: datetime, days: Meter, hours: Meter, limits: Limits, ranks: Ranks) -> None:
        self._as_of = as_of
        self._days = days
        self._hours = hours
        self._limits = limits
        self._ranks = ranks

    def chains(self, cases: Iterable[Case]) -> tuple[Chain, ...]:
        """Judge every case, those in the worst state first."""
        found = self._judged(list(cases))
        return tuple(sorted(found, key=lambda c: (c.due is None, -len(c.findings), -c.silent_days, c.case.ticket.key)))

    def chain(self, case: Case) -> Chain:
        """Say where one case stands."""
        return self._judged([case])[0]

    def _judged(self, cases: Sequence[Case]) -> list[Chain]:
        taken = [steps(case) for case in cases]
        owed = [_Owed(*self._owed(case, own)) for case, own in zip(cases, taken, strict=True)]
        last = [self._last_move(case, own.owner, own.since) for case, own in zip(cases, owed, strict=True)]
        silent = [self._until_now(meter, last) for meter in (self._days, self._hours)]
        ended = [case.defects[0].ended_at or self._as_of if case.defects else self._as_of for case in cases]
        idle = map(_Idle, *silent, self._until_now(self._days, ended))
        return [self._chain(*one) for one in zip(cases, taken, owed, idle, strict=True)]

    def _until_now(self, meter: Meter, since: Sequence[datetime]) -> list[float]:
        begin = all_micros(since)
        worked: list[float] = meter.worked(begin, numpy.full(len(begin), to_micros(self._as_of))).tolist()
        return worked

    def _chain(self, case: Case, taken: Mapping[Step, datetime], owed: _Owed, idle: _Idle) -> Chain:
        findings = tuple(self._findings(case, owed.due, idle))
        return Chain(case, taken, owed.due, owed.owner, owed.since, findings, idle.days if owed.due else 0.0)

    def _owed(self, case: Case, taken: Mapping[Step, datetime]) -> tuple[Step | None, Owner, datetime]:
        """Return the step that is due, who owes it, and since when."""
        ticket, defect = case.ticket, case.defects[0] if case.defects else None
        latest = max(taken.values())
        if defect is None:
            if not ticket.is_open:
                return None, Owner.NOBODY, latest
            due = Step.ESCALATED if case.escalated or case.gone or Step.TRIAGED in taken else Step.TRIAGED
            return due, Owner.SUPPORT, taken.get(Step.TRIAGED, ticket.created_at)
        if defect.is_open:
            if case.returned and case.returns:
                return Step.TRIAGED, Owner.SUPPORT, case.returns[-1]
            due = Step.FIXED if Step.ACKNOWLEDGED in taken else Step.ACKNOWLEDGED
            begun = taken.get(Step.ACKNOWLEDGED, taken[Step.ESCALATED])
            return due, Owner.ENGINEERING, max(begun, defect.reopened_at or begun)
        ended = defect.ended_at or latest
        if not ticket.is_open or ticket.told_at is not None:
            return None, Owner.NOBODY, ticket.told_at or ticket.ended_at or ended
        if defect.outcome is Outcome.FIXED and case.deployment_told and defect.deployed_at is None:
            return Step.DEPLOYED, Owner.RELEASE, ended
        return Step.TOLD, Owner.SUPPORT, defect.deployed_at or ended

    def _last_move(self, case: Case, owner: Owner, since: datetime) -> datetime:
        moved = case.support_moved_at if owner is Owner.SUPPORT else case.engineering_moved_at
        return since if moved is None or owner is Owner.RELEASE else max(since, moved)

    def _findings(self, case: Case, due: Step | None, idle: _Idle) -> Iterable[Finding]:
        ticket, defect = case.ticket, case.defects[0] if case.defects else None
        if ticket.is_open and defect is None and case.gone:
            yield Finding.GHOST
        elif ticket.is_open and defect is None and case.escalated:
            yield Finding.ORPHAN
        if due is not None and len(case.returns) >= self._limits.bounces:
            yield Finding.BOUNCED
        if due is not None and self._is_too_long(case, idle):
            yield Finding.STUCK
        if defect is not None:
            yield from self._between_both(ticket, defect, due, idle)

    def _between_both(self, ticket: Bug, defect: Bug, due: Step | None, idle: _Idle) -> Iterable[Finding]:
        if defect.is_open and ticket.is_open and _waits(ticket) and _waits(defect):
            yield Finding.DEADLOCK
        if due is Step.DEPLOYED:
            yield Finding.FIXED_NOT_DEPLOYED
        if due is Step.TOLD:
            yield _untold(defect)
        ranks = self._ranks.rank(ticket.severity), self._ranks.rank(defect.severity)
        if due and ranks[0] is not None and ranks[1] is not None and abs(ranks[0] - ranks[1]) >= 2:
            yield Finding.SEVERITY_MISMATCH
        if defect.is_open and not ticket.is_open:
            yield Finding.CLOSED_TOO_EARLY
        if ticket.is_open and not defect.is_open and idle.done_days > self._limits.open_after_done_days:
            yield Finding.DONE_BUT_OPEN

    def _is_too_long(self, case: Case, idle: _Idle) -> bool:
        grave = case.defects[0] if case.defects else case.ticket
        if self._ranks.is_rank(grave.severity, 1) or self._ranks.is_rank(case.ticket.severity, 1):
            return idle.hours > self._limits.gravest_hours
        return idle.days > self._limits.days


class _Owed(NamedTuple):
    """The step that is due, who owes it and since when."""

    due: Step | None
    owner: Owner
    since: datetime


class _Idle(NamedTuple):
    """How long the owing side has been silent, in working days and hours, and how long engineering has been done."""

    days: float
    hours: float
    done_days: float


def _untold(defect: Bug) -> Finding:
    if defect.outcome is not Outcome.FIXED:
        return Finding.DECLINED_NOT_TOLD
    return Finding.FIXED_NOT_TOLD if defect.deployed_at is None else Finding.DEPLOYED_NOT_TOLD


def _waits(bug: Bug) -> bool:
    return bool(bug.turns) and bug.turns[-1].category is StatusCategory.WAITING


def steps(case: Case) -> dict[Step, datetime]:
    """Return the steps a case has taken, each no earlier than the one before it."""
    ticket, defect = case.ticket, case.defects[0] if case.defects else None
    found: dict[Step, datetime | None] = {Step.REPORTED: ticket.created_at, Step.TRIAGED: ticket.acknowledged_at}
    if defect is not None:
        found[Step.ESCALATED] = case.escalated_at or max(ticket.created_at, defect.created_at)
        found[Step.ACKNOWLEDGED] = defect.acknowledged_at
        fixed = defect.outcome is Outcome.FIXED
        found[Step.FIXED] = defect.ended_at if fixed else None
        found[Step.DEPLOYED] = defect.deployed_at if fixed else None
        found[Step.TOLD] = ticket.told_at or (ticket.ended_at if not defect.is_open else None)
    taken: dict[Step, datetime] = {}
    last = ticket.created_at
    for step, at in found.items():
        if at is not None:
            last = max(last, at)
            taken[step] = last
    return taken


def gaps(chains: Sequence[Chain], as_of: datetime) -> dict[tuple[Step, Step], Waits]:
    """Return the waits between neighbouring steps, those still waiting censored; a chain that ended early competes."""
    taken = numpy.array([instants(chain.taken.get(step) for chain in chains) for step in Step])
    lasts = numpy.array([chain.due is not None for chain in chains], numpy.bool_)
    rest = numpy.where(lasts, to_micros(as_of), instants(chain.since for chain in chains))
    keys = [chain.case.ticket.key for chain in chains]
    found: dict[tuple[Step, Step], Waits] = {}
    for place, pair in enumerate(pairwise(Step)):
        begin, end, later = taken[place], taken[place + 1], taken[place + 2 :]
        skipped = (end == NEVER) & (later != NEVER).any(axis=0)
        own = numpy.flatnonzero((begin != NEVER) & ~skipped)
        cause = numpy.where(end != NEVER, 1, numpy.where(lasts, 0, 2))[own]
        days = numpy.maximum(numpy.where(end != NEVER, end, rest) - begin, 0)[own] / DAY
        if own.size:
            found[pair] = Waits(keys, own, days, cause, numpy.zeros(len(own)))
    return found


def ping_pong(chains: Sequence[Chain]) -> float | None:
    """Return the mean number of returns from engineering to support per case that was handed over."""
    handed = [chain for chain in chains if Step.ESCALATED in chain.taken]
    return sum(len(chain.case.returns) for chain in handed) / len(handed) if handed else None
