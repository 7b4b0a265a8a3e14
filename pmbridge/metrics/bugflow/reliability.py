"""How many defects are still to come, or which rule forbids to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, isinf
from typing import TYPE_CHECKING

from pmbridge.metrics.bugflow.goodness import DOUBTFUL, probability
from pmbridge.metrics.bugflow.growth import Finds, Fit, Model, fit
from pmbridge.metrics.bugflow.growth_region import Region, chance_of_none, region
from pmbridge.metrics.bugflow.trend import SIGNIFICANT, estimate_exists, laplace

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_EVENTS = 20
MIN_PERIODS = 10
#: An upper bound beyond so many times the defects found says nothing.
WIDEST = 5.0
#: The total may move by so much a week.
STEADY = 0.10
#: Criteria that differ by less do not tell two models apart.
TIE = 2.0
#: A model whose criterion is within this of the best still has a say in the interval of the total, and of what comes.
HEARD = 6.0
HEARD_AHEAD = 3.0
#: The share of reports that may name several releases, or none.
MIXED = 0.2
AHEAD_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What must be known of a launch before a model may speak of it.

    ``exposure_known`` is false where users got the release in steps and nobody says which. ``reports`` are all,
    ``mixed`` those that name several launched releases, ``by_date`` those put here by date while another release
    was launched. ``horizon`` is how much exposure the next thirty days bring.
    """

    exposure_known: bool = True
    reports: int = 0
    mixed: int = 0
    by_date: int = 0
    horizon: float = AHEAD_DAYS


@dataclass(frozen=True, slots=True)
class Reliability:
    """A model's answer with 90 % intervals, or the refusal and the rule behind it.

    ``residual`` is ``None`` for a model without an end. ``intensity`` are the defects found a day now, ``ahead`` is the
    expected number of the next thirty days, ``quiet`` the chance that none is found in them. ``tied`` names a model
    that explains the data as well.
    """

    n: int
    trend: float | None = None
    fitted: Fit | None = None
    tied: Fit | None = None
    total_interval: tuple[float, float] | None = None
    residual: float | None = None
    residual_interval: tuple[float, float] | None = None
    ahead: float | None = None
    ahead_interval: tuple[float, float] | None = None
    quiet: float | None = None
    intensity: float | None = None
    intensity_interval: tuple[float, float] | None = None
    rule: str | None = None
    refusal: str | None = None
    regions: tuple[Region, ...] = field(default=(), compare=False, repr=False)

    def bounds(self, t: float) -> tuple[float, float]:
        """Return the 90 % bounds of the expected number found by ``t``."""
        return _widest(one.between(0.0, t) for one in self.regions)


def assess(
    finds: Finds, circumstances: Circumstances | None = None, *, week: float = 7.0, seed: int = 0
) -> Reliability:
    """Fit the three models to the finds of one launch, choose one, or refuse.

    The span is in days or in exposure; ``week`` is one week in that unit. Intervals are from the profile likelihood.
    """
    around = circumstances or Circumstances()
    trend = laplace(finds)
    refused = _before(finds, trend, around)
    if refused is not None:
        return Reliability(finds.n, trend, rule=refused[0], refusal=refused[1])
    fits = [found for model in Model if (found := fit(model, finds)) is not None]
    chosen, tied = choose(fits, finds)
    if chosen is None:
        return Reliability(finds.n, trend, rule="estimate", refusal="no model has a best fit inside its bounds")
    extents = _extents(fits, finds)
    refused = _after(chosen, extents, finds, week, seed)
    if refused is not None:
        return Reliability(finds.n, trend, chosen, tied, rule=refused[0], refusal=refused[1])
    return _answer(chosen, tied, extents, finds, trend, around.horizon)


def _extents(fits: Sequence[Fit], finds: Finds) -> list[Region]:
    """Return the likelihood regions of every model that may be true.

    The interval of the chosen model alone would forget that it was chosen: measured on made data, it covers the truth
    in as few as two thirds of the cases instead of nine tenths.
    """
    best = min(one.aic for one in fits)
    finite = min((one.aic for one in fits if one.model.finite), default=best)
    return [region(one, finds) for one in fits if one.aic <= (finite if one.model.finite else best) + HEARD]


def _answer(
    chosen: Fit, tied: Fit | None, extents: Sequence[Region], finds: Finds, trend: float | None, horizon: float
) -> Reliability:
    now, then = finds.span, finds.span + horizon
    ahead = chosen.between(now, then)
    best = min(extent.aic for extent in extents)
    heard = tuple(extent for extent in extents if extent.aic <= best + HEARD_AHEAD)
    return Reliability(
        n=finds.n,
        trend=trend,
        fitted=chosen,
        tied=tied,
        total_interval=_widest(e.total() for e in extents if e.model.finite) if chosen.model.finite else None,
        residual=chosen.residual,
        residual_interval=_widest(e.residual(now) for e in extents if e.model.finite) if chosen.model.finite else None,
        ahead=ahead,
        ahead_interval=_widest(extent.between(now, then) for extent in heard),
        quiet=chance_of_none(ahead),
        intensity=chosen.intensity(now),
        intensity_interval=_widest(extent.intensity(now) for extent in heard),
        regions=heard,
    )


