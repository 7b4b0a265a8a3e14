from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks import backtest, forecast
from pmbridge.metrics.forecast import Target
from pmbridge.metrics.replay import FinishRule, done90_finish, hindsight_start, state_at


@pytest.fixture(scope="module")
def projects() -> list[Any]:
    where = backtest.folder()
    found: list[Any] = backtest.read_projects(where)
    if not found:
        pytest.skip(
            f"The back-test series are not in {where}. They are real histories that are not shipped; set "
            "PMBRIDGE_BACKTEST to their folder to hold the forecast against them."
        )
    return found


@pytest.fixture(scope="module")
def scores(projects: list[Any]) -> Callable[..., Sequence[Any]]:
    @cache
    def scored(model: str, target: Target, mondays: bool = False) -> Sequence[Any]:
        return forecast.scores(list(backtest.cases(projects, target, mondays=mondays)), model)

    return scored


@pytest.mark.parametrize("target", Target)
def test_percentiles_hold_as_often_as_they_say_on_real_histories(
    scores: Callable[..., Sequence[Any]], target: Target
) -> None:
    summary = forecast.summarize(scores(forecast.DEFAULT, target))
    assert (summary.forecasts, summary.milestones, summary.projects, summary.refused) == (1621, 561, 30, 0)
    for name, (low, high) in forecast.ACCEPTANCE[target].items():
        assert low <= getattr(summary, name) <= high


@pytest.mark.parametrize("target", Target)
def test_the_default_is_far_better_than_both_baselines(scores: Callable[..., Sequence[Any]], target: Target) -> None:
    ours = forecast.summarize(scores(forecast.DEFAULT, target))
    for baseline in forecast.BASELINES:
        theirs = forecast.summarize(scores(baseline, target))
        assert ours.crps < 0.4 * theirs.crps
        assert ours.log_crps < 0.6 * theirs.log_crps
        assert theirs.p85 < 0.75 < ours.p85


@pytest.mark.parametrize("target", Target)
def test_on_mondays_the_dates_hold_as_well_so_no_window_leaks(
    scores: Callable[..., Sequence[Any]], target: Target
) -> None:
    summary = forecast.summarize(scores(forecast.DEFAULT, target, mondays=True))
    assert summary.forecasts == 5899
    assert 0.80 <= summary.p85 <= 0.92
    assert summary.crps <= 0.23


@pytest.mark.parametrize("target", Target)
def test_what_the_product_gives_is_rarely_refused_and_holds_at_least_as_often(
    scores: Callable[..., Sequence[Any]], target: Target
) -> None:
    plain, given = (scores(model, target) for model in (forecast.DEFAULT, forecast.GIVEN))
    assert 0.97 <= 1 - forecast.summarize(given).refused < 1
    answered = [a for a, b in zip(plain, given, strict=True) if b is not None]
    assert 0.80 <= forecast.summarize(given).p85 <= 0.92
    assert forecast.summarize(given).p85 >= forecast.summarize(answered).p85


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


def test_cancelled_items_leave_the_scope_and_are_no_finish(tmp_path: Path) -> None:
    write_series(tmp_path, 1)
    ((window,),) = [project.windows for project in backtest.read_projects(tmp_path)]
    cancelled = [member for member in window.members if member.removed is not None]
    assert [(member.removed, member.done) for member in cancelled] == [(38, ())]
    assert state_at(window, 39).remaining == 0
    assert len(state_at(window, 39).finish_days) == 19


def test_the_benchmark_prints_every_model_for_both_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path, 6)
    assert forecast.main([str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    for model in forecast.MODELS:
        assert sum(line.startswith(model) for line in lines) >= 2
    assert sum(line.startswith(forecast.DEFAULT) for line in lines) == 4
    assert sum("MISSED" in line for line in lines if line.startswith("acceptance")) == 2


def test_the_benchmark_says_where_it_looked_in_vain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forecast.main([str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
