from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pmbridge.metrics.forecast import Target
from pmbridge.metrics.replay import FinishRule, done90_finish, hindsight_start, state_at

HARNESS = Path(__file__).resolve().parents[2] / "benchmarks" / "calibration.py"


@pytest.fixture(scope="module")
def harness() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("pmbridge_calibration_benchmark", HARNESS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def projects(harness: ModuleType) -> list[Any]:
    where = harness.folder()
    found: list[Any] = harness.read_projects(where)
    if not found:
        pytest.skip(
            f"The back-test series are not in {where}. They are real histories that are not shipped; set "
            "PMBRIDGE_BACKTEST to their folder to hold the forecast against them."
        )
    return found


@pytest.fixture(scope="module")
def cases(harness: ModuleType, projects: list[Any]) -> Callable[..., list[Any]]:
    @cache
    def scored(target: Target, mondays: bool = False) -> list[Any]:
        return list(harness.cases(projects, target, mondays=mondays))

    return scored


@pytest.mark.parametrize(
    ("target", "p50", "p85", "p95"),
    [
        (Target.GROWING, (0.47, 0.53), (0.80, 0.86), (0.94, 0.97)),
        (Target.FROZEN, (0.47, 0.53), (0.84, 0.90), (0.94, 0.98)),
    ],
)
def test_percentiles_hold_as_often_as_they_say_on_real_histories(
    harness: ModuleType,
    cases: Callable[..., list[Any]],
    target: Target,
    p50: tuple[float, float],
    p85: tuple[float, float],
    p95: tuple[float, float],
) -> None:
    summary = harness.summarize(cases(target))
    assert (summary.forecasts, summary.milestones, summary.projects) == (1621, 561, 30)
    assert p50[0] <= summary.p50 <= p50[1]
    assert p85[0] <= summary.p85 <= p85[1]
    assert p95[0] <= summary.p95 <= p95[1]
    assert summary.crps <= 0.23


@pytest.mark.parametrize("target", Target)
def test_on_mondays_the_dates_hold_as_well_so_no_window_leaks(
    harness: ModuleType, cases: Callable[..., list[Any]], target: Target
) -> None:
    summary = harness.summarize(cases(target, mondays=True))
    assert summary.forecasts == 5899
    assert 0.80 <= summary.p85 <= 0.92
    assert summary.crps <= 0.23


@pytest.mark.parametrize("target", Target)
def test_what_the_product_gives_is_rarely_refused_and_holds_at_least_as_often(
    harness: ModuleType, cases: Callable[..., list[Any]], target: Target
) -> None:
    answered = [case for case in cases(target) if not case.refused]
    assert 0.97 <= len(answered) / len(cases(target)) < 1
    given = harness.summarize(answered, as_given=True)
    assert 0.80 <= given.p85 <= 0.92
    assert given.p85 >= harness.summarize(answered).p85


def test_the_day_nine_tenths_were_done_is_found_again_for_every_milestone(projects: list[Any]) -> None:
    windows = [w for project in projects for w in project.windows if w.rule is FinishRule.DONE90]
    assert len(windows) == 299
    assert [done90_finish(w.members) for w in windows] == [w.finish for w in windows]


def test_the_start_of_an_undeclared_window_is_found_again_for_most(projects: list[Any]) -> None:
    found = total = 0
    for project in projects:
        finishes = [window.finish for window in project.windows]
        for window in project.windows:
            if window.start is None:
                total += 1
                found += hindsight_start(window.members, window.finish, finishes) == window.hindsight_start
    assert total == 482
    # The rest begins at a release that is too small to be in the series.
    assert found / total > 0.85


def write_series(where: Path, milestones: int) -> None:
    """Write one project whose releases follow each other every 40 days, an item of theirs done every other day."""
    items = [[n, 2 if n % 20 == 19 else 0, 2 * n - 9, None, [[2 * n, None]]] for n in range(20 * milestones)]
    record = {
        "set": "made",
        "project": 1,
        "finish_rule": "release",
        "items": items,
        "milestones": [
            {
                "start": 40 * m,
                "start_known": 0,
                "due": None,
                "finish": 40 * m + 40,
                "members": [[n, 2 * n - 9, None] for n in range(20 * m, 20 * m + 20)],
            }
            for m in range(milestones)
        ],
    }
    with gzip.open(where / "made.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def test_cancelled_items_leave_the_scope_and_are_no_finish(harness: ModuleType, tmp_path: Path) -> None:
    write_series(tmp_path, 1)
    ((window,),) = [project.windows for project in harness.read_projects(tmp_path)]
    cancelled = [member for member in window.members if member.removed is not None]
    assert [(member.removed, member.done) for member in cancelled] == [(38, ())]
    assert state_at(window, 39).remaining == 0
    assert len(state_at(window, 39).finish_days) == 19


def test_the_benchmark_prints_both_questions_at_both_kinds_of_instants(
    harness: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path, 6)
    assert harness.main([str(tmp_path)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[-7:-4] for row in rows if row[:1] == ["made"]][:1] == [["18", "6", "1"]]
    assert sum(row[:2] == ["plain", "model"] for row in rows) == 4


def test_the_benchmark_says_where_it_looked_in_vain(
    harness: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert harness.main([str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
