"""What is drawn of the time after a launch, and of a milestone's way to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import BugSeries, Forecast, MilestoneAssessment, SeverityDays
from pmbridge.config.product import ProductSettings
from pmbridge.reports.bug_pictures import backlog, flow, growth, pictures
from pmbridge.reports.burnup_picture import burnup
from pmbridge.reports.charts import Band, Bars, Dots, Limit, Line, Plot, Stack

L = datetime(2026, 9, 1, 8, tzinfo=UTC)
STORY = run_path(str(Path(__file__).parents[1] / "story.py"))["Story"]
SETTINGS = ProductSettings.model_validate({"title": "Web shop", "projects": {"jira": ["SHOP"]}})

Told = Callable[..., MilestoneAssessment]


@pytest.fixture
def told() -> Told:
    """Assess a launch whose defects slow down as a growth model has it, with a storm at the end if wanted."""

    def tell(as_of: float = 34.0, *, storm: bool = False, bugs: int = 60) -> MilestoneAssessment:
        tale: Any = STORY()
        tale.milestone("version:2", "2.0", start=date(2026, 7, 1), due=date(2026, 9, 1), released=L)
        fields = {"type": "Bug", "affects": ("version:2",), "severity": "major"}
        for n in range(bugs):
            came = L + timedelta(days=-12 * log(1 - (n + 0.5) / 64))
            tale.item(f"B-{n:02}", came, **fields)
            tale.status(f"B-{n:02}", came + timedelta(days=2 + n % 5), "done")
        for n in range(15 if storm else 0):
            tale.item(f"P-{n:02}", L + timedelta(days=30 + n / 5), **fields)
        at = L + timedelta(days=as_of)
        found = assess(tale.history(), SETTINGS, product="shop", as_of=at, config_digest="c0ffee", version="1.0")
        return found.milestones[0]

    return tell


def layer(plot: Plot, kind: type) -> Any:
    return next(one for one in plot.layers if isinstance(one, kind))


def test_every_picture_has_words_that_say_the_same(told: Told) -> None:
    found = {plot.name: plot for plot in pictures(told().bugs)}
    assert list(found) == ["flow", "severity", "arrivals", "waiting", "growth"]
    for plot in found.values():
        assert plot.text.endswith(".")
        assert plot.svg().startswith("<svg")
    assert "half resolved in" in found["waiting"].text
    assert "at most" in found["growth"].text


def test_what_came_stands_above_and_what_went_below_the_line(told: Told) -> None:
    bugs = told().bugs
    (plot,) = flow(bugs.series)
    up, down = (one for one in plot.layers if isinstance(one, Bars))
    assert sum(up.y) == bugs.defects
    assert -sum(down.y) == bugs.closed
    assert layer(plot, Line).y[-1] == bugs.backlog


def test_a_long_time_has_a_bar_a_week(told: Told) -> None:
    (plot,) = flow(told(150).bugs.series)
    bars = layer(plot, Bars)
    assert len(bars.x) == 22
    assert sum(bars.y) == 60
    assert "a week" in bars.name


def test_an_alarm_stands_out_beside_its_limit(told: Told) -> None:
    found = {plot.name: plot for plot in pictures(told(34, storm=True).bugs)}
    assert layer(found["alarm"], Limit).at == 1.0
    assert all(level >= 1 for level in layer(found["alarm"], Dots).y)
    assert "alarm" in found["alarm"].text


def test_the_band_of_a_wait_holds_its_line(told: Told) -> None:
    found = {plot.name: plot for plot in pictures(told().bugs)}
    band, line = layer(found["waiting"], Band), layer(found["waiting"], Line)
    assert line.y[0] == 1
    assert all(low <= y <= high for low, y, high in zip(band.low, line.y, band.high, strict=True))
    assert list(line.y) == sorted(line.y, reverse=True)


def test_the_growth_model_looks_a_month_ahead_within_its_interval(told: Told) -> None:
    bugs = told().bugs
    (plot,) = growth(bugs)
    band, model = layer(plot, Band), layer(plot, Line)
    assert band.x[-1] == bugs.series.dates[-1] + timedelta(days=30)
    assert all(low <= y <= high for low, y, high in zip(band.low, model.y, band.high, strict=True))
    assert band.high[-1] >= 60


def test_a_refused_model_is_not_drawn(told: Told) -> None:
    assert list(growth(told(bugs=10).bugs)) == []


def test_a_launch_without_bugs_has_no_pictures(told: Told) -> None:
    assert list(pictures(told(bugs=0).bugs)) == []


def test_words_of_several_trackers_that_mean_the_same_are_one_layer() -> None:
    rows = (("2", 2, 1), ("High", 2, 3), ("Highest", 1, 1), (None, None, 2), ("odd", None, 4))
    series = BugSeries(
        dates=(date(2026, 9, 1),),
        severities=tuple(SeverityDays(severity=word, rank=rank, backlog=(n,)) for word, rank, n in rows),
    )
    (plot,) = backlog(series)
    assert [values for _, _, values in layer(plot, Stack).rows] == [[1.0], [4.0], [4.0], [2.0]]
    assert [name for name, _, _ in layer(plot, Stack).rows] == ["Highest", "2/High", "odd", "no severity"]


def test_a_burn_up_ends_in_a_fan_between_the_early_and_the_late_date(told: Told) -> None:
    milestone = told(bugs=0)
    days = tuple(date(2026, 9, 1) + timedelta(days=n) for n in range(10))
    ahead = Forecast(status="ok", model="m", p50=date(2026, 9, 20), p85=date(2026, 9, 28), p95=date(2026, 10, 10))
    drawn = milestone.burnup.model_copy(update={"dates": days, "scope": (20,) * 10, "done": tuple(range(10))})
    (plot,) = burnup(milestone.model_copy(update={"burnup": drawn, "forecast": ahead}))
    fan = layer(plot, Band)
    assert fan.x == [days[-1], date(2026, 9, 20), date(2026, 10, 10)]
    assert (fan.low[0], fan.high[0], fan.high[1], fan.low[2]) == (9, 9, 20, 20)
    assert 9 < fan.low[1] < 20
    assert "likely (85 %) by 28 Sep 2026" in plot.text
    assert plot.svg().startswith("<svg")


def test_a_burn_up_without_a_forecast_has_no_fan(told: Told) -> None:
    milestone = told(bugs=0)
    days = (date(2026, 9, 1), date(2026, 9, 2))
    drawn = milestone.burnup.model_copy(update={"dates": days, "scope": (2, 2), "done": (0, 1)})
    refused = Forecast(status="refused", model=None, refusal="too little is known")
    (plot,) = burnup(milestone.model_copy(update={"burnup": drawn, "forecast": refused}))
    assert not [one for one in plot.layers if isinstance(one, Band)]
    assert "no forecast" in plot.text