def _widest(found: Iterable[tuple[float, float]]) -> tuple[float, float]:
    bounds = list(found)
    return min(low for low, _ in bounds), max(high for _, high in bounds)


Refusal = tuple[str, str]


def _before(finds: Finds, trend: float | None, around: Circumstances) -> Refusal | None:
    """Return the first rule that forbids to fit at all."""
    checks: Sequence[Callable[[], Iterator[Refusal]]] = (
        lambda: _too_little(finds),
        lambda: _confounded(around),
        lambda: _no_growth(finds, trend),
    )
    return next((refusal for check in checks for refusal in check()), None)


def _too_little(finds: Finds) -> Iterator[Refusal]:
    if finds.n < MIN_EVENTS:
        yield "events", f"{finds.n} defects are too few to fit a growth model; {MIN_EVENTS} are needed"
    periods = len(finds.counts) if finds.counts is not None else int(finds.span)
    if periods < MIN_PERIODS:
        yield "periods", f"{periods} days or periods are too few to see growth; {MIN_PERIODS} are needed"


def _confounded(around: Circumstances) -> Iterator[Refusal]:
    if not around.exposure_known:
        yield "exposure", "users got the release in steps, and how many had it when is not configured"
    if around.reports and around.mixed > MIXED * around.reports:
        yield "releases", f"{around.mixed} of {around.reports} reports name several releases: two releases are mixed"
    if around.reports and around.by_date > MIXED * around.reports:
        text = f"{around.by_date} of {around.reports} reports name no release while another one was launched meanwhile"
        yield "releases", f"{text}: two releases are mixed"


def _no_growth(finds: Finds, trend: float | None) -> Iterator[Refusal]:
    if not estimate_exists(finds):
        yield "estimate", "defects are not found more slowly than at first, so the best fit has no end"
    if trend is None or trend >= SIGNIFICANT:
        measured = "unknown" if trend is None else f"{trend:.2f}"
        yield "trend", f"no significant slowing down (Laplace factor {measured}, needed below {SIGNIFICANT})"


def _after(chosen: Fit, extents: Sequence[Region], finds: Finds, week: float, seed: int) -> Refusal | None:
    """Return the first rule that forbids to believe the fit."""
    if chosen.model is Model.DELAYED_S and chosen.b * finds.span < 1:
        return "inflection", "finding is still speeding up: the S-shaped curve has not reached its bend"
    if chosen.model.finite:
        high = _widest(extent.total() for extent in extents if extent.model.finite)[1]
        if isinf(high) or high > WIDEST * finds.n:
            bound = "no upper bound" if isinf(high) else f"an upper bound of {high:.0f}"
            return "width", f"the number of defects in all has {bound} with {finds.n} found"
        moved = _moved(chosen.model, finds, week)
        if moved is not None and moved > STEADY:
            return "stability", f"the fitted total moved by {100 * moved:.0f} % or more in each of the last three weeks"
    p = probability(chosen, finds, seed)
    if p < DOUBTFUL:
        return "fit", f"the {chosen.model} model does not describe the data (p = {p:.3f})"
    return None


def _moved(model: Model, finds: Finds, week: float) -> float | None:
    """Return the smallest move of the total between the last four weekly fits; ``None`` where the data are too young.

    It is the rule of Wood (1996), that the total may move by a tenth a week, asked of three weeks in a row: asked of
    each single week it would keep the fits that happen to lie low. A fit that did not exist has moved without bound.
    """
    if finds.span <= 5 * week:
        return None
    fits = [fit(model, finds.until(finds.span - n * week)) for n in (3, 2, 1, 0)]
    totals = [one.a if one else inf for one in fits]
    return min(abs(b / a - 1) if a < inf else inf for a, b in pairwise(totals))


def choose(fits: Sequence[Fit], finds: Finds) -> tuple[Fit | None, Fit | None]:
    """Choose by Akaike's criterion; among models within 2 of the best, by the error of their last predictions.

    Return the chosen model and one it is tied with, if there is one.
    """
    ranked = sorted(fits, key=lambda one: one.aic)
    level = [one for one in ranked if one.aic < ranked[0].aic + TIE]
    if len(level) > 1:
        level.sort(key=lambda one: (not one.model.finite, prediction_error(one.model, finds), one.aic))
    return (level[0] if level else None), (level[1] if len(level) > 1 else None)


def prediction_error(model: Model, finds: Finds) -> float:
    """Return how far the fit to the first three quarters misses the last one: the sum of squares over ten steps."""
    begin = 0.75 * finds.span
    early = fit(model, finds.until(begin))
    if early is None:
        return float("inf")
    marks = [begin + (finds.span - begin) * n / 10 for n in range(1, 11)]
    return sum((early.mean(t) - finds.until(t).n) ** 2 for t in marks)
