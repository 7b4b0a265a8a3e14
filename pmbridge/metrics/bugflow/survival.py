"""How long things last when some of them are not over yet: the Kaplan-Meier curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A step function of time with its band: the share that is not over, from 1 at 0.

    ``times`` are those at which something ended, ``share`` the value from each of them on. ``n`` have been watched,
    ``events`` of them ended. ``last`` is the longest time watched: beyond it nothing is known.
    """

    times: Floats
    share: Floats
    deviation: Floats
    lower: Floats
    upper: Floats
    n: int
    events: int
    last: float

    def at(self, t: float) -> float:
        """Return the share that is not over after ``t``."""
        place = int(self.times.searchsorted(t, side="right"))
        return float(self.share[place - 1]) if place else 1.0

    def quantile(self, q: float) -> float | None:
        """Return the first time by which the share ``q`` is over; ``None`` where that is not reached."""
        return _crossing(self.times, self.share, q)

    def quantile_interval(self, q: float) -> tuple[float | None, float | None]:
        """Return the bounds of the quantile, where the band crosses it; an end may be out of reach."""
        return _crossing(self.times, self.lower, q), _crossing(self.times, self.upper, q)

    def mean_within(self, horizon: float) -> float:
        """Return the mean time until over, no longer than ``horizon`` (RMST): the area under the curve."""
        import numpy

        inside = self.times < horizon
        edges = numpy.concatenate(([0.0], self.times[inside], [horizon]))
        heights = numpy.concatenate(([1.0], self.share[inside]))
        return float((numpy.diff(edges) * heights).sum())


def _crossing(times: Floats, share: Floats, q: float) -> float | None:
    if not 0 < q < 1:
        raise ValueError(f"a quantile lies between 0 and 1, got {q}")
    # The product of many shares may miss the number it stands for by a rounding error.
    below = (share <= 1 - q + 1e-12).nonzero()[0]
    return float(times[below[0]]) if len(below) else None


def kaplan_meier(
    durations: Sequence[float] | Floats,
    ended: Sequence[bool] | Floats,
    entries: Sequence[float] | Floats | None = None,
    level: float = 0.95,
) -> Curve:
    """Estimate the share that is not over at each time (Kaplan & Meier 1958).

    ``ended`` is false for what was still going on when last seen. ``entries`` are the ages at which each came under
    observation (delayed entry); it is at risk after that age only. At one time endings come before departures. The
    deviation is Greenwood's; the band is that of the logarithm of the logarithm, which stays within 0 and 1.
    """
    import numpy

    time, over = numpy.asarray(durations, float), numpy.asarray(ended, bool)
    table = risk_table(time, over, entries)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        share = numpy.cumprod(1 - table.ended / table.at_risk)
        spread = numpy.cumsum(table.ended / (table.at_risk * (table.at_risk - table.ended)))
        deviation = numpy.where(share > 0, share * numpy.sqrt(spread), numpy.nan)
        width = NormalDist().inv_cdf((1 + level) / 2) * numpy.sqrt(spread) / numpy.abs(numpy.log(share))
        lower = numpy.where(share > 0, share ** numpy.exp(width), 0.0)
        upper = numpy.where(share > 0, share ** numpy.exp(-width), 0.0)
    return Curve(
        times=table.times,
        share=share,
        deviation=deviation,
        lower=lower,
        upper=upper,
        n=len(time),
        events=int(over.sum()),
        last=float(time.max()) if len(time) else 0.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """At each time at which something ended: how many were at risk just before, and how many ended."""

    times: Floats
    at_risk: Floats
    ended: Floats


def risk_table(time: Floats, over: Floats, entries: Sequence[float] | Floats | None = None) -> RiskTable:
    """Count those at risk and those that end. Raises `ValueError` for times that cannot be."""
    import numpy

    entry = numpy.zeros(len(time)) if entries is None else numpy.asarray(entries, float)
    if len(time) != len(over) or len(time) != len(entry):
        raise ValueError("durations, endings and entries must be of one length")
    if not (numpy.isfinite(time).all() and numpy.isfinite(entry).all()) or (time < 0).any():
        raise ValueError("a duration must be a finite number and not negative")
    if entries is not None and (entry >= time).any():
        raise ValueError("nothing can come under observation after it was last seen")
    times, ended = numpy.unique(time[over], return_counts=True)
    gone = numpy.searchsorted(numpy.sort(time), times, side="left")
    came = len(time) if entries is None else numpy.searchsorted(numpy.sort(entry), times, side="left")
    return RiskTable(times, (came - gone).astype(float), ended.astype(float))


@dataclass(frozen=True, slots=True)
class LogRank:
    """Whether groups last equally long: the statistic, its degrees of freedom, its probability."""

    chi2: float
    freedom: int
    p: float


def log_rank(groups: Sequence[tuple[Sequence[float] | Floats, Sequence[bool] | Floats]]) -> LogRank:
    """Compare the curves of two or more groups of durations and endings (Mantel's log-rank test)."""
    import numpy
    from scipy.special import chdtrc

    if len(groups) < 2 or not all(len(durations) for durations, _ in groups):
        raise ValueError("a comparison needs two groups or more, none of them empty")
    times = [numpy.asarray(durations, float) for durations, _ in groups]
    overs = [numpy.asarray(ended, bool) for _, ended in groups]
    whole = risk_table(numpy.concatenate(times), numpy.concatenate(overs))
    at_risk = numpy.array([len(t) - numpy.searchsorted(numpy.sort(t), whole.times, side="left") for t in times], float)
    ended = numpy.array([_ends(t[over], whole.times) for t, over in zip(times, overs, strict=True)], float)
    share = at_risk / whole.at_risk
    excess = (ended - share * whole.ended).sum(axis=1)[:-1]
    spread = whole.ended * (whole.at_risk - whole.ended) / numpy.maximum(whole.at_risk - 1, 1)
    covariance = numpy.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    freedom = len(groups) - 1
    statistic = float(excess @ numpy.linalg.pinv(covariance[:-1, :-1]) @ excess)
    return LogRank(statistic, freedom, float(chdtrc(freedom, statistic)))


def _ends(times: Floats, at: Floats) -> Floats:
    import numpy

    ordered = numpy.sort(times)
    return numpy.asarray(numpy.searchsorted(ordered, at, "right") - numpy.searchsorted(ordered, at, "left"))
