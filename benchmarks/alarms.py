"""How often the alarm on arrivals comes for nothing, when a launch learns by itself what to expect.

Run it with ``python benchmarks/alarms.py [runs]``. It makes up launches whose arrivals hold to a plain curve, so that
every alarm is a false one, and watches thousands of them side by side by the product's own designs and rules. Each kind
is watched twice: against what its own days let expect, and against the curve it was drawn from, which no launch knows.
The difference is what it costs to estimate the expectation. A few launches are checked against the product itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from pmbridge.metrics.bugflow.alerts import LEAST_MEAN
from pmbridge.metrics.bugflow.cusum import FALSE_ALARM_DAYS, RISE, design, rounded
from pmbridge.metrics.bugflow.expected import (
    ERROR_SHARES,
    LEARNING_DAYS,
    LEARNING_EVENTS,
    STEADY_DAYS,
    expect,
)

Numbers = NDArray[Any]
RUNS = 10_000
CHECKED = 25
_WEEK = 7

#: How long a launch is looked at unless configured.
DAYS = 180
#: Daily means by the day since the launch, by name; those of the first group say whether the promise is kept.
STEADY: dict[str, Callable[[Numbers], Numbers]] = {
    f"steady, {mean} a day": partial(numpy.full_like, fill_value=mean) for mean in (0.5, 1.0, 2.0, 4.0, 8.0)
}
FALLING: dict[str, Callable[[Numbers], Numbers]] = {
    "falling from 5 a day to none": lambda day: 5 * 0.95**day,
    "falling from 5 a day to 0.3": lambda day: 5 * 0.95**day + 0.3,
    "falling from 8 a day to 1": lambda day: 8 * 0.96**day + 1,
}
#: The first day of each part of the time that is told apart.
PARTS = (LEARNING_DAYS, 28, 49, 84, 180)


@dataclass(slots=True)
class Charts:
    """The CUSUMs of many launches, day by day."""

    level: Numbers
    onset: Numbers
    first: Numbers
    last: Numbers
    troubled: Numbers
    alarms: Numbers
    by_day: Numbers
    known: dict[float, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: int, days: int) -> Charts:
        """Begin with a head start."""
        far = numpy.full(runs, -LEARNING_DAYS)
        flags = numpy.zeros((runs, days), bool)
        return cls(
            numpy.full(runs, 0.5),
            numpy.zeros(runs, int),
            far,
            far.copy(),
            flags,
            numpy.zeros(runs, int),
            numpy.zeros(days),
        )

    def watch(self, day: int, counts: Numbers, means: Numbers) -> None:
        """Judge one day of every launch; a mean that is not a number is no expectation."""
        judged = ~numpy.isnan(means)
        reference, threshold = self._designs(means[judged])
        self.level[judged] = numpy.maximum(0, self.level[judged] + (counts[judged] - reference) / threshold)
        self.level[~judged] = 0
        over = judged & (self.level >= 1 - 1e-9)
        for run in numpy.flatnonzero(over).tolist():
            self._alarm(run, day)
        self.onset[~judged | (self.level == 0.0) | over] = day + 1
        self.level[over] = 0

    def _alarm(self, run: int, day: int) -> None:
        onset = self.onset[run]
        if onset > self.last[run] + _WEEK:
            self.first[run] = onset
        self.last[run] = day
        self.troubled[run, min(onset, day) : min(day + 1, self.first[run] + LEARNING_DAYS)] = True
        self.alarms[run] += 1
        self.by_day[day] += 1

    def _designs(self, means: Numbers) -> tuple[Numbers, Numbers]:
        values, place = numpy.unique(means, return_inverse=True)
        rows = [self._design(rounded(max(value, LEAST_MEAN))) for value in values.tolist()]
        table = numpy.array(rows).reshape(-1, 2)[place]
        return table[:, 0], table[:, 1]

    def _design(self, mean: float) -> tuple[float, float]:
        if mean not in self.known:
            chart = design(mean, RISE, FALSE_ALARM_DAYS)
            self.known[mean] = chart.reference, chart.threshold
        return self.known[mean]


def learning(counts: Numbers) -> tuple[Charts, Numbers]:
    """Watch launches against what their own days let expect; return the charts and how many were judged on each day."""
    runs, days = counts.shape
    charts, learned, expected = Charts.of(runs, days), counts.astype(float), numpy.full((runs, days), numpy.nan)
    for begin in range(0, days, _WEEK):
        end = min(begin + _WEEK, days)
        known = learned[:, :begin]
        if begin >= LEARNING_DAYS:
            enough = known.sum(axis=1) >= LEARNING_EVENTS
            expected[enough, begin:end] = forecast(known[enough], begin, end)
        for day in range(begin, end):
            charts.watch(day, counts[:, day], expected[:, day])
        relearn = charts.troubled & (numpy.arange(days) >= LEARNING_DAYS) & ~numpy.isnan(expected)
        learned = numpy.where(relearn, expected, counts)
    return charts, (~numpy.isnan(expected)).sum(axis=0)


def forecast(learned: Numbers, begin: int, end: int) -> Numbers:
    """Return what the days of a week should bring."""
    span = max(LEARNING_DAYS, min(STEADY_DAYS, learned.shape[1] // 2))
    mean = learned[:, -span:].sum(axis=1) / span
    share = ERROR_SHARES[begin > STEADY_DAYS]
    lately = (mean + share * numpy.sqrt(numpy.maximum(mean, 0.05) / span))[:, None]
    halfway: Numbers = (decays(learned, begin, end) + lately) / 2
    return halfway if begin <= STEADY_DAYS else numpy.maximum(halfway, lately)


def decays(learned: Numbers, begin: int, end: int) -> Numbers:
    """Return the daily means of the exponential decay that fits each launch best."""
    total, span = learned.sum(axis=1), learned.shape[1]
    mean = (learned * (numpy.arange(span) + 0.5)).sum(axis=1) / total
    low, high = numpy.full(len(learned), 1e-6), numpy.full(len(learned), 60.0)
    for _ in range(60):
        middle = (low + high) / 2
        above = 1 / middle - 1 / numpy.expm1(middle) > mean / span
        low, high = numpy.where(above, middle, low), numpy.where(above, high, middle)
    rate = ((low + high) / 2)[:, None]
    left = numpy.exp(-rate * numpy.arange(begin, end + 1) / span)
    falling: Numbers = (total[:, None] / -numpy.expm1(-rate)) * (left[:, :-1] - left[:, 1:])
    return numpy.where((mean >= span / 2)[:, None], total[:, None] / span, falling)


def knowing(counts: Numbers, means: Numbers) -> float:
    """Return the days between alarms against the curve launches were drawn from, once they could have learned it."""
    charts = Charts.of(*counts.shape)
    for day in range(LEARNING_DAYS, counts.shape[1]):
        charts.watch(day, counts[:, day], numpy.full(len(counts), means[day]))
    return float(len(counts) * (counts.shape[1] - LEARNING_DAYS) / charts.alarms.sum())


def measure(curve: Callable[[Numbers], Numbers], runs: int) -> dict[str, Any]:
    """Return the days between false alarms of a kind of launch: on the whole, by parts, and with the curve known."""
    means = curve(numpy.arange(DAYS, dtype=float))
    counts = numpy.random.default_rng(20_260_101).poisson(means, (runs, DAYS))
    charts, judged = learning(counts)
    for run in range(CHECKED):
        assert len(expect(counts[run].tolist()).watch.alarms) == charts.alarms[run], f"launch {run} differs"
    spacing = float(judged.sum() / charts.alarms.sum())
    error = spacing * float(charts.alarms.std() / numpy.sqrt(runs) / charts.alarms.mean())
    parts = [float(judged[a:b].sum() / charts.by_day[a:b].sum()) for a, b in pairwise(PARTS)]
    return {
        "learned": round(spacing, 1),
        "error": round(error, 1),
        "parts": [round(part) for part in parts],
        "known": round(knowing(counts, means), 1),
    }


def main() -> int:
    """Print the figures and keep them as JSON; fail where steady arrivals miss the design by more than a twentieth."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    rows = {}
    print(f"days from one false alarm to the next; {runs:,} launches of each kind, {DAYS} days")
    for name, curve in (STEADY | FALLING).items():
        rows[name] = row = measure(curve, runs)
        parts = ", ".join(f"{part} from day {begin}" for part, begin in zip(row["parts"], PARTS, strict=False))
        print(
            f"{name:<30} {row['learned']:7.1f} ± {row['error']:.1f} ({parts}); curve known {row['known']:.0f}",
            flush=True,
        )
    average = len(STEADY) / sum(1 / rows[name]["learned"] for name in STEADY)
    print(f"steady arrivals on average every {average:.1f} days, designed {FALSE_ALARM_DAYS:.0f}")
    kept = {
        "runs": runs,
        "days": DAYS,
        "designed": FALSE_ALARM_DAYS,
        "steady_average": round(average, 1),
        "kinds": rows,
    }
    path = Path(__file__).parent / "results" / "alarms.json"
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 0 if abs(average / FALSE_ALARM_DAYS - 1) <= 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
