"""When will a milestone finish: a closed-form forecast corrected by the project's own earlier milestones.

The days ``T`` from now to the finish follow a Student t distribution in log time. Its centre is a general pattern
(work left, recent pace, days to the due date) plus the error that pattern made, on average, on this project's earlier
milestones; its spread shrinks as those errors turn out alike. No trials, no random numbers. The constants were fitted
on public histories of thirty projects and carry a version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, expm1, log, sqrt

#: Name and version of the model and its constants; printed with every forecast.
CONSTANTS_VERSION = "refclass/1"
#: Days beyond which a date says no more than "later than that".
HORIZON_DAYS = 3650
#: The longest history of weekly finishes that counts.
MAX_WEEKS = 26

_PRIOR_MILESTONES = 2  # how many milestones the general pattern is worth
_PRIOR_FREEDOM = 6  # the same for the spread
_PRIOR_SPREAD_SHARE = 0.8  # one project varies less than all of them
_MIN_VARIANCE = 0.04
_HALF_LIFE = 8  # in milestones
_MEMORY = 20  # milestones
_TYPICAL_LOG_DAYS = 4.5  # about 90 days: where the effect of a project's usual length is zero


class Target(StrEnum):
    """The question asked: the milestone's finish whatever joins it, or that of the items open today."""

    GROWING = "growing"
    FROZEN = "frozen"


class Regime(StrEnum):
    """What a due date says: there is none, it lies ahead, or it is over."""

    NONE = "none"
    DUE = "due"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Constants:
    """The general pattern of one target and regime: weights of the features, spread of log days."""

    weights: tuple[float, ...]
    spread: float


