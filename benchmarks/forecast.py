"""Forecast hundreds of real milestones by several models, and count how often the dates held.

Run ``python benchmarks/forecast.py [FOLDER]``; the folder of the series is else found as `benchmarks.backtest` says.
Printed are the shipped default, plain and as the product gives it (widened where it says so, refused where it would
refuse), the simulations kept as options, and two baselines: remaining work over the mean rate, and the plain bootstrap
that most tools use. Every project has one weight, in a project every milestone, in a milestone every forecast.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy.special import stdtr

from benchmarks.backtest import Case, Project, cases, folder, read_projects
from pmbridge.metrics.calibration import ScoredForecast
from pmbridge.metrics.forecast import CONSTANTS_VERSION, HORIZON_DAYS, Target, forecast
from pmbridge.metrics.judgement import Answer, is_paused, judge
from pmbridge.metrics.simulation import convolution
from pmbridge.metrics.simulation.autoregressive import nb_ar
from pmbridge.metrics.simulation.bootstrap import bayes_bootstrap
from pmbridge.metrics.simulation.finish import Finish
from pmbridge.metrics.simulation.history import TooLittleHistoryError, Weeks
from pmbridge.metrics.simulation.seed import Seed
from pmbridge.metrics.simulation.trials import Question

#: P(finish within d days) for d = 0 .. HORIZON_DAYS; ``None`` is a refusal.
Distribution = NDArray[Any] | None
DAYS = numpy.arange(HORIZON_DAYS + 1)
_TRIALS = 1000
_RESAMPLES = 1000
#: What the shipped default must reach: lower and upper bound by target and score.
ACCEPTANCE = {
    Target.GROWING: {"p50": (0.47, 0.53), "p85": (0.80, 0.86), "p95": (0.94, 0.97), "crps": (0.0, 0.23)},
    Target.FROZEN: {"p50": (0.47, 0.53), "p85": (0.84, 0.90), "p95": (0.94, 0.98), "crps": (0.0, 0.23)},
}
DEFAULT, GIVEN = "refclass (shipped)", "refclass as given"
BASELINES = ("remaining / mean rate", "plain bootstrap")


def shipped(case: Case) -> Distribution:
    """Give the default model as it is."""
    return _student(case, 1.0)


def as_given(case: Case) -> Distribution:
    """Give it as the product does: widened where little is known, refused where nothing is."""
    judgement = judge(case.snapshot, len(case.past), case.own_finishes, is_paused(case.snapshot, case.own_finishes))
    return None if judgement.status is Answer.REFUSED else _student(case, judgement.widen)


def _student(case: Case, widen: float) -> Distribution:
    p = forecast(case.snapshot, case.past, case.target, widen=widen)
    with numpy.errstate(divide="ignore"):
        return numpy.asarray(stdtr(p.freedom, (numpy.log(DAYS) - p.location) / p.scale))


def mean_rate(case: Case) -> Distribution:
    """Divide what is left by the mean of the weeks."""
    weekly = case.snapshot.weekly_finishes
    if not any(weekly):
        return None
    weeks = case.snapshot.remaining * len(weekly) / sum(weekly)
    return (numpy.ceil(7 * weeks) <= DAYS).astype(float)


def plain_bootstrap(case: Case) -> Distribution:
    """Draw past weeks again, exactly, with the last week spread evenly over its days."""
    if not any(case.snapshot.weekly_finishes):
        return None
    exact = convolution.finish(case.snapshot.weekly_finishes, case.snapshot.remaining).within
    return numpy.interp(DAYS / 7, numpy.arange(len(exact)), exact)


def bayesian_bootstrap(case: Case) -> Distribution:
    """Draw past weeks with uncertain chances."""
    return _simulated(bayes_bootstrap, case)


def autoregressive(case: Case) -> Distribution:
    """Draw wandering weekly rates."""
    return _simulated(nb_ar, case)


def _simulated(model: Callable[..., Finish], case: Case) -> Distribution:
    question = Question(case.snapshot.remaining, trials=_TRIALS, horizon=HORIZON_DAYS // 7)
    rng = Seed(case.project.number, f"{case.project.set}/{case.milestone}", case.true_days).generator()
    try:
        found = model(Weeks(tuple(map(float, case.snapshot.weekly_finishes))), question, rng)
    except TooLittleHistoryError:
        return None
    return numpy.asarray(numpy.searchsorted(found.weeks, DAYS / 7, side="right") / found.trials)


MODELS: Mapping[str, Callable[[Case], Distribution]] = {
    BASELINES[0]: mean_rate,
    BASELINES[1]: plain_bootstrap,
    "Bayesian bootstrap": bayesian_bootstrap,
    "nb_ar": autoregressive,
    DEFAULT: shipped,
    GIVEN: as_given,
}


@dataclass(frozen=True)
class Score:
    """How one forecast did: where the outcome fell, and its ranked score in windows and in log days."""

    case: Case
    fell: ScoredForecast
    crps: float
    log_crps: float


@dataclass(frozen=True)
class Summary:
    """Scores with one weight a project; ``refused`` is the plain share of forecasts."""

    forecasts: int
    milestones: int
    projects: int
    refused: float
    p50: float
    p85: float
    p95: float
    crps: float
    log_crps: float


def score(case: Case, distribution: NDArray[Any]) -> Score:
    """Compare a distribution with the outcome."""
    true = min(case.true_days, HORIZON_DAYS)
    off = (distribution - (true <= DAYS)) ** 2
    logs = numpy.log1p(1 / DAYS[1:])
    return Score(
        case=case,
        fell=ScoredForecast(float(distribution[true - 1]), float(distribution[true])),
        crps=float(off.sum()) / case.window_days,
        log_crps=float((off[1:] * logs).sum()),
    )


def scores(found: Iterable[Case], model: str) -> list[Score | None]:
    """Forecast every case by one model; ``None`` is a refusal."""
    answers = ((case, MODELS[model](case)) for case in found)
    return [None if answer is None else score(case, answer) for case, answer in answers]


def summarize(scored: Sequence[Score | None]) -> Summary:
    """Weigh every project alike, in a project every milestone, in a milestone every forecast."""
    answered = [one for one in scored if one is not None]
    tree = _tree(answered)

    def held(q: float) -> float:
        return _weigh(tree.values(), lambda one: one.fell.hit(q))

    return Summary(
        forecasts=len(answered),
        milestones=sum(map(len, tree.values())),
        projects=len(tree),
        refused=1 - len(answered) / len(scored),
        p50=held(0.50),
        p85=held(0.85),
        p95=held(0.95),
        crps=_weigh(tree.values(), lambda one: one.crps),
        log_crps=_weigh(tree.values(), lambda one: one.log_crps),
    )


def interval(scored: Iterable[Score | None], q: float) -> tuple[float, float]:
    """Return the 95 % interval of a coverage over other projects like these, by drawing projects again."""
    tree = _tree(one for one in scored if one is not None)
    each = [_weigh([project], lambda one: one.fell.hit(q)) for project in tree.values()]
    rng = Random(1)
    means = sorted(mean(rng.choices(each, k=len(each))) for _ in range(_RESAMPLES))
    return means[round(0.025 * _RESAMPLES)], means[round(0.975 * _RESAMPLES) - 1]


_Tree = dict[str, dict[int, list[Score]]]


def _tree(scored: Iterable[Score]) -> _Tree:
    tree: _Tree = defaultdict(lambda: defaultdict(list))
    for one in scored:
        tree[one.case.project.name][one.case.milestone].append(one)
    return tree


def _weigh(projects: Iterable[Mapping[int, Sequence[Score]]], value: Callable[[Score], float]) -> float:
    return mean(mean(mean(map(value, m)) for m in project.values()) for project in projects)


def main(arguments: Sequence[str]) -> int:
    """Print the tables, the skill of the default and the acceptance; 1 where it is missed or there are no series."""
    where = Path(arguments[0]) if arguments else folder()
    projects = read_projects(where)
    if not projects:
        print(f"No back-test series in {where}; name their folder.", file=sys.stderr)
        return 1
    print(f"{CONSTANTS_VERSION}; one weight a project. nCRPS in windows of the milestone, lCRPS in log days.")
    reached = [_print_target(projects, target) for target in Target]
    for target in Target:
        found = list(cases(projects, target, mondays=True))
        _print_head(f"{target}, every Monday", found)
        for model in (BASELINES[1], DEFAULT, GIVEN):
            _print_row(model, scores(found, model))
    return 0 if all(reached) else 1


def _print_target(projects: Iterable[Project], target: Target) -> bool:
    found = list(cases(projects, target))
    _print_head(f"{target}, 30, 50, 70 %", found)
    every = {model: scores(found, model) for model in MODELS}
    for model, scored in every.items():
        _print_row(model, scored)
    for baseline in BASELINES:
        _print_skill(baseline, every)
    return _print_acceptance(target, summarize(every[DEFAULT]))


def _print_head(title: str, found: Iterable[Case]) -> None:
    sets = " / ".join(_sets(case.project.set for case in found))
    print(f"\n{title:24} answers refused  P50  P85 (95 % interval)  P95   nCRPS  lCRPS  P85 of {sets}")


def _print_row(model: str, scored: Sequence[Score | None]) -> None:
    row, (low, high) = summarize(scored), interval(scored, 0.85)
    by_set: dict[str, list[Score | None]] = defaultdict(list)
    for one in scored:
        if one is not None:
            by_set[one.case.project.set].append(one)
    sets = " / ".join(f"{summarize(by_set[name]).p85:.2f}" for name in _sets(by_set))
    print(
        f"{model:24} {row.forecasts:7} {row.refused:7.0%}  {row.p50:.2f} {row.p85:.3f} ({low:.2f}-{high:.2f})  "
        f"{row.p95:.3f} {row.crps:6.3f} {row.log_crps:6.3f}  {sets}"
    )


def _sets(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _print_skill(baseline: str, every: Mapping[str, Sequence[Score | None]]) -> None:
    """Compare on the cases both answer: the part of the baseline's score that the default saves."""
    both = [(a, b) for a, b in zip(every[DEFAULT], every[baseline], strict=True) if a is not None and b is not None]
    ours, theirs = (summarize([pair[n] for pair in both]) for n in (0, 1))
    saved = (
        f"{_skill(a, b)} on {name}"
        for name, a, b in (("nCRPS", ours.crps, theirs.crps), ("lCRPS", ours.log_crps, theirs.log_crps))
    )
    print(f"skill of the default against {baseline}: {', '.join(saved)} ({len(both)} cases both answer)")


def _skill(ours: float, theirs: float) -> str:
    return f"{1 - ours / theirs:.2f}" if theirs else "none (it is always right)"


def _print_acceptance(target: Target, reached: Summary) -> bool:
    bounds = ACCEPTANCE[target]
    held = {name: low <= getattr(reached, name) <= high for name, (low, high) in bounds.items()}
    held["refused"] = reached.refused == 0
    words = ", ".join(f"{name} {getattr(reached, name):.3f}{'' if ok else ' MISSED'}" for name, ok in held.items())
    print(f"acceptance {target}: {'reached' if all(held.values()) else 'MISSED'} ({words})")
    return all(held.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
