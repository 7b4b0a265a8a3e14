"""One product: what the manager answers for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field, model_validator

from pmbridge.config.acceptance import AcceptanceSettings
from pmbridge.config.calendar import CalendarSettings
from pmbridge.config.milestones import MilestoneSettings
from pmbridge.config.nearest import suggestion
from pmbridge.config.people import PeopleMap
from pmbridge.config.publish import PublishRule, WriteBudget
from pmbridge.config.release import BugSettings, LaunchSettings
from pmbridge.config.section import Section, Words
from pmbridge.config.thresholds import HealthSettings
from pmbridge.model import Level


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = suggestion(name, available_timezones(), listed=False) or ": write it like Europe/Berlin"
        raise ValueError(f"{name!r} is no time zone{meant}") from None
    return name


class TypeSettings(Section):
    """The trackers' types, or labels, that mean the same."""

    bug: tuple[Words, ...] = ("Bug",)
    requirement: tuple[Words, ...] = ("Requirement", "Story")
    test: tuple[Words, ...] = ("Test",)
    epic: tuple[Words, ...] = ("Epic",)
    risk: tuple[Words, ...] = ("Risk",)


class MirrorSettings(Section):
    """How two items in two trackers are known to be one.

    By the phrase of a link; with ``remote_links`` by a link to the other's page that has no phrase; with ``titles`` by
    the other's key at the beginning of a title, even where the rest of the title differs.
    """

    links: tuple[Words, ...] = ()
    remote_links: bool = False
    titles: bool = False


class AbsenceSettings(Section):
    """Days on which one person is away, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> AbsenceSettings:
        if self.last < self.first:
            raise ValueError("last must not be before first")
        return self


class TeamSettings(Section):
    """A team: its people by name, the hours they can work in a month together, and when they do not.

    ``holidays`` are closed for the team beside those of the product, ``absences`` for one of its people.
    """

    people: tuple[Words, ...] = ()
    capacity_hours: float | None = Field(None, gt=0)
    holidays: tuple[date, ...] = ()
    absences: dict[str, tuple[AbsenceSettings, ...]] = Field(default_factory=dict)


class BudgetSettings(Section):
    """Money: the currency, rates an hour by person or team with ``default`` for the rest, budget at completion.

    ``bac`` is the product's, ``milestones`` maps a milestone's title to its own part.
    """

    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    rates: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    bac: float | None = Field(None, gt=0)
    milestones: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)


class ProductSettings(Section):
    """Everything about one product; ``projects`` maps a source's name to its projects.

    ``status`` puts statuses, or ``label:name`` for a label, into a category over the tracker's own. ``levels`` are the
    levels at which items are counted. ``people`` says which accounts are one person; ``bots`` which are nobody, as
    patterns over user names, ids, addresses and shown names.
    """

    title: Words
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    calendar: CalendarSettings | None = None
    projects: dict[str, Annotated[tuple[Words, ...], Field(min_length=1)]] = Field(min_length=1)
    milestones: MilestoneSettings = MilestoneSettings()
    status: dict[Literal["todo", "active", "waiting", "done", "cancelled"], tuple[Words, ...]] = Field(
        default_factory=dict
    )
    types: TypeSettings = TypeSettings()
    levels: tuple[Level, ...] = (Level.STANDARD,)
    mirrors: MirrorSettings = MirrorSettings()
    people: PeopleMap = Field(default_factory=dict)
    bots: tuple[Words, ...] = ()
    teams: dict[str, TeamSettings] = Field(default_factory=dict)
    budget: BudgetSettings | None = None
    health: HealthSettings = HealthSettings()
    acceptance: AcceptanceSettings = AcceptanceSettings()
    launch: LaunchSettings = LaunchSettings()
    bugs: BugSettings = BugSettings()
    publish: tuple[PublishRule, ...] = ()
    budget_writes: WriteBudget = WriteBudget()
