"""The parameters of the simulated project: what is planned and at what rates things happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Team(StrEnum):
    """The teams; Platform plans in GitLab, the others in Jira."""

    CHECKOUT = "checkout"
    CATALOGUE = "catalogue"
    PLATFORM = "platform"


class Role(StrEnum):
    """What a milestone is in the story on the day it is told."""

    EARLIER = "earlier"
    LAUNCHED = "launched"
    GATE = "gate"
    TROUBLE = "trouble"
    FAR = "far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """A bad week after a launch: so many defects more in one component, from a day after the launch on.

    One cause is behind them, so that each takes a few ``hours`` only.
    """

    day: float
    days: float
    defects: int
    team: Team
    component: str
    hours: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePlan:
    """One milestone as its product owners plan it; ``start`` and ``due`` are days from now.

    ``items`` are written in the ``lead_days`` before the start, ``growth`` more of them (as a share) arrive evenly
    between start and due; ``unestimated`` is the share without points. ``size`` multiplies the effort of its
    items, ``hardship`` the chance of getting blocked, ``outside_days`` is the median wait for a party outside.
    ``keeper`` is the one person trusted with ``keeper_share`` of the items of the own team. A ``negotiable``
    scope is cut when it does not fit. ``tests`` are test issues per requirement, ``latent`` the defects per
    finished item that only users will find; a ``storm`` adds those of a bad week. ``headline`` milestones have an epic
    and a tracking issue.
    """

    role: Role
    title: str
    start: int
    due: int
    items: int
    size: float = 1.0
    growth: float = 0.12
    unestimated: float = 0.06
    hardship: float = 1.0
    outside_days: float = 4.0
    keeper: str | None = None
    keeper_share: float = 0.0
    negotiable: bool = True
    tests: float = 0.0
    latent: float = 0.12
    lead_days: int = 16
    headline: bool = False
    storm: Storm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How people work: hours are hours of effort, probabilities are per occasion named."""

    focus: float = 0.62
    effort_spread: float = 0.72
    story_hours: float = 9.5
    task_hours: float = 5.5
    bug_hours: float = 4.5
    hours_per_point: float = 4.0
    wip_limit: int = 2
    head_start_days: int = 3
    wander: float = 0.15
    second_item: float = 0.17
    stretch_hours: tuple[float, float] = (0.8, 3.2)
    review_hours: tuple[float, float] = (0.3, 1.6)
    review_first: float = 0.7
    review_skipped: float = 0.08
    rework: float = 0.18
    rework_share: tuple[float, float] = (0.1, 0.4)
    blocked: float = 0.035
    blocked_by_item: float = 0.6
    logged: float = 0.72
    reopened: float = 0.05
    bug_reopened: float = 0.12
    found_bugs: float = 0.08
    split: float = 0.3
    split_from_points: float = 13
    cancelled_weekly: float = 0.006
    reestimated_weekly: float = 0.012
    estimated_later: float = 0.5
    assigned: float = 0.1
    commented: float = 0.16
    mirrored: float = 0.23
    subtasks: float = 0.016
    due_date: float = 0.1
    bare: float = 0.02
    hostile: float = 0.045
    restricted: float = 0.008
    deferred_weekly: float = 0.03
    test_pass: float = 0.75
    test_phase_days: int = 29
    test_days: float = 5.0
    requirement_edited: float = 0.08
    accepted: float = 0.86


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How defects surface after a launch: ``discovery_days`` is the mean time until users meet one."""

    discovery_days: float = 15.0
    duplicate: float = 0.16
    wont_do: float = 0.08
    not_reproducible: float = 0.05
    deferred: float = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What else the support desk does after a launch of a headline milestone.

    Within ``days`` it answers ``questions`` by itself, and says of ``lost`` tickets that they were handed over when
    they were not. It forgets to tell the customer in a ``forgotten`` share of cases.
    """

    days: float = 48.0
    questions: int = 14
    lost: int = 3
    forgotten: float = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """When a milestone is let out: ``tolerance`` is the open share allowed, ``patience_days`` ends the waiting.

    Scope is cut in the last ``replan_days``, when the hours of effort left exceed ``hours_a_day`` of every developer
    times the ``capacity_share`` one milestone gets; an item without estimate is taken for ``unknown_hours``.
    """

    tolerance: float = 0.1
    early_days: int = 4
    patience_days: int = 8
    replan_days: int = 35
    cuts_a_week: int = 5
    hours_a_day: float = 4.4
    capacity_share: float = 0.4
    unknown_hours: float = 9.0


EARLIER = (
    MilestonePlan(role=Role.EARLIER, title="1.0 Storefront", start=-266, due=-233, items=46),
    MilestonePlan(role=Role.EARLIER, title="1.1 Search", start=-238, due=-203, items=43),
    MilestonePlan(role=Role.EARLIER, title="1.2 Accounts", start=-209, due=-176, items=44),
    MilestonePlan(role=Role.EARLIER, title="1.3 Payments", start=-180, due=-144, items=44),
    MilestonePlan(role=Role.EARLIER, title="1.4 Mobile", start=-151, due=-117, items=44),
    MilestonePlan(role=Role.EARLIER, title="1.5 Returns", start=-122, due=-87, items=42),
)
HEADLINES = (
    MilestonePlan(
        role=Role.LAUNCHED,
        title="2.0 Marketplace",
        start=-112,
        due=-52,
        items=80,
        growth=0.15,
        latent=0.48,
        headline=True,
        storm=Storm(day=27.5, days=4.5, defects=13, team=Team.CHECKOUT, component="Payment"),
    ),
    MilestonePlan(
        role=Role.GATE,
        title="2.1 Express checkout",
        start=-71,
        due=10,
        items=65,
        growth=0.05,
        tests=0.85,
        headline=True,
    ),
    MilestonePlan(
        role=Role.TROUBLE,
        title="2.2 Loyalty",
        start=-39,
        due=28,
        items=104,
        size=1.9,
        growth=0.5,
        unestimated=0.4,
        hardship=2.6,
        outside_days=13.0,
        keeper="h.lindqvist",
        keeper_share=0.75,
        negotiable=False,
        headline=True,
    ),
    MilestonePlan(
        role=Role.FAR,
        title="2.3 International",
        start=-31,
        due=122,
        items=56,
        growth=0.5,
        unestimated=0.4,
        headline=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything the simulation is told; what becomes of it is up to the simulation."""

    product: str = "Meridian Shop"
    jira_project: str = "SHOP"
    desk_project: str = "HELP"
    web_project: str = "acme/shop-web"
    api_project: str = "acme/shop-api"
    zone: str = "Europe/Berlin"
    milestones: tuple[MilestonePlan, ...] = EARLIER + HEADLINES
    team_share: tuple[tuple[Team, float], ...] = (
        (Team.CHECKOUT, 0.36),
        (Team.CATALOGUE, 0.34),
        (Team.PLATFORM, 0.3),
    )
    backlog: int = 15
    pipeline_days: int = 45
    rates: Rates = Rates()
    support: Support = Support()
    desk: Desk = Desk()
    releasing: Releasing = Releasing()

    def plan(self, role: Role) -> MilestonePlan:
        """Return the first milestone that plays ``role``."""
        return next(plan for plan in self.milestones if plan.role is role)

    def following(self, title: str) -> str | None:
        """Return the title of the milestone due next after ``title``, if there is one."""
        titles = [plan.title for plan in self.milestones]
        rest = titles[titles.index(title) + 1 :]
        return rest[0] if rest else None
