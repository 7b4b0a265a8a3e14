"""The verdict: may we launch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pmbridge.metrics.acceptance.authority import HeldWaiver
from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.finding import Finding, Holds, Objection
from pmbridge.metrics.acceptance.rules import KINDS, OF_SEVERAL, ask
from pmbridge.metrics.wording import count, listed
from pmbridge.model import RuleName


class Verdict(StrEnum):
    """May we launch: automation takes ``unknown`` for ``no-go``."""

    GO = "go"
    CONDITIONAL = "conditional"
    NO_GO = "no-go"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """How much depends on a rule."""

    MUST = "must"
    SHOULD = "should"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and how much depends on it; a gate is a list of these."""

    name: RuleName
    level: Level


MUST = (
    RuleName.REQUIREMENTS_VERIFIED,
    RuleName.NO_OPEN_BLOCKER,
    RuleName.NO_FAILING_ENVIRONMENT,
    RuleName.QUALITY_PROVEN,
    RuleName.NO_UNTRACKED_FAILURE,
    RuleName.NO_UNCONFIRMED_FIX,
    RuleName.ROLLBACK_REHEARSED,
    RuleName.UAT_SIGNED_OFF,
    RuleName.MIGRATION_REHEARSED,
)
SHOULD = (
    RuleName.SHOULD_HAVES_VERIFIED,
    RuleName.PASS_RATE,
    RuleName.FLAKY_SHARE,
    RuleName.PROOF_NOT_FLAKY,
    RuleName.ARRIVALS_FALLING,
    RuleName.RUNBOOK,
    RuleName.TRAINING,
    RuleName.SUPPORT_BRIEFED,
    RuleName.MONITORING_LIVE,
)


def rules(must: Iterable[RuleName] = MUST, should: Iterable[RuleName] = SHOULD) -> tuple[Rule, ...]:
    """Make the list of rules; one that is in both is a must."""
    musts = tuple(dict.fromkeys(must))
    rest = (name for name in dict.fromkeys(should) if name not in musts)
    return (*(Rule(name, Level.MUST) for name in musts), *(Rule(name, Level.SHOULD) for name in rest))


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule, what it found, and what is left of that after the waivers."""

    rule: Rule
    finding: Finding
    status: Holds
    left: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with every rule; ``reasons`` are sentences, the weightiest first."""

    verdict: Verdict
    rules: tuple[Judged, ...]
    reasons: tuple[str, ...]


def judge(
    dossier: Dossier,
    asked: Sequence[Rule],
    waivers: Sequence[HeldWaiver] = (),
    unwaivable: Collection[RuleName] = frozenset(),
) -> Judgement:
    """Put every rule to the dossier; waivers of ``unwaivable`` rules (legal holds, say) excuse nothing.

    go: all must-rules hold. conditional: they hold with live waivers, or only should-rules do not hold. no-go: a
    must-rule fails. unknown: something is missing to judge a must-rule and none fails.
    """
    usable = [held for held in waivers if held.waiver.rule not in unwaivable]
    judged = tuple(_judged(rule, ask(rule.name, dossier), usable) for rule in asked)
    return Judgement(_verdict(judged), judged, tuple(_reasons(judged)))


def _judged(rule: Rule, finding: Finding, waivers: Iterable[HeldWaiver]) -> Judged:
    if finding.status is Holds.HOLDS:
        return Judged(rule, finding, Holds.HOLDS, ())
    own = [held for held in waivers if held.waiver.rule == rule.name]
    left = tuple(
        one for one in finding.objections if not one.waivable or not any(held.covers(one.scope) for held in own)
    )
    if not left:
        return Judged(rule, finding, Holds.WAIVED, ())
    blind = all(one.kind == "unknown" and not one.waivable for one in left)
    return Judged(rule, finding, Holds.UNKNOWN if blind else Holds.FAILS, left)


def _verdict(judged: Sequence[Judged]) -> Verdict:
    must = {one.status for one in judged if one.rule.level is Level.MUST}
    if Holds.FAILS in must:
        return Verdict.NO_GO
    if Holds.UNKNOWN in must:
        return Verdict.UNKNOWN
    return Verdict.GO if all(one.status is Holds.HOLDS for one in judged) else Verdict.CONDITIONAL


_WEIGHT = {Holds.FAILS: 0, Holds.UNKNOWN: 1, Holds.WAIVED: 2}


def _reasons(judged: Iterable[Judged]) -> Iterator[str]:
    """Say what keeps the verdict from go: must-rules first, those that fail before those that nobody knows."""
    open_ = [one for one in judged if one.status is not Holds.HOLDS]
    for one in sorted(open_, key=lambda j: (j.rule.level is Level.SHOULD, _WEIGHT[j.status])):
        if one.status is Holds.WAIVED:
            yield f"{one.rule.name}: {one.finding.text}, which is waived"
        else:
            yield from _sentences(one)


def _sentences(judged: Judged) -> Iterator[str]:
    """Tell what is left of a finding, one sentence for each kind of objection."""
    for kind in dict.fromkeys(one.kind for one in judged.left):
        own = [one for one in judged.left if one.kind == kind]
        if kind in KINDS and len(own) > 1:
            keys = listed([one.scope for one in own])
            yield f"{judged.rule.name}: {count(len(own), 'requirement')} {OF_SEVERAL[kind]}: {keys}"
        elif len(own) > 1:
            yield f"{judged.rule.name}: {judged.finding.text}: {listed([one.scope for one in own])}"
        else:
            yield f"{judged.rule.name}: {own[0].text if len(judged.left) > 1 else _only(judged, own[0])}"


def _only(judged: Judged, objection: Objection) -> str:
    return objection.text if objection.kind in KINDS else judged.finding.text
