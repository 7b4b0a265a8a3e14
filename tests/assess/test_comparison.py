"""What simulations of past throughput say beside the forecast: scope, risks, teams, holidays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pmbridge.assess import assess
from pmbridge.assessment import SimulatedDates
from pmbridge.config.product import ProductSettings
from pmbridge.model import History

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = BEGIN + 49 * DAY
TEAMS = {"web": {"people": ["w1", "w2"]}, "api": {"people": ["a1"]}}


def simulated(history: History, as_of: datetime = NOW, **settings: Any) -> dict[str, SimulatedDates]:
    made = ProductSettings.model_validate({"title": "Shop", "projects": {"jira": ["SHOP"]}, **settings})
    milestone = assess(history, made, product="shop", as_of=as_of, config_digest="c", version="1").milestones[0]
    return {("teams" if one.teams else one.scope): one for one in milestone.forecast.simulations}


@pytest.fixture
def tale(story: Any) -> Any:
    """Tell of forty pieces of work of which three a week are done, by people of two teams."""
    told = story()
    told.milestone("version:1", "1.0", start="2026-03-02", due="2026-07-31")
    for n in range(40):
        key, person = f"S-{n:02}", ("w1", "w2", "a1")[n % 3]
        told.item(key, BEGIN - DAY, milestones=("version:1",), assignees=(person,))
        if n < 21:
            told.status(key, BEGIN + (n * 7 // 3) * DAY, "active")
            told.status(key, BEGIN + (n * 7 // 3 + 2) * DAY, "done")
    return told


def test_a_scope_that_grows_ends_later_than_the_one_of_today(tale: Any) -> None:
    assert set(simulated(tale.history())) == {"frozen"}
    for n in range(12):
        tale.item(f"N-{n:02}", BEGIN + (4 * n + 1) * DAY, milestones=("version:1",))
    found = simulated(tale.history())
    assert set(found) == {"frozen", "growing"}
    assert found["growing"].p50 > found["frozen"].p50
    assert found["growing"].items_by_due is None


def test_written_risks_happen_or_not_in_every_trial(tale: Any) -> None:
    calm = simulated(tale.history())["frozen"]
    tale.item("R-1", BEGIN, type="Risk", milestones=(), description="Probability: 60 %, Impact: 4 weeks")
    tale.item("R-2", BEGIN, type="Risk", milestones=(), description="Probability: high")
    risky = simulated(tale.history())["frozen"]
    assert (calm.risks, risky.risks) == (0, 1)
    assert 18 <= (risky.p85 - calm.p85).days <= 31
    assert risky.p50 > calm.p50


def test_several_teams_end_with_the_last_of_them(tale: Any) -> None:
    found = simulated(tale.history(), teams=TEAMS)["teams"]
    assert found.teams == ("api", "web")
    assert found.p50 < found.p85 < found.p95
    assert found.p85_together <= found.p85
    assert found.trials


def test_a_team_without_a_pace_is_named_in_the_refusal(tale: Any) -> None:
    tale.item("Z-1", BEGIN, milestones=("version:1",), assignees=("z1",))
    found = simulated(tale.history(), teams={**TEAMS, "new": {"people": ["z1"]}})["teams"]
    assert found.p85 is None
    assert found.refusal.startswith("team new: no throughput")


def test_work_that_no_team_holds_makes_teams_say_nothing(tale: Any) -> None:
    for n in range(40):
        tale.item(f"N-{n:02}", BEGIN - DAY, milestones=("version:1",))
    assert "teams" not in simulated(tale.history(), teams=TEAMS)


def test_closed_weeks_ahead_push_the_date_and_closed_weeks_behind_raise_the_pace(tale: Any) -> None:
    plain = simulated(tale.history())["frozen"]
    ahead = [(NOW + n * DAY).date().isoformat() for n in range(1, 15)]
    later = simulated(tale.history(), calendar={"holidays": ahead})["frozen"]
    assert 10 <= (later.p50 - plain.p50).days <= 18
    behind = [(NOW - n * DAY).date().isoformat() for n in range(0, 7, 2)]
    assert simulated(tale.history(), calendar={"holidays": behind})["frozen"].p85 < plain.p85


def test_the_same_inputs_give_the_same_dates_and_another_day_another_seed(tale: Any) -> None:
    history = tale.history()
    assert simulated(history, teams=TEAMS) == simulated(history, teams=TEAMS)
    assert simulated(history)["frozen"].seed != simulated(history, NOW + DAY)["frozen"].seed


def test_one_week_of_history_is_refused_in_words(tale: Any) -> None:
    early = simulated(tale.history(), BEGIN + 7 * DAY)["frozen"]
    assert (early.p50, early.trials) == (None, 0)
    assert "weeks with a finish that are needed" in early.refusal


def test_what_happens_later_changes_no_simulation(tale: Any) -> None:
    history = tale.history()
    at = BEGIN + 35 * DAY
    assert simulated(history, at, teams=TEAMS)["frozen"].p85 is not None
    tale.item("L-1", at + DAY, milestones=("version:1",), assignees=("w1",))
    assert simulated(tale.history(), at, teams=TEAMS) == simulated(history, at, teams=TEAMS)
