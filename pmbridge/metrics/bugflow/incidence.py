"""How often one kind of ending has come by each time when other kinds compete: Aalen-Johansen."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from pmbridge.metrics.bugflow.survival import Curve, risk_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]


def without_cause(
    durations: Sequence[float] | Floats,
    causes: Sequence[int] | Floats,
    cause: int,
    entries: Sequence[float] | Floats | None = None,
    level: float = 0.95,
) -> Curve:
    """Estimate the share that has not ended by ``cause`` at each time: one minus its cumulative incidence.

    ``causes`` are 0 for what was still going on when last seen. I(t) sums S(t-) d / n with S from all causes (Aalen &
    Johansen 1978), so that what ended otherwise is never taken for something that might still end by this cause. The
    deviation is that of Marubini & Valsecchi (1995); the band is that of the logarithm of the logarithm.
    """
    import numpy

    time, kind = numpy.asarray(durations, float), numpy.asarray(causes, int)
    table = risk_table(time, kind > 0, entries)
    mine = numpy.searchsorted(table.times, time[kind == cause])
    ended = numpy.bincount(mine, minlength=len(table.times)).astype(float)
    survival = numpy.cumprod(1 - table.ended / table.at_risk)
    before = numpy.concatenate(([1.0], survival[:-1]))
    incidence = numpy.cumsum(before * ended / table.at_risk)
    deviation = numpy.sqrt(_variance(incidence, before, table.at_risk, table.ended, ended))
    kept = ended > 0
    share = 1 - incidence[kept]
    lower, upper = _band(share, deviation[kept], level)
    return Curve(
        times=table.times[kept],
        share=share,
        deviation=deviation[kept],
        lower=lower,
        upper=upper,
        n=len(time),
        events=int((kind == cause).sum()),
        last=float(time.max()) if len(time) else 0.0,
    )


def _variance(incidence: Floats, before: Floats, at_risk: Floats, all_ended: Floats, ended: Floats) -> Floats:
    """Return the variance of a cumulative incidence by the delta method."""
    import numpy

    left = at_risk - all_ended
    with numpy.errstate(divide="ignore", invalid="ignore"):
        hazard = numpy.where(left > 0, all_ended / (at_risk * left), 0.0)
    own = before**2 * ended * (at_risk - ended) / at_risk**3
    mixed = before * ended / at_risk**2
    found: Floats = (
        incidence**2 * numpy.cumsum(hazard)
        - 2 * incidence * numpy.cumsum(incidence * hazard)
        + numpy.cumsum(incidence**2 * hazard)
        + numpy.cumsum(own)
        - 2 * incidence * numpy.cumsum(mixed)
        + 2 * numpy.cumsum(incidence * mixed)
    )
    return numpy.maximum(found, 0.0)


def _band(share: Floats, deviation: Floats, level: float) -> tuple[Floats, Floats]:
    import numpy

    z = NormalDist().inv_cdf((1 + level) / 2)
    with numpy.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = z * deviation / (share * numpy.abs(numpy.log(share)))
        lower = numpy.where(share > 0, share ** numpy.exp(width), 0.0)
        upper = numpy.where(share > 0, share ** numpy.exp(-width), 0.0)
    return lower, upper
