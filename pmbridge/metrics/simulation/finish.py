"""The answer of a simulation: the time to the finish in every trial."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import Any

import numpy
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Finish:
    """Weeks to the finish, sorted, one for each trial; infinite where it lies beyond the ``horizon``."""

    model: str
    weeks: NDArray[Any]
    horizon: int

    @classmethod
    def of(cls, model: str, weeks: NDArray[Any], horizon: int) -> Finish:
        """Sort the trials."""
        return cls(model, numpy.sort(weeks), horizon)

    @property
    def trials(self) -> int:
        """How many trials there are."""
        return len(self.weeks)

    def quantile(self, q: float) -> float:
        """Return the smallest time that holds in at least the share ``q`` of the trials; infinite is "later"."""
        if not 0 < q < 1:
            raise ValueError(f"a percentile lies between 0 and 1, got {q}")
        return float(self.weeks[max(0, ceil(round(self.trials * q, 9)) - 1)])

    def quantile_days(self, q: float) -> int | None:
        """Return a percentile in whole days, or ``None`` beyond the horizon."""
        weeks = self.quantile(q)
        return None if weeks == inf else ceil(round(7 * weeks, 9))

    def probability_within(self, weeks: float) -> float:
        """Return the share of trials that finish within a time."""
        return float(numpy.searchsorted(self.weeks, weeks, side="right")) / self.trials

    @property
    def beyond(self) -> float:
        """The share of trials that do not finish within the horizon."""
        return 1 - self.probability_within(self.horizon)

    def expected_slip_days(self, days_to_due: int) -> float:
        """Return the mean lateness in days, early finishes as 0; those beyond the horizon count as ending there."""
        late = numpy.minimum(self.weeks, self.horizon) * 7 - days_to_due
        return float(numpy.maximum(late, 0).mean())
