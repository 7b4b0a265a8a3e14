"""A judged gate in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pmbridge.assessment import (
    Acceptance,
    Decision,
    EnvironmentResult,
    GateRule,
    Requirement,
    SignOff,
    Waiver,
    WorkItem,
)
from pmbridge.history.phases import Life
from pmbridge.metrics.acceptance.authority import HeldSignoff, HeldWaiver
from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.gate import Judged, Judgement
from pmbridge.metrics.acceptance.matrix import Row
from pmbridge.metrics.acceptance.work_lists import Task
from pmbridge.model import Candidate, Ruling

#: How many tests without a requirement are named.
MOST_ORPHANS = 50


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that was found about one gate; ``lives`` is the work behind each requirement."""

    dossier: Dossier
    judgement: Judgement
    waivers: Sequence[HeldWaiver]
    ruling: Ruling | None
    candidate: Candidate | None
    digest: str
    lives: Mapping[str, Life]
    notes: tuple[str, ...]


def told(case: Case) -> Acceptance:
    """Tell a case."""
    f, matrix, lists = case.dossier.figures, case.dossier.matrix, case.dossier.lists
    environments = matrix.environments
    return Acceptance(
        verdict=case.judgement.verdict.value,
        coverage=f.coverage,
        verified=f.verified,
        pass_rate=f.pass_rate,
        requirements=tuple(_requirement(row, case.lives, environments) for row in matrix.rows),
        rules=tuple(map(_rule, case.judgement.rules)),
        waivers=tuple(map(_waiver, case.waivers)),
        reasons=case.judgement.reasons,
        pass_interval=f.pass_interval,
        verified_fresh=f.verified_fresh,
        verified_weighted=f.verified_weighted,
        progress=f.progress,
        first_pass=f.first_pass,
        flaky=f.flaky,
        stale=f.stale,
        build=case.candidate.build or case.candidate.commit if case.candidate else None,
        environments=environments,
        signoffs=tuple(_signoff(held) for own in case.dossier.signoffs.values() for held in own),
        decision=_decision(case.ruling),
        untracked_failures=tuple(map(_work, lists.untracked)),
        unconfirmed_fixes=tuple(map(_work, lists.unconfirmed)),
        orphans=tuple(test.key for test in matrix.orphans[:MOST_ORPHANS]),
        notes=case.notes,
        evidence_digest=case.digest,
    )


def _requirement(row: Row, lives: Mapping[str, Life], environments: Iterable[str | None]) -> Requirement:
    one, item = row.requirement, lives[row.requirement.key].item
    return Requirement(
        item=one.key,
        status=row.status.value,
        fresh=row.fresh,
        tests=tuple(proof.test.key for proof in row.proofs),
        title=one.title,
        url=one.url,
        priority=one.priority.value,
        characteristic=one.characteristic,
        owner=one.owner,
        parent=one.parent,
        met=row.met,
        flaky=row.only_flaky,
        doubts=row.doubts,
        environments=tuple(_cell(row, name) for name in environments) if row.proofs else (),
        source=item.source,
        id=item.id,
        project=item.project,
    )


def _cell(row: Row, environment: str | None) -> EnvironmentResult:
    runs = [c.execution for own in row.cells for c in own if c.environment == environment and c.execution is not None]
    return EnvironmentResult(
        environment=environment,
        status=row.in_environment(environment).value,
        last_run=max((run.at for run in runs), default=None),
        defects=tuple(dict.fromkeys(key for run in runs for key in run.defects)),
    )


def _rule(judged: Judged) -> GateRule:
    return GateRule(
        rule=judged.rule.name.value,
        level=judged.rule.level.value,
        status=judged.status.value,
        text=judged.finding.text,
        evidence=judged.finding.evidence,
        objections=tuple(one.text for one in judged.left),
    )


def _waiver(held: HeldWaiver) -> Waiver:
    one = held.waiver
    return Waiver(
        rule=one.rule.value,
        scope=", ".join(one.scope) or "the whole rule",
        approver=one.approver,
        reason=one.reason,
        expires=one.expires,
        author=one.author,
        void=held.void,
        follow_up=one.follow_up,
        where=one.where,
    )


def _signoff(held: HeldSignoff) -> SignOff:
    one = held.signoff
    return SignOff(
        rule=one.rule.value,
        by=one.by,
        at=one.at,
        outcome=one.outcome.value,
        build=one.build,
        void=held.void,
        where=one.where,
    )


def _decision(ruling: Ruling | None) -> Decision | None:
    if ruling is None:
        return None
    return Decision(decision=ruling.decision, by=ruling.by, at=ruling.at, reason=ruling.reason, where=ruling.where)


def _work(task: Task) -> WorkItem:
    return WorkItem(test=task.test, requirements=task.requirements, since=task.since, defect=task.defect)
