"""The items of the simulated project as the simulation knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pmbridge.sandbox.story.cast import Person
from pmbridge.sandbox.story.scenario import Team


class Home(StrEnum):
    """The tracker project an item lives in."""

    JIRA = "jira"
    WEB = "web"
    API = "api"
    DESK = "desk"


class Kind(StrEnum):
    """What kind of item it is."""

    EPIC = "epic"
    STORY = "story"
    TASK = "task"
    BUG = "bug"
    TEST = "test"
    SUBTASK = "subtask"
    TRACKING = "tracking"
    REQUEST = "request"


class State(StrEnum):
    """How far an item has come."""

    TODO = "todo"
    ACTIVE = "active"
    REVIEW = "review"
    DONE = "done"


class Outcome(StrEnum):
    """Why an item is done."""

    DONE = "done"
    WONT_DO = "wont-do"
    DUPLICATE = "duplicate"
    NOT_REPRODUCIBLE = "not-reproducible"


class Relation(StrEnum):
    """How one item relates to another, read from the first."""

    BLOCKS = "blocks"
    DUPLICATES = "duplicates"
    RELATES = "relates"
    TESTS = "tests"
    SPLIT = "split"


#: Kinds developers work on.
WORK = frozenset({Kind.STORY, Kind.TASK, Kind.BUG})


@dataclass(frozen=True, slots=True)
class Body:
    """A description: paragraphs, then acceptance criteria with their ticks."""

    paragraphs: tuple[str, ...] = ()
    criteria: tuple[tuple[str, bool], ...] = ()


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One item; ``number`` names it within the simulation, ``left`` is the effort to come in hours.

    ``priority`` runs from 1 (highest) to 5. ``twin`` is the number of its mirror, ``mirrors`` of the one it mirrors,
    ``reported`` of the customer's ticket it comes from. Nobody takes up what is not ``triaged``.
    """

    number: int
    home: Home
    kind: Kind
    title: str
    team: Team | None
    milestone: str | None
    created: datetime
    by: Person
    component: str | None = None
    priority: int = 3
    left: float = 0.0
    effort: float = 0.0
    points: float | None = None
    body: Body | None = None
    state: State = State.TODO
    outcome: Outcome | None = None
    assignee: Person | None = None
    labels: tuple[str, ...] = ()
    affects: str | None = None
    due: date | None = None
    parent: int | None = None
    restricted: bool = False
    blocked: bool = False
    from_users: bool = False
    triaged: bool = True
    waiting_since: datetime | None = None
    finished: datetime | None = None
    reopened: int = 0
    twin: int | None = None
    mirrors: int | None = None
    reported: int | None = None
    verdict: str | None = None
    bugs: list[int] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it still wants work."""
        return self.state is not State.DONE
