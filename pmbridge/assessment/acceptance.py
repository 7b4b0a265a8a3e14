"""May we launch: requirements, rules, waivers and what people decided."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pmbridge.assessment.figures import Contract, Moment

Verdict = Literal["go", "conditional", "no-go", "unknown"]
Proof = Literal["OK", "NOK", "NOTRUN", "UNKNOWN", "UNCOVERED"]


class EnvironmentResult(Contract):
    """What the tests of a requirement say in one environment: a cell of the matrix."""

    environment: str | None
    status: Proof
    last_run: Moment | None
    defects: tuple[str, ...] = ()


class Requirement(Contract):
    """One requirement and what proves it.

    ``fresh`` is whether an OK still speaks of what would be launched, ``None`` where there is no OK; ``doubts`` say why
    it does not. ``met`` is what the gate counts. ``source``, ``id`` and ``project`` lead to the ticket.
    """

    item: str
    status: Proof
    fresh: bool | None
    tests: tuple[str, ...] = ()
    title: str = ""
    url: str | None = None
    priority: Literal["must", "should", "could"] = "must"
    characteristic: str | None = None
    owner: str | None = None
    parent: str | None = None
    met: bool = False
    flaky: bool = False
    doubts: tuple[str, ...] = ()
    environments: tuple[EnvironmentResult, ...] = ()
    source: str = ""
    id: str = ""
    project: str = ""


class GateRule(Contract):
    """One rule of the gate and whether it holds; ``objections`` are what stands against it after the waivers."""

    rule: str
    level: Literal["must", "should"]
    status: Literal["holds", "fails", "waived", "unknown"]
    text: str
    evidence: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


class Waiver(Contract):
    """An accepted exception with its approver and end; ``void`` says why it excuses nothing, if so."""

    rule: str
    scope: str
    approver: str
    reason: str
    expires: date | None
    author: str = ""
    void: str | None = None
    follow_up: str | None = None
    where: str = ""


class SignOff(Contract):
    """A person's word about a rule; ``void`` says why it does not count, if so."""

    rule: str
    by: str
    at: Moment
    outcome: str
    build: str | None
    void: str | None = None
    where: str = ""


class Decision(Contract):
    """What the accountable person decided, beside the computed verdict."""

    decision: str
    by: str
    at: Moment
    reason: str | None
    where: str = ""


class WorkItem(Contract):
    """A failing test that somebody has to act on; ``defect`` is the repair that nobody has confirmed."""

    test: str
    requirements: tuple[str, ...]
    since: Moment
    defect: str | None = None


class SinceLast(Contract):
    """What is different from the last assessment."""

    verdict: Verdict
    as_of: Moment
    changes: tuple[str, ...] = ()


class AcceptanceTrend(Contract):
    """Requirements in scope by what their tests said at the end of each local day, and when all must-haves will hold.

    The six counts of a day add up to its scope; ``ok`` is fresh, ``joined`` and ``left`` are what came in and went out.
    Which build would have been launched on a past day is not known, so only age and changed texts made passes stale
    then; the last day is the gate as it stands. ``newly_met`` counts must-haves that became proven in each whole week,
    oldest first; the percentiles follow from it, or ``refusal`` says why there are none.
    """

    dates: tuple[date, ...] = ()
    ok: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    nok: tuple[int, ...] = ()
    notrun: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    uncovered: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    unmet: int = 0
    newly_met: tuple[int, ...] = ()
    p50: date | None = None
    p85: date | None = None
    p95: date | None = None
    refusal: str | None = None


class Acceptance(Contract):
    """May we launch: the verdict and its evidence.

    ``coverage`` is covered / in scope, ``verified`` is OK / in scope, ``pass_rate`` passed / (passed + failed).
    ``evidence_digest`` names everything the verdict rests on.
    """

    verdict: Verdict
    coverage: float | None
    verified: float | None
    pass_rate: float | None
    requirements: tuple[Requirement, ...] = ()
    rules: tuple[GateRule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    reasons: tuple[str, ...] = ()
    pass_interval: tuple[float, float] | None = None
    verified_fresh: float | None = None
    verified_weighted: float | None = None
    progress: float | None = None
    first_pass: float | None = None
    flaky: float | None = None
    stale: int = 0
    build: str | None = None
    environments: tuple[str | None, ...] = ()
    signoffs: tuple[SignOff, ...] = ()
    decision: Decision | None = None
    untracked_failures: tuple[WorkItem, ...] = ()
    unconfirmed_fixes: tuple[WorkItem, ...] = ()
    orphans: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    since_last: SinceLast | None = None
    evidence_digest: str | None = None
    trend: AcceptanceTrend | None = None
