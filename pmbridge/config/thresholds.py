"""The thresholds at which a milestone's colour changes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from pmbridge.config.section import Section

Share = Annotated[float, Field(ge=0, le=1)]
Growth = Annotated[float, Field(ge=0)]


class HealthSettings(Section):
    """Shares between 0 and 1.

    A milestone becomes green at a probability of being on time of ``green_in`` and stops being so below ``green_out``;
    it becomes red below ``red_in`` and stops being so from ``red_out``. ``slip_red`` is the expected slip as a share of
    the planned duration; ``creep_amber`` and ``creep_red`` the scope added as a share of the baseline.
    """

    green_in: Share = 0.85
    green_out: Share = 0.80
    red_in: Share = 0.50
    red_out: Share = 0.60
    slip_red: Growth = 0.10
    creep_amber: Growth = 0.10
    creep_red: Growth = 0.20

    @model_validator(mode="after")
    def _in_order(self) -> HealthSettings:
        if not self.red_in <= self.red_out <= self.green_out <= self.green_in:
            raise ValueError("the thresholds must rise: red_in <= red_out <= green_out <= green_in")
        if self.creep_amber > self.creep_red:
            raise ValueError("creep_amber must not be above creep_red")
        return self