#: Fitted on the development part of the back-test; a change of any figure is a new version.
CONSTANTS: Mapping[tuple[Target, Regime], Constants] = {
    (Target.GROWING, Regime.NONE): Constants((2.4162, 0.3343, 0.5102, 0.1559), 0.8263),
    (Target.GROWING, Regime.DUE): Constants((0.3186, 0.2143, 0.6099), 0.5135),
    (Target.GROWING, Regime.OVER): Constants((0.0021, 0.5504, 0.2293), 0.7616),
    (Target.FROZEN, Regime.NONE): Constants((1.6977, 0.4201, 0.4364, 0.1328), 0.9230),
    (Target.FROZEN, Regime.DUE): Constants((0.2420, 0.2562, 0.5396), 0.5902),
    (Target.FROZEN, Regime.OVER): Constants((0.0388, 0.5393, 0.1964), 0.7754),
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A milestone at the end of one day, as far as the forecast looks at it.

    ``remaining`` items are open (where a milestone ends at 90 % done: still to be done until then).
    ``weekly_finishes`` are the milestone's own finishes in seven-day blocks, oldest first, 1 to 26 of them, weeks
    without one included. ``days_to_due`` is negative or 0 once the due date has passed, ``None`` without one.
    ``typical_days`` is the median length of the project's last finished milestones, ``finished_windows`` how many
    of them there are; fewer than two say nothing.
    """

    remaining: int
    weekly_finishes: tuple[int, ...]
    days_to_due: int | None = None
    typical_days: float | None = None
    finished_windows: int = 0

    def __post_init__(self) -> None:
        if self.remaining < 0:
            raise ValueError(f"remaining is {self.remaining}; a milestone cannot have fewer than 0 open items")
        if not 1 <= len(self.weekly_finishes) <= MAX_WEEKS or min(self.weekly_finishes) < 0:
            raise ValueError(
                f"weekly_finishes must hold 1 to {MAX_WEEKS} counts of 0 or more, got {self.weekly_finishes}"
            )
        if self.typical_days is not None and self.typical_days <= 0:
            raise ValueError(f"typical_days is {self.typical_days}; leave it out where no length is known")

    @property
    def weekly_rate(self) -> float:
        """Finishes a week, half an item in half a week added so that it is never 0."""
        return (sum(self.weekly_finishes) + 0.5) / (len(self.weekly_finishes) + 0.5)

    @property
    def work_days(self) -> float:
        """Days the open items would take at the recent pace."""
        return 7 * self.remaining / self.weekly_rate

    @property
    def regime(self) -> Regime:
        """Which pattern applies."""
        if self.days_to_due is None:
            return Regime.NONE
        return Regime.DUE if self.days_to_due > 0 else Regime.OVER

    @property
    def features(self) -> tuple[float, ...]:
        """What the general pattern weighs, in the order of the constants."""
        if self.remaining == 0:
            raise ValueError("nothing is open, so there is no finish to forecast")
        work = log(self.work_days)
        if self.days_to_due is not None:
            return (1.0, work, log(max(1, abs(self.days_to_due))))
        if self.typical_days is None or self.finished_windows < 2:
            return (1.0, work, 0.0, 1.0)
        return (1.0, work, log(self.typical_days) - _TYPICAL_LOG_DAYS, 0.0)

    def general_log_days(self, target: Target) -> float:
        """Log of the days the general pattern expects, before the project's own past is heard."""
        weights = CONSTANTS[target, self.regime].weights
        return sum(weight * feature for weight, feature in zip(weights, self.features, strict=True))


@dataclass(frozen=True, slots=True)
class PastMilestone:
    """How far the general pattern was off at a few instants of one earlier milestone: log of true over expected."""

    residuals: tuple[tuple[Regime, float], ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The distribution of the days to the finish: ``(log T - location) / scale`` is Student t.

    ``n`` is the weight of the earlier milestones heard, ``shift`` the correction they made in log days.
    """

    target: Target
    regime: Regime
    location: float
    scale: float
    freedom: float
    n: float
    shift: float

    @property
    def longer_by(self) -> float:
        """How much longer than the general pattern this project usually takes: 0.25 is a quarter, below 0 shorter."""
        return expm1(self.shift)

    def quantile_days(self, q: float) -> int:
        """Whole days until the finish is reached with probability ``q``; `HORIZON_DAYS` means that or later."""
        from scipy.special import stdtrit

        if not 0 < q < 1:
            raise ValueError(f"a percentile lies between 0 and 1, got {q}")
        log_days = self.location + self.scale * float(stdtrit(self.freedom, q))
        return HORIZON_DAYS if log_days >= log(HORIZON_DAYS) else max(1, ceil(exp(log_days)))

    def probability_within(self, days: float) -> float:
        """Probability that the finish comes at most ``days`` from now; 0 for a day that has passed."""
        from scipy.special import stdtr

        return float(stdtr(self.freedom, (log(days) - self.location) / self.scale)) if days > 0 else 0.0


@dataclass(frozen=True, slots=True)
class TwoScopes:
    """Both targets at one instant. Shown together, the growing scope never ends before the frozen one."""

    growing: Prediction
    frozen: Prediction

    def quantile_days(self, target: Target, q: float) -> int:
        """Days to show for a percentile: for the growing scope the later of the two."""
        frozen = self.frozen.quantile_days(q)
        return frozen if target is Target.FROZEN else max(frozen, self.growing.quantile_days(q))

    def probability_within(self, target: Target, days: float) -> float:
        """Probability to show: for the growing scope the smaller of the two."""
        frozen = self.frozen.probability_within(days)
        return frozen if target is Target.FROZEN else min(frozen, self.growing.probability_within(days))

    def growth_cost_days(self, q: float) -> int:
        """Days that scope growth costs at a percentile."""
        return self.quantile_days(Target.GROWING, q) - self.quantile_days(Target.FROZEN, q)


def weekly_finishes(finish_days: Sequence[int], as_of_day: int, begin_day: int) -> tuple[int, ...]:
    """Count finishes in the seven-day blocks that end with ``as_of_day``, oldest first.

    ``finish_days`` and the others are day numbers; ``begin_day`` is where the milestone's history begins. There are
    as many blocks as fit best, at least 1 and at most 26.
    """
    weeks = min(MAX_WEEKS, max(1, round((as_of_day - begin_day) / 7)))
    counts = [0] * weeks
    for day in finish_days:
        block = (as_of_day - day) // 7
        if 0 <= block < weeks:
            counts[weeks - 1 - block] += 1
    return tuple(counts)


def residual(snapshot: Snapshot, target: Target, true_days: int) -> tuple[Regime, float]:
    """Say how far the general pattern was off where the outcome is known, as log of true over expected days."""
    if true_days < 1:
        raise ValueError(f"the finish must lie after the snapshot, got {true_days} days")
    return snapshot.regime, log(true_days) - snapshot.general_log_days(target)


def forecast(snapshot: Snapshot, past: Sequence[PastMilestone], target: Target, *, widen: float = 1.0) -> Prediction:
    """Forecast the days to the finish from today's state and the project's past, newest milestone first.

    ``widen`` multiplies the scale where little is known; 1 or more, since nothing is ever narrowed.
    """
    if widen < 1:
        raise ValueError(f"widen is {widen}; a forecast is never narrowed below the model")
    regime = snapshot.regime
    n, total, squares = _weighed_residuals(past, regime)
    shift = total / (n + _PRIOR_MILESTONES)
    prior = _PRIOR_FREEDOM * _PRIOR_SPREAD_SHARE * CONSTANTS[target, regime].spread ** 2
    variance = (prior + squares - 2 * shift * total + n * shift**2) / (_PRIOR_FREEDOM + n)
    return Prediction(
        target=target,
        regime=regime,
        location=snapshot.general_log_days(target) + shift,
        scale=widen * sqrt(max(_MIN_VARIANCE, variance) * (1 + 1 / (n + _PRIOR_MILESTONES))),
        freedom=_PRIOR_FREEDOM + n,
        n=n,
        shift=shift,
    )


def two_scopes(
    snapshot: Snapshot,
    past_growing: Sequence[PastMilestone],
    past_frozen: Sequence[PastMilestone],
    *,
    widen: float = 1.0,
) -> TwoScopes:
    """Forecast both targets from one state."""
    return TwoScopes(
        growing=forecast(snapshot, past_growing, Target.GROWING, widen=widen),
        frozen=forecast(snapshot, past_frozen, Target.FROZEN, widen=widen),
    )


def _weighed_residuals(past: Sequence[PastMilestone], regime: Regime) -> tuple[float, float, float]:
    """Sum the weights, mean residuals and mean squares of the milestones that met this regime, newest heaviest."""
    met = [[value for kind, value in milestone.residuals if kind is regime] for milestone in past]
    n = total = squares = 0.0
    for age, values in enumerate([values for values in met if values][:_MEMORY]):
        weight = 0.5 ** (age / _HALF_LIFE)
        n += weight
        total += weight * sum(values) / len(values)
        squares += weight * sum(value * value for value in values) / len(values)
    return n, total, squares
