"""Whose word counts: waivers and sign-offs held against approvers, expiry, and the build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pmbridge.model import Candidate, RuleName, Ruling, Signoff, Waiver

#: The key under which those are listed who may decide about any rule.
ANY_RULE = "*"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may decide about which rule, by user name; without anybody listed nobody may."""

    approvers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    accountable: str | None = None

    def may_decide(self, person: str, rule: RuleName) -> bool:
        """Say whether a person is listed for a rule."""
        listed = (*self.approvers.get(rule, ()), *self.approvers.get(ANY_RULE, ()))
        return person.casefold() in {name.casefold() for name in listed}


@dataclass(frozen=True, slots=True)
class Moment:
    """When and about what it is judged: the instant, its local day, and the build at hand, if one is known."""

    as_of: datetime
    today: date
    candidate: Candidate | None = None

    def another_build(self, build: str | None, at: datetime | None) -> str | None:
        """Say if a decision was made about another build than the one at hand.

        One that names no build is placed by time: it must not be older than the candidate.
        """
        if self.candidate is None:
            return None
        if build is not None:
            own = {name for name in (self.candidate.build, self.candidate.commit) if name}
            return None if not own or build in own else f"it was given for {build}, and a new build came"
        older = at is not None and self.candidate.at is not None and at < self.candidate.at
        return "a new build came after it" if older else None


@dataclass(frozen=True, slots=True)
class HeldWaiver:
    """A waiver and why it is void; ``None`` if it is live."""

    waiver: Waiver
    void: str | None

    def covers(self, scope: str) -> bool:
        """Say whether it excuses something."""
        return self.void is None and (not self.waiver.scope or scope in self.waiver.scope)


@dataclass(frozen=True, slots=True)
class HeldSignoff:
    """A sign-off and why it is void; ``None`` if it stands."""

    signoff: Signoff
    void: str | None


def held_waivers(waivers: Iterable[Waiver], authority: Authority, moment: Moment) -> tuple[HeldWaiver, ...]:
    """Judge waivers; those granted after the instant are not there yet."""
    known = (one for one in waivers if one.approved_at is None or one.approved_at <= moment.as_of)
    return tuple(HeldWaiver(one, _void_waiver(one, authority, moment)) for one in known)


def _void_waiver(waiver: Waiver, authority: Authority, moment: Moment) -> str | None:
    if waiver.expires is None:
        return "it has no expiry"
    if waiver.expires < moment.today:
        return f"it expired on {waiver.expires.isoformat()}"
    if waiver.author.casefold() == waiver.approver.casefold():
        return "its author approved it"
    if not authority.may_decide(waiver.approver, waiver.rule):
        return f"{waiver.approver} is not listed as approver for {waiver.rule}"
    return None if waiver.carries_over else moment.another_build(waiver.build, waiver.approved_at)


def held_signoffs(
    signoffs: Iterable[Signoff], authority: Authority, moment: Moment
) -> dict[RuleName, tuple[HeldSignoff, ...]]:
    """Judge sign-offs, each rule's newest first."""
    found: dict[RuleName, list[HeldSignoff]] = {}
    for one in sorted(signoffs, key=lambda s: (s.at, s.by, s.outcome), reverse=True):
        if one.at <= moment.as_of:
            found.setdefault(one.rule, []).append(HeldSignoff(one, _void_signoff(one, authority, moment)))
    return {rule: tuple(own) for rule, own in found.items()}


def _void_signoff(signoff: Signoff, authority: Authority, moment: Moment) -> str | None:
    if not authority.may_decide(signoff.by, signoff.rule):
        return f"{signoff.by} is not listed as approver for {signoff.rule}"
    return moment.another_build(signoff.build, signoff.at)


def ruling(rulings: Iterable[Ruling], authority: Authority, moment: Moment) -> Ruling | None:
    """Return what the accountable person last decided about the build at hand."""
    valid = (
        one
        for one in rulings
        if one.at <= moment.as_of
        and authority.accountable is not None
        and one.by.casefold() == authority.accountable.casefold()
        and moment.another_build(one.build, one.at) is None
    )
    return max(valid, key=lambda one: one.at, default=None)
