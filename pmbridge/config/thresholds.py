"""The thresholds at which a milestone's colour changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pmbridge.config.section import Section, Words

Share = Annotated[float, Field(ge=0, le=1)]
Growth = Annotated[float, Field(ge=0)]


#: How long an override holds that names no end.
OVERRIDE_DAYS = 14


class OverrideSettings(Section):
    """A person's verdict beside the computed one: since which day, by whom, why, and the last day it is shown on."""

    status: Literal["green", "amber", "red"]
    author: Words
    reason: Words
    since: date
    expires: date | None = None

    @property
    def last_day(self) -> date:
        """The last day it holds."""
        return self.expires or self.since + timedelta(days=OVERRIDE_DAYS)

    @model_validator(mode="after")
    def _ends_later(self) -> OverrideSettings:
        if self.expires is not None and self.expires < self.since:
            raise ValueError("expires must not be before since")
        return self


class HealthSettings(Section):
    """Shares between 0 and 1.

    A milestone becomes green at a probability of being on time of ``green_in`` and stops being so below ``green_out``;
    it becomes red below ``red_in`` and stops being so from ``red_out``. ``slip_red`` is the expected slip as a share of
    the planned duration; ``creep_amber`` and ``creep_red`` the scope added as a share of the baseline. The cost index
    turns amber below ``cpi_amber`` and red below ``cpi_red``; ``over_amber`` and ``over_red`` are what the estimated
    cost exceeds the budget by; ``load_amber`` and ``load_red`` are loads, 1 is full. ``evidence`` is what finished work
    of a type has to show. ``overrides`` maps a milestone's title to what a person says of it.
    """

    green_in: Share = 0.85
    green_out: Share = 0.80
    red_in: Share = 0.50
    red_out: Share = 0.60
    slip_red: Growth = 0.10
    creep_amber: Growth = 0.10
    creep_red: Growth = 0.20
    cpi_amber: Growth = 0.95
    cpi_red: Growth = 0.90
    over_amber: Growth = 0.05
    over_red: Growth = 0.10
    load_amber: Growth = 1.0
    load_red: Growth = 1.25
    evidence: dict[Words, tuple[Literal["merge", "test"], ...]] = Field(default_factory=dict)
    overrides: dict[str, OverrideSettings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> HealthSettings:
        if not self.red_in <= self.red_out <= self.green_out <= self.green_in:
            raise ValueError("the thresholds must rise: red_in <= red_out <= green_out <= green_in")
        if self.creep_amber > self.creep_red:
            raise ValueError("creep_amber must not be above creep_red")
        if self.over_amber > self.over_red:
            raise ValueError("over_amber must not be above over_red")
        if self.cpi_red > self.cpi_amber:
            raise ValueError("cpi_red must not be above cpi_amber")
        if self.load_amber > self.load_red:
            raise ValueError("load_amber must not be above load_red")
        return self
