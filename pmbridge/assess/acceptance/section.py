"""The gate of one milestone: its dossier, its rules, the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from pmbridge.assess.acceptance import defects as bugs
from pmbridge.assess.acceptance.evidence import Evidence
from pmbridge.assess.acceptance.needs import Need, is_inside, members, needs
from pmbridge.assess.acceptance.since import since_last
from pmbridge.assess.acceptance.told import Case, told
from pmbridge.assess.acceptance.trend import trend
from pmbridge.assess.acceptance.voices import authority, by_one_name
from pmbridge.assess.reading import Reading as ProductReading
from pmbridge.assessment import Acceptance
from pmbridge.config.product import ProductSettings
from pmbridge.history.merging import MergedMilestone, normal_title
from pmbridge.history.records import ItemId
from pmbridge.metrics.acceptance.arrivals import arrival_trend
from pmbridge.metrics.acceptance.authority import Moment, held_signoffs, held_waivers, ruling
from pmbridge.metrics.acceptance.digest import evidence_digest
from pmbridge.metrics.acceptance.dossier import Dossier, Limits
from pmbridge.metrics.acceptance.figures import figures
from pmbridge.metrics.acceptance.gate import MUST, SHOULD, Rule, judge, rules
from pmbridge.metrics.acceptance.matrix import Matrix, matrix
from pmbridge.metrics.acceptance.staleness import Freshness
from pmbridge.metrics.acceptance.standing import Reading, proof
from pmbridge.metrics.acceptance.work_lists import WorkLists, work_lists
from pmbridge.metrics.wording import listed
from pmbridge.model import Candidate, Decisions, Origin, TestCase

#: How far back the trend of arrivals looks.
TREND = timedelta(days=42)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Gate:
    """One milestone before its gate."""

    milestone: MergedMilestone
    reading: ProductReading
    settings: ProductSettings
    evidence: Evidence
    decisions: Decisions
    candidate: Candidate | None
    declared: bool

    @property
    def moment(self) -> Moment:
        return Moment(self.reading.as_of, self.reading.today, self.candidate)


def acceptance(
    milestone: MergedMilestone,
    reading: ProductReading,
    settings: ProductSettings,
    evidence: Evidence,
    previous: tuple[Acceptance, datetime] | None = None,
) -> Acceptance:
    """Judge one milestone; ``previous`` is what was said last time, and when, if anything was."""
    decisions = by_one_name(_of_milestone(reading.history.decisions, milestone), reading.who)
    wanted = needs(milestone, reading, evidence)
    own = _own_tests(wanted, evidence, milestone, reading)
    candidate, declared = _candidate(decisions, settings, reading, own, evidence)
    gate = _Gate(milestone, reading, settings, evidence, decisions, candidate, declared)
    how = _how(gate)
    proofs = [proof(test, evidence.of(test), how) for test in own]
    whole = matrix([need.requirement for need in wanted], proofs, evidence.covers)
    lists = work_lists(whole, evidence.defects, evidence.linked)
    found = _judged(gate, wanted, whole, lists)
    beside = {
        "trend": trend(milestone, reading, evidence, whole, how),
        "since_last": None if previous is None else since_last(found, *previous),
    }
    return found.model_copy(update=beside)


def _judged(gate: _Gate, wanted: Sequence[Need], whole: Matrix, lists: WorkLists) -> Acceptance:
    whose, asked = authority(gate.settings, gate.reading.who), _rules(gate.settings)
    waivers = held_waivers(gate.decisions.waivers, whose, gate.moment)
    own = members(gate.milestone, gate.reading, gate.evidence.roles.bugs)
    as_of = gate.reading.as_of
    dossier = Dossier(
        matrix=whole,
        figures=figures(whole),
        lists=lists,
        open_defects=bugs.open_ones(gate.evidence.defects, {life.item.key for life in own}),
        environments=gate.settings.acceptance.environments,
        signoffs=held_signoffs(gate.decisions.signoffs, whose, gate.moment),
        arrivals=arrival_trend([life.created_at for life in own], as_of - TREND, as_of),
        limits=_limits(gate.settings),
    )
    case = Case(
        dossier=dossier,
        judgement=judge(dossier, asked, waivers, frozenset(gate.settings.acceptance.never_waived)),
        waivers=waivers,
        ruling=ruling(gate.decisions.rulings, whose, gate.moment),
        candidate=gate.candidate,
        digest=evidence_digest(dossier, asked, waivers, gate.candidate),
        lives={need.requirement.key: need.life for need in wanted},
        notes=_notes(gate, whole),
    )
    return told(case)


def _of_milestone(decisions: Decisions, milestone: MergedMilestone) -> Decisions:
    """Keep what was decided about one milestone, by its title or key."""
    names = {normal_title(milestone.title), normal_title(milestone.key)}
    return Decisions(
        candidates=tuple(one for one in decisions.candidates if normal_title(one.milestone) in names),
        waivers=tuple(one for one in decisions.waivers if normal_title(one.milestone) in names),
        signoffs=tuple(one for one in decisions.signoffs if normal_title(one.milestone) in names),
        rulings=tuple(one for one in decisions.rulings if normal_title(one.milestone) in names),
        rejected=decisions.rejected,
    )


def _own_tests(
    wanted: Sequence[Need], evidence: Evidence, milestone: MergedMilestone, reading: ProductReading
) -> list[TestCase]:
    """Return the tests of a milestone's requirements, and those that cover nothing: test issues only its own."""
    keys = {need.requirement.key for need in wanted}
    found = []
    for test in evidence.tests:
        id_ = test.source, test.id
        covered = evidence.covers.get(id_, ())
        orphan = not covered and _may_be_orphan(test, milestone, reading)
        if id_ not in evidence.silence.retired and (orphan or not keys.isdisjoint(covered)):
            found.append(test)
    return found


