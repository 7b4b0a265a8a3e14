"""Decisions that an approver wrote as one line of a tracker comment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pmbridge.model import Decisions, Outcome, RuleName, Ruling, Signoff, Waiver

_LINE = re.compile(r"^pmbridge:\s*(?P<verb>waive|sign-off|decide)\s+(?P<rest>\S.*)$")
_SIGNOFF = re.compile(
    r"^(?P<rule>[a-z-]+)(?:\s+(?P<outcome>passed|failed|not-applicable))?(?:\s+on\s+(?P<build>\S+))?$"
)
_WAIVE = re.compile(
    r"^(?P<rule>[a-z-]+)(?:\s+for\s+(?P<scope>\S+(?:\s*,\s*\S+)*?))?(?:\s+on\s+(?P<build>\S+))?"
    r"\s+until\s+(?P<expires>\d{4}-\d{2}-\d{2})\s+asked\s+by\s+(?P<author>\S+)\s+because\s+(?P<reason>\S.*)$"
)
_DECIDE = re.compile(
    r"^(?P<decision>go|conditional|no-go)(?:\s+on\s+(?P<build>\S+))?(?:\s+because\s+(?P<reason>\S.*))?$"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A comment in the tracker that belongs to a milestone, with what the tracker knows of it.

    ``mirrored`` is true where another system wrote it, whoever it names.
    """

    milestone: str
    author: str
    at: datetime
    text: str
    where: str
    edited: bool = False
    mirrored: bool = False


def statements(rows: Iterable[Statement]) -> Decisions:
    """Take decisions from comments; what looks like one and cannot be taken is rejected with the reason.

    Whether the author is listed is for the gate to judge. Lines in quotes do not count, nor does an edited or mirrored
    comment: nobody can tell who wrote it.
    """
    waivers: list[Waiver] = []
    signoffs: list[Signoff] = []
    rulings: list[Ruling] = []
    rejected: list[str] = []
    for row in rows:
        for line in filter(None, (_LINE.match(line.strip()) for line in row.text.splitlines())):
            made = _refusal(row) or _decision(row, line["verb"], line["rest"].strip())
            match made:
                case Waiver():
                    waivers.append(made)
                case Signoff():
                    signoffs.append(made)
                case Ruling():
                    rulings.append(made)
                case str():
                    rejected.append(f"{row.where}, {row.author}: {made}")
    return Decisions(waivers=tuple(waivers), signoffs=tuple(signoffs), rulings=tuple(rulings), rejected=tuple(rejected))


def _refusal(row: Statement) -> str | None:
    if row.edited:
        return "the comment was edited; write a new one"
    return "the comment was mirrored from elsewhere; write it in this tracker" if row.mirrored else None


def _decision(row: Statement, verb: str, rest: str) -> Waiver | Signoff | Ruling | str:
    match verb:
        case "sign-off":
            return _signoff(row, rest)
        case "waive":
            return _waiver(row, rest)
        case _:
            return _ruling(row, rest)


def _signoff(row: Statement, rest: str) -> Signoff | str:
    found = _SIGNOFF.match(rest)
    if not found or found["rule"] not in set(RuleName):
        return "write: pmbridge: sign-off RULE [passed|failed|not-applicable] [on BUILD]"
    return Signoff(
        milestone=row.milestone,
        rule=RuleName(found["rule"]),
        by=row.author,
        at=row.at,
        build=found["build"],
        outcome=Outcome(found["outcome"] or Outcome.PASSED),
        where=row.where,
    )


def _waiver(row: Statement, rest: str) -> Waiver | str:
    found = _WAIVE.match(rest)
    if not found or found["rule"] not in set(RuleName):
        return "write: pmbridge: waive RULE [for KEY,KEY] [on BUILD] until DATE asked by NAME because REASON"
    try:
        expires = date.fromisoformat(found["expires"])
    except ValueError:
        return f"{found['expires']} is no date"
    return Waiver(
        milestone=row.milestone,
        rule=RuleName(found["rule"]),
        scope=tuple(key.strip() for key in (found["scope"] or "").split(",") if key.strip()),
        reason=found["reason"],
        author=found["author"],
        approver=row.author,
        approved_at=row.at,
        expires=expires,
        build=found["build"],
        where=row.where,
    )


def _ruling(row: Statement, rest: str) -> Ruling | str:
    found = _DECIDE.match(rest)
    if not found:
        return "write: pmbridge: decide go|conditional|no-go [on BUILD] [because REASON]"
    return Ruling(
        milestone=row.milestone,
        decision=found["decision"],
        by=row.author,
        at=row.at,
        build=found["build"],
        reason=found["reason"],
        where=row.where,
    )
