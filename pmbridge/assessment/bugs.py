"""Bug flow after a launch."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from pmbridge.assessment.bug_curves import Curve, GrowthCurve
from pmbridge.assessment.bug_delivery import Deliveries, Launch
from pmbridge.assessment.figures import Contract, Figure, FigureStatus, Moment


class SeverityDays(Contract):
    """The open defects of one severity by day; ``None`` is the class of those that have none.

    ``rank`` is the same for words that mean the same, 1 for the gravest.
    """

    severity: str | None
    rank: int | None = None
    backlog: tuple[int, ...]


class BugSeries(Contract):
    """Bug flow by local day; backlog = backlog of the day before + arrivals + reopens - closures.

    ``arrivals`` are defects, ``reports`` what customers told, ``internal`` finds of one's own. ``expected`` are
    arrivals as the days before let expect them, ``ceiling`` the most that chance lets arrive (the u-chart's limit),
    ``alarm`` the CUSUM as a share of its threshold.
    """

    dates: tuple[date, ...] = ()
    arrivals: tuple[int, ...] = ()
    closures: tuple[int, ...] = ()
    reopens: tuple[int, ...] = ()
    backlog: tuple[int, ...] = ()
    reports: tuple[int, ...] = ()
    internal: tuple[int, ...] = ()
    fixed: tuple[int, ...] = ()
    expected: tuple[float | None, ...] = ()
    alarm: tuple[float, ...] = ()
    ceiling: tuple[float | None, ...] = ()
    severities: tuple[SeverityDays, ...] = ()


class AgeRow(Contract):
    """Open defects of one severity by days of age: 0-2, 3-7, 8-14, 15-30, 31-60, over 60."""

    severity: str | None
    rank: int | None = None
    counts: tuple[int, ...]


class ClockTimes(Contract):
    """One clock, open ones counted in: the days by which half and 85 % had it, and the mean within thirty days.

    ``waiting`` are the keys still waiting, the longest first.
    """

    clock: str
    p50: Figure
    p85: Figure
    restricted_mean: Figure
    waiting: tuple[str, ...] = ()
    curve: Curve | None = None


class GroupTime(Contract):
    """One group of a comparison."""

    name: str
    n: int
    p50: float | None


class Comparison(Contract):
    """Whether groups are repaired equally fast: the probability of such a difference by chance (log-rank)."""

    by: str
    p: float
    groups: tuple[GroupTime, ...]


class Detection(Contract):
    """Defects found before the launch against those met within ``days`` after it; ``grave`` are the two first ranks."""

    days: int
    grave: bool = False
    before: int
    after: int
    detected: float | None
    interval: tuple[float, float] | None
    mature: bool


class Retriage(Contract):
    """How many defects have had their severity raised, and how many lowered, since they were written."""

    raised: int
    lowered: int


class Promise(Contract):
    """One bug whose promised time is used up or nearly so."""

    item: str
    url: str | None
    severity: str | None
    state: Literal["breached", "at risk"]
    used: float
    due: Moment | None


class Reliability(Contract):
    """How many defects are still to come, or why nobody can say; intervals are of 90 %.

    ``ahead`` is the expected number of the next thirty days, ``quiet`` the chance that there is none, ``intensity`` the
    number found a day now. ``gravest_ahead`` are those of the gravest severity in the next thirty days, by their share
    of what was found, ``gravest_chance`` the chance that there is any. ``tied`` is a model that explains the data as
    well; ``trend`` is Laplace's factor, negative where finding slows down.
    """

    status: Literal["ok", "refused", "unknown"]
    model: str | None
    residual: float | None
    interval: tuple[float, float] | None
    refusal: str | None
    rule: str | None = None
    tied: str | None = None
    n: int | None = None
    trend: float | None = None
    ahead: float | None = None
    ahead_interval: tuple[float, float] | None = None
    quiet: float | None = None
    intensity: float | None = None
    intensity_interval: tuple[float, float] | None = None
    gravest_ahead: float | None = None
    gravest_interval: tuple[float, float] | None = None
    gravest_chance: float | None = None
    curve: GrowthCurve | None = None


class Handoff(Contract):
    """One chain from a customer's report to a fix: ``step`` is due, ``owner`` owes it ``since`` then.

    ``findings`` name what is wrong; ``silent_days`` are working days without a move of the owner.
    """

    report: str
    defect: str | None
    step: str
    owner: str | None
    since: Moment | None
    text: str
    findings: tuple[str, ...] = ()
    silent_days: float | None = None
    severity: str | None = None
    report_url: str | None = None
    defect_url: str | None = None


class StepTimes(Contract):
    """The wait between two neighbouring steps of the chain, in days."""

    begin: str
    end: str
    n: int
    waiting: int
    p50: float | None
    p85: float | None


class Alert(Contract):
    """One episode of unusual arrivals: a rise, or a silence where reports were expected. ``charts`` noticed it."""

    series: str
    kind: Literal["rise", "silence"] = "rise"
    charts: tuple[str, ...] = ()
    since: Moment
    observed: float
    expected: float
    text: str
    until: Moment | None = None
    ongoing: bool = False
    driver: str | None = None
    items: tuple[str, ...] = ()


class Hypercare(Contract):
    """Whether the product is stable, since when or from when at the earliest, and whether hypercare may end.

    ``earliest`` is the first day of the present calm, or tomorrow where there is none, and ``settled_by`` the day by
    which that calm makes the product stable if it lasts.
    It is ``ongoing`` while the product is not stable or something presses: grave and open, a broken promise, a stuck
    chain.
    """

    ongoing: bool
    confirmed_on: date | None = None
    earliest: date | None = None
    settled_by: date | None = None
    missing: tuple[str, ...] = ()
    may_end: bool = False
    exit_missing: tuple[str, ...] = ()


class Voice(Contract):
    """An open defect with the customers behind it; the score ranks them."""

    item: str
    url: str | None
    reports: int
    customers: int | None
    first_heard: Moment
    last_heard: Moment
    score: float


class Lesson(Contract):
    """What was missing for an escaped defect to be seen in time."""

    item: str
    component: str | None
    gap: str
    requirement: str | None = None
    tests: tuple[str, ...] = ()


class ComponentLesson(Contract):
    """Escaped defects of a component beside the requirements and tests that were to catch them."""

    component: str
    escaped: int
    requirements: int
    tested: int
    late: int


class PacketLink(Contract):
    """A report by its key; whoever may see it can follow the address."""

    key: str
    url: str | None


class Packet(Contract):
    """What engineering should know of a defect from support, without a person's name or words.

    ``source``, ``id``, ``project`` and ``key`` address the engineering item.
    """

    source: str
    id: str
    project: str
    key: str
    url: str | None
    open: bool
    reports: int
    customers: int | None
    first_seen: Moment
    last_seen: Moment
    severity: str | None
    versions: tuple[str, ...] = ()
    links: tuple[PacketLink, ...] = ()


def _none() -> Figure:
    return Figure(value=None, unit="", status=FigureStatus.NOT_APPLICABLE, reasons=("not launched yet",))


class Bugs(Contract):
    """Bug flow after the launch.

    ``inherited`` was open when it happened, ``internal`` counts finds of one's own, ``left_out`` keys by the reason
    why they are counted nowhere. ``severity_from`` says whether severities or priorities are meant. ``not_deployed``
    are repairs that users do not have yet, the oldest first; ``bad_fixes`` counts defects that a repair brought in.
    """

    launched_at: Moment | None
    reports: int | None
    defects: int | None
    closed: int | None
    reopened: int | None
    backlog: int | None
    escaped_rate: float | None
    series: BugSeries = BugSeries()
    time_to_resolve_p50: Figure
    time_to_resolve_p85: Figure
    reopen_rate: Figure
    sla_attainment: Figure
    reliability: Reliability
    stabilised_on: date | None
    handoffs: tuple[Handoff, ...] = ()
    alerts: tuple[Alert, ...] = ()
    reasons: tuple[str, ...] = ()
    launch: Launch | None = None
    internal: int | None = None
    inherited: int | None = None
    inherited_open: int | None = None
    returned: tuple[str, ...] = ()
    left_out: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    severity_from: Literal["severity", "priority", "both", "none"] | None = None
    grave: tuple[str, ...] = ()
    ageing: tuple[AgeRow, ...] = ()
    clocks: tuple[ClockTimes, ...] = ()
    open_time_p50: Figure = _none()
    comparisons: tuple[Comparison, ...] = ()
    declined_rate: Figure = _none()
    change_fail_rate: Figure = _none()
    deliveries: Deliveries | None = None
    regression_rate: Figure = _none()
    regression_tiers: dict[str, int] = Field(default_factory=dict)
    bad_fixes: int | None = None
    retriage: Retriage | None = None
    detection: tuple[Detection, ...] = ()
    promises: tuple[Promise, ...] = ()
    not_deployed: tuple[str, ...] = ()
    steps: tuple[StepTimes, ...] = ()
    ping_pong: float | None = None
    unlinked_feedback: Figure = _none()
    voices: tuple[Voice, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    component_lessons: tuple[ComponentLesson, ...] = ()
    packets: tuple[Packet, ...] = ()
    hypercare: Hypercare | None = None