def _may_be_orphan(test: TestCase, milestone: MergedMilestone, reading: ProductReading) -> bool:
    """Say whether a test without a requirement lacks one: boxes, scenarios and labels belong where they stand."""
    if test.origin in (Origin.CHECKLIST, Origin.SCENARIO, Origin.LABEL):
        return False
    return test.origin is not Origin.TEST_ISSUE or _is_own((test.source, test.id), milestone, reading)


def _is_own(test: ItemId, milestone: MergedMilestone, reading: ProductReading) -> bool:
    life = reading.owner.get(test)
    return life is not None and is_inside(life, milestone, reading)


def _how(gate: _Gate) -> Reading:
    own = gate.settings.acceptance
    return Reading(
        freshness=Freshness(
            as_of=gate.reading.as_of,
            max_age=timedelta(days=own.fresh_days),
            candidate=gate.candidate if gate.declared else None,
            touched=_touched(gate),
        ),
        version=_version(gate),
        plan=own.plan if own.results_of == "plan" else None,
        environments=own.environments,
        unnamed=own.unnamed_environment,
        quarantined=gate.evidence.quarantined,
        unreported=gate.evidence.silence.unreported,
    )


def _touched(gate: _Gate) -> frozenset[str] | None:
    """Return the components that the candidate's changed files belong to, and those that it names itself."""
    changed = gate.candidate.changed if gate.candidate is not None else None
    if changed is None:
        return None
    owned = gate.settings.acceptance.components
    by_file = {name for name, own in owned.items() for file in changed if any(fnmatchcase(file, one) for one in own)}
    return frozenset(name.casefold() for name in (*by_file, *changed))


def _version(gate: _Gate) -> frozenset[str]:
    """Return the names under which runs may speak of the milestone, if only those count."""
    if gate.settings.acceptance.results_of != "version":
        return frozenset()
    return frozenset(name.casefold() for name in (gate.milestone.title, *(face.title for face in gate.milestone.faces)))


def _candidate(
    decisions: Decisions,
    settings: ProductSettings,
    reading: ProductReading,
    tests: Sequence[TestCase],
    evidence: Evidence,
) -> tuple[Candidate | None, bool]:
    """Return the build in question, and whether somebody declared it.

    The last one declared by the instant wins, then the configured one; else it is the newest that any test ran on,
    which voids older sign-offs and makes no result stale.
    """
    known = [one for one in decisions.candidates if one.at is None or one.at <= reading.as_of]
    if known:
        return max(enumerate(known), key=lambda pair: (pair[1].at or _NEVER, pair[0]))[1], True
    if settings.acceptance.build:
        return Candidate(milestone="", build=settings.acceptance.build), True
    runs = [row for test in tests for row in evidence.of(test) if row.build]
    newest = max(runs, key=lambda row: (row.at, row.id), default=None)
    if newest is None:
        return None, False
    return Candidate(milestone="", build=newest.build, commit=newest.commit), False


def _notes(gate: _Gate, whole: Matrix) -> tuple[str, ...]:
    renamed = [
        f"{old[1]} was renamed: {new[1]} starts without a past" for old, new in gate.evidence.silence.retired.items()
    ]
    torn = [
        f"{p.test.key} has contradicting results of one instant: the worst counts"
        for p in whole.proofs
        if p.contradictory
    ]
    lost = [p.test.key for p in whole.proofs if (p.test.source, p.test.id) in gate.evidence.silence.unreported]
    quiet = [f"{listed(lost)} not reported by the last run: counted as not run"] if lost else []
    return (*gate.decisions.rejected, *sorted(renamed), *sorted(torn), *quiet)


def _limits(settings: ProductSettings) -> Limits:
    limits = settings.acceptance.limits
    return Limits(
        should_verified=limits.should_verified,
        pass_rate_lower=limits.pass_rate_lower,
        flaky_share=limits.flaky_share,
        characteristics=tuple(name.casefold() for name in settings.acceptance.characteristics),
    )


def _rules(settings: ProductSettings) -> tuple[Rule, ...]:
    gate = settings.acceptance
    return rules(MUST if gate.must is None else gate.must, SHOULD if gate.should is None else gate.should)
