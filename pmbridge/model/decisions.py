"""What people decide about a launch: the candidate, waivers, sign-offs and the ruling itself."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pmbridge.model.refs import Frozen, Instant


class RuleName(StrEnum):
    """The rules a gate can hold a launch to."""

    REQUIREMENTS_VERIFIED = "requirements-verified"
    NO_OPEN_BLOCKER = "no-open-blocker"
    NO_FAILING_ENVIRONMENT = "no-failing-environment"
    QUALITY_PROVEN = "quality-proven"
    NO_UNTRACKED_FAILURE = "no-untracked-failure"
    NO_UNCONFIRMED_FIX = "no-unconfirmed-fix"
    ROLLBACK_REHEARSED = "rollback-rehearsed"
    UAT_SIGNED_OFF = "uat-signed-off"
    MIGRATION_REHEARSED = "migration-rehearsed"
    SHOULD_HAVES_VERIFIED = "should-haves-verified"
    PASS_RATE = "pass-rate"
    FLAKY_SHARE = "flaky-share"
    PROOF_NOT_FLAKY = "proof-not-flaky"
    ARRIVALS_FALLING = "arrivals-falling"
    RUNBOOK = "runbook"
    TRAINING = "training"
    SUPPORT_BRIEFED = "support-briefed"
    MONITORING_LIVE = "monitoring-live"


#: The rules that nothing but a person's word can fulfil.
ATTESTED = frozenset(
    {
        RuleName.ROLLBACK_REHEARSED,
        RuleName.UAT_SIGNED_OFF,
        RuleName.MIGRATION_REHEARSED,
        RuleName.RUNBOOK,
        RuleName.TRAINING,
        RuleName.SUPPORT_BRIEFED,
        RuleName.MONITORING_LIVE,
    }
)


class Candidate(Frozen):
    """The build that may be launched; ``includes`` are builds or commits it contains, ``at`` is when it was built.

    ``changed`` are the files or components in which it differs from the builds that were tested and that it does not
    contain; ``None`` where nobody says.
    """

    milestone: str
    build: str | None = None
    commit: str | None = None
    at: Instant | None = None
    includes: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None

    @property
    def names(self) -> frozenset[str]:
        """What this build is called, and the builds it contains."""
        return frozenset(name for name in (self.build, self.commit, *self.includes) if name)


class Waiver(Frozen):
    """An exception that somebody with the right to do so accepted.

    ``scope`` lists what of the rule is waived, by key; empty is the whole rule. ``build`` is the build it was granted
    for; on another one it is void unless it ``carries_over``.
    """

    milestone: str
    rule: RuleName
    scope: tuple[str, ...] = ()
    reason: str
    risk: str | None = None
    control: str | None = None
    author: str
    approver: str
    approved_at: Instant | None = None
    expires: date | None = None
    build: str | None = None
    carries_over: bool = False
    follow_up: str | None = None
    where: str = "decisions.yaml"


class Outcome(StrEnum):
    """What a person attests."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"


class Signoff(Frozen):
    """A person's word that a rule is fulfilled, for one build."""

    milestone: str
    rule: RuleName
    by: str
    at: Instant
    build: str | None = None
    outcome: Outcome = Outcome.PASSED
    note: str | None = None
    where: str = "decisions.yaml"


class Ruling(Frozen):
    """What the accountable person decided, whatever was computed."""

    milestone: str
    decision: str
    by: str
    at: Instant
    build: str | None = None
    reason: str | None = None
    where: str = "decisions.yaml"


class Decisions(Frozen):
    """Everything people decided; ``rejected`` says what could not be taken for a decision, and why."""

    candidates: tuple[Candidate, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    signoffs: tuple[Signoff, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    rejected: tuple[str, ...] = ()
