"""What the last assessment said, so that this one can say what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmbridge.assessment import Acceptance, Assessment, Forecast, MilestoneAssessment
from pmbridge.history.days import local_day
from pmbridge.metrics.dates import remembering
from pmbridge.metrics.health import Before


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last assessment of the same product, if there is one and it is older."""

    assessment: Assessment | None

    def before(self, key: str) -> Before | None:
        """Return the health a milestone had."""
        found = self._milestone(key)
        return None if self.assessment is None or found is None else Before(self.assessment.as_of, found.health)

    def remembering(self, key: str, forecast: Forecast, zone: ZoneInfo, today: date) -> Forecast:
        """Add to a forecast what the chance was before it last changed, on an earlier day than today."""
        found = self._milestone(key)
        if self.assessment is None or found is None:
            return forecast
        day = local_day(self.assessment.as_of, zone)
        return remembering(forecast, found.forecast, day if day < today else None)

    def acceptance(self, key: str) -> tuple[Acceptance, datetime] | None:
        """Return what was said of a milestone's gate, and when."""
        found = self._milestone(key)
        return None if self.assessment is None or found is None else (found.acceptance, self.assessment.as_of)

    def _milestone(self, key: str) -> MilestoneAssessment | None:
        if self.assessment is None:
            return None
        return next((one for one in self.assessment.milestones if one.key == key), None)
