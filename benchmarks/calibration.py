"""Forecast hundreds of real milestones from what was known part of the way, then count how often the dates held.

Run ``python benchmarks/calibration.py [FOLDER]``. The folder of back-test series is taken from ``PMBRIDGE_BACKTEST``
where it is not named; without either, ``shared/data/backtest`` beside the checkout.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from pmbridge.metrics.calibration import ScoredForecast, score
from pmbridge.metrics.forecast import CONSTANTS_VERSION, Target, forecast
from pmbridge.metrics.judgement import Answer, is_paused, judge
from pmbridge.metrics.replay import (
    FinishRule,
    Member,
    MilestoneWindow,
    ReplayedMilestone,
    known_before,
    outcome_day,
    replay,
    snapshot_at,
    state_at,
)
from pmbridge.metrics.scoring import crps_days

CANCELLED = 2
MAX_LATENESS = 365
MONDAY = 4  # of a day number since 1970-01-01, modulo 7


@dataclass(frozen=True)
class Project:
    """One project of the back-test."""

    set: str
    number: int
    windows: tuple[MilestoneWindow, ...]

    @property
    def name(self) -> str:
        """How the project is named in tables."""
        return f"{self.set}/{self.number}"


@dataclass(frozen=True)
class Case:
    """One forecast with its outcome: of the plain model, and as the product gives it, widened where it says so.

    ``crps`` is the plain model's, in windows of its milestone. ``refused``: the product gives no date.
    """

    project: Project
    milestone: int
    refused: bool
    plain: ScoredForecast
    given: ScoredForecast
    crps: float


@dataclass(frozen=True)
class Summary:
    """Scores with one weight a project, and in a project one a milestone."""

    forecasts: int
    milestones: int
    projects: int
    p50: float
    p85: float
    p95: float
    crps: float


def folder() -> Path:
    """Say where the back-test series are expected."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "backtest"
    return Path(os.environ.get("PMBRIDGE_BACKTEST") or default)


def read_projects(where: Path) -> list[Project]:
    """Read every project of every series."""
    files = sorted(where.glob("*.jsonl.gz"))
    return [_project(json.loads(line)) for file in files for line in gzip.open(file, "rt", encoding="utf-8")]


def _project(record: Mapping[str, Any]) -> Project:
    items = {item[0]: item for item in record["items"]}
    rule = FinishRule(record["finish_rule"])
    windows = (_window(milestone, items, rule) for milestone in record["milestones"])
    return Project(record["set"], record["project"], tuple(windows))


def _window(milestone: Mapping[str, Any], items: Mapping[int, Any], rule: FinishRule) -> MilestoneWindow:
    start, declared = milestone["start"], bool(milestone["start_known"])
    members = (_member(items[item], added, removed) for item, added, removed in milestone["members"])
    return MilestoneWindow(
        rule=rule,
        members=tuple(member for member in members if member is not None),
        start=start if declared else None,
        hindsight_start=None if declared else start,
        finish=milestone["finish"],
        dues=() if milestone["due"] is None else ((start, milestone["due"]),),
    )


def _member(item: list[Any], added: int, removed: int | None) -> Member | None:
    _, flags, created, _, done = item
    if flags & CANCELLED and done:
        removed = done[0][0] if removed is None else min(removed, done[0][0])
        done = []
    if removed is not None and removed <= added:
        return None
    return Member(added, removed, tuple((a, b) for a, b in done), created)


def cases(projects: Iterable[Project], target: Target, *, mondays: bool = False) -> Iterator[Case]:
    """Forecast every scorable milestone part of the way, or every Monday of its window."""
    for project in projects:
        replayed = replay(project.windows, target)
        for number, milestone in enumerate(replayed):
            if _is_scorable(milestone.window):
                for day in _mondays(milestone) if mondays else [state.day for state in milestone.states]:
                    yield from _case(project, number, milestone.window, day, replayed, target)


def _is_scorable(window: MilestoneWindow) -> bool:
    finish = window.finish
    due = None if finish is None else window.due_at(finish)
    return finish is not None and (due is None or finish - due <= MAX_LATENESS)


def _mondays(milestone: ReplayedMilestone) -> list[int]:
    first = milestone.finish if milestone.window.opening is None else milestone.window.opening
    return [day for day in range(first, milestone.finish) if day % 7 == MONDAY]


def _case(
    project: Project,
    number: int,
    window: MilestoneWindow,
    day: int,
    replayed: Sequence[ReplayedMilestone],
    target: Target,
) -> Iterator[Case]:
    state = state_at(window, day)
    end = outcome_day(window, state, target)
    if end is None:
        return
    snapshot, past = snapshot_at(window, day, project.windows), known_before(replayed, day)
    own = len(state.finish_days)
    judgement = judge(snapshot, len(past), own, is_paused(snapshot, own))
    plain = forecast(snapshot, past, target)
    given = forecast(snapshot, past, target, widen=judgement.widen)
    yield Case(
        project=project,
        milestone=number,
        refused=judgement.status is Answer.REFUSED,
        plain=score(plain, end - day),
        given=score(given, end - day),
        crps=crps_days(plain, end - day) / (window.length or 1),
    )


def summarize(scored: Iterable[Case], *, as_given: bool = False) -> Summary:
    """Weigh every project alike, in a project every milestone, in a milestone every forecast."""
    tree: dict[str, dict[int, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in scored:
        tree[case.project.name][case.milestone].append(case)

    def weigh(value: Callable[[Case], float]) -> float:
        return mean(mean(mean(map(value, m)) for m in p.values()) for p in tree.values())

    def held(q: float) -> float:
        return weigh(lambda case: (case.given if as_given else case.plain).hit(q))

    return Summary(
        forecasts=sum(len(cases) for milestones in tree.values() for cases in milestones.values()),
        milestones=sum(len(milestones) for milestones in tree.values()),
        projects=len(tree),
        p50=held(0.50),
        p85=held(0.85),
        p95=held(0.95),
        crps=weigh(lambda case: case.crps),
    )


def main(arguments: Sequence[str]) -> int:
    """Print the coverage table."""
    where = Path(arguments[0]) if arguments else folder()
    projects = read_projects(where)
    if not projects:
        print(f"No back-test series in {where}; name their folder.", file=sys.stderr)
        return 1
    print(f"{CONSTANTS_VERSION}; one weight a project. nCRPS in windows of the milestone.")
    for mondays in (False, True):
        for target in Target:
            _print_table(f"{target}, {'every Monday' if mondays else '30, 50, 70 %'}", projects, target, mondays)
    return 0


def _print_table(title: str, projects: Iterable[Project], target: Target, mondays: bool) -> None:
    scored = list(cases(projects, target, mondays=mondays))
    answered = [case for case in scored if not case.refused]
    print(f"\n{title:28} forecasts milestones projects  P50   P85   P95  nCRPS")
    _print_row("plain model", summarize(scored))
    _print_row("as given", summarize(answered, as_given=True))
    for name in sorted({case.project.set for case in scored}):
        _print_row(f"  {name}", summarize(case for case in scored if case.project.set == name))


def _print_row(title: str, row: Summary) -> None:
    counts = f"{row.forecasts:9} {row.milestones:10} {row.projects:8}"
    print(f"{title:28} {counts}  {row.p50:.3f} {row.p85:.3f} {row.p95:.3f} {row.crps:.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
