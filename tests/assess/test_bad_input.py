"""Everything a product may look like when it is badly kept: each gives an assessment, and none a better colour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment, to_json
from pmbridge.config.product import ProductSettings
from pmbridge.model import Freeze, History, Worklog

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PLAIN = {"title": "Shop", "zone": "Europe/Berlin", "projects": {"jira": ["SHOP"]}}
MONEY = {**PLAIN, "budget": {"rates": {"default": 100}, "milestones": {"2.0": 10_000}}}
ORDER = [HealthStatus.GREEN, HealthStatus.AMBER, HealthStatus.RED]


def run(history: History, as_of: datetime, **more: Any) -> Assessment:
    wanted = ProductSettings.model_validate(more.pop("settings", PLAIN))
    return assess(history, wanted, product="shop", as_of=as_of, config_digest="c", version="1", **more)


def found(tale: Any, as_of: datetime, title: str = "2.0", **more: Any) -> MilestoneAssessment:
    history = tale if isinstance(tale, History) else tale.history()
    return next(m for m in run(history, as_of, **more).milestones if m.title == title)


def told(
    story: Any, *, due: date | None = date(2026, 3, 30), start: date | None = date(2026, 2, 2), items: int = 20
) -> Any:
    """Tell of four releases that went well and of one that runs, half done."""
    tale = story()
    for n in range(4):
        opens = BEGIN - (5 - n) * 30 * DAY
        version = f"version:{n}"
        end = opens + 28 * DAY
        tale.milestone(version, f"1.{n}", start=opens.date(), due=end.date(), released=end)
        for k in range(12):
            tale.item(f"R-{n}-{k:02}", opens, milestones=(version,))
            tale.status(f"R-{n}-{k:02}", opens + (2 * k + 1) * DAY, "active")
            tale.status(f"R-{n}-{k:02}", opens + (2 * k + 2) * DAY, "done")
    tale.milestone("version:9", "2.0", start=start, due=due)
    for k in range(items):
        tale.item(f"S-{k:02}", datetime(2026, 2, 1, tzinfo=UTC), milestones=("version:9",))
    for k in range(items // 2):
        tale.status(f"S-{k:02}", datetime(2026, 2, 3, tzinfo=UTC) + k * DAY, "active")
        tale.status(f"S-{k:02}", datetime(2026, 2, 5, tzinfo=UTC) + 2 * k * DAY, "done")
    return tale


NOW = datetime(2026, 2, 28, 12, tzinfo=UTC)


def test_without_a_due_date_the_colour_is_unknown_and_the_date_is_still_given(story: Any) -> None:
    one = found(told(story, due=None), NOW)
    assert one.health.status is HealthStatus.UNKNOWN
    assert one.forecast.p85 is not None
    assert one.forecast.on_time_probability is None
    assert one.earned_value.bac.reasons == ("there is no due date to plan against",)


def test_a_due_date_in_the_past_with_open_work_is_red_whatever_else(story: Any) -> None:
    one = found(told(story, due=date(2026, 2, 20)), NOW)
    assert one.health.status is HealthStatus.RED
    assert "agree on" in (one.health.remedy or "").casefold()


def test_a_start_after_the_due_date_breaks_nothing(story: Any) -> None:
    one = found(told(story, start=date(2026, 5, 1), due=date(2026, 3, 30)), NOW)
    assert one.ledger.residual == 0
    assert one.health.sentence


def test_an_empty_milestone_is_unknown(story: Any) -> None:
    one = found(told(story, items=0), NOW)
    assert one.health.status is HealthStatus.UNKNOWN
    assert one.health.sentence == "Nothing is in scope yet."
    assert one.earned_value.bac.reasons == ("the baseline holds no work",)


def test_everything_done_is_green_and_needs_no_remedy(story: Any) -> None:
    tale = told(story)
    for k in range(10, 20):
        tale.status(f"S-{k:02}", NOW - DAY, "done")
    one = found(tale, NOW)
    assert one.health.status is HealthStatus.GREEN
    assert (one.health.remedy, one.forecast.status) == (None, "done")
    assert one.earned_value.ev.value == one.earned_value.bac.value == 20


def test_everything_cancelled_is_an_empty_scope(story: Any) -> None:
    tale = told(story)
    for k in range(20):
        tale.change(f"S-{k:02}", NOW - DAY, "labels", "dropped")
    cancelled = {**PLAIN, "status": {"cancelled": ["label:dropped"]}}
    one = found(tale, NOW, settings=cancelled)
    assert (one.scope.items, one.scope.cancelled) == (0, 20)
    assert one.health.status is HealthStatus.UNKNOWN


def test_one_week_of_history_and_nobody_finished_anything_refuse_a_date(story: Any) -> None:
    tale = story()
    tale.milestone("version:9", "2.0", start=date(2026, 2, 23), due=date(2026, 3, 30))
    for k in range(12):
        tale.item(f"S-{k}", datetime(2026, 2, 23, tzinfo=UTC), milestones=("version:9",))
    one = found(tale, NOW)
    assert one.forecast.status == "refused"
    assert one.health.status is not HealthStatus.GREEN
    tale.status("S-1", NOW - DAY, "done")
    borrowed = found(tale, NOW)
    assert borrowed.forecast.confidence == "low"
    assert borrowed.forecast.simulations[0].refusal == "only 1 of the 4 weeks with a finish that are needed"


def test_a_thousand_items_closed_in_one_minute_lower_the_confidence(story: Any) -> None:
    tale = told(story, items=0)
    for k in range(1000):
        tale.item(f"B-{k:04}", datetime(2026, 2, 3, tzinfo=UTC), milestones=("version:9",))
        tale.status(f"B-{k:04}", datetime(2026, 2, 10, tzinfo=UTC) + k * timedelta(milliseconds=60), "done")
    for k in range(30):
        tale.item(f"O-{k:02}", datetime(2026, 2, 3, tzinfo=UTC), milestones=("version:9",))
    one = found(tale, NOW)
    letters = {held.figure: held for held in one.data.figures}
    assert letters["throughput"].confidence.value == "D"
    assert letters["throughput"].worst == "bulk closes"
    assert any("not in bulk" in text for text in one.data.fixes)
    assert one.flow.throughput.confidence is not None


def test_an_item_opened_again_ten_times_is_done_once_and_balanced(story: Any) -> None:
    tale = told(story)
    for n in range(10):
        tale.status("S-00", datetime(2026, 2, 10, tzinfo=UTC) + n * DAY, "active")
        tale.status("S-00", datetime(2026, 2, 10, 12, tzinfo=UTC) + n * DAY, "done")
    one = found(tale, NOW)
    assert (one.scope.done, one.ledger.residual) == (10, 0)


def with_logs(history: History, *seconds: int) -> History:
    logs = tuple(
        Worklog(source="jira", id=f"{n}", item="S-00", author="u1", started_at=NOW - 20 * DAY, seconds=amount)
        for n, amount in enumerate(seconds)
    )
    return History(**{**{f: getattr(history, f) for f in history.__slots__}, "worklogs": logs})


def test_a_negative_worklog_is_left_out(story: Any) -> None:
    one = found(with_logs(told(story).history(), 36_000, -36_000), NOW, settings=MONEY)
    assert one.earned_value.ac.value == 1000
    assert one.earned_value.ac.unit == "EUR"


def test_a_renamed_milestone_keeps_its_baselines(story: Any) -> None:
    tale = told(story)
    tale.item("LATE", datetime(2026, 2, 10, tzinfo=UTC), milestones=("version:9",))
    tale.observe("version:9", "2026-02-01", "Two", due="2026-03-16")
    tale.observe("version:9", "2026-02-25", "2.0", due="2026-03-16")
    agreed = {"two": [Freeze(milestone="two", at=datetime(2026, 2, 20, tzinfo=UTC), author="ada", reason="agreed")]}
    now = found(tale, NOW, freezes=agreed).ledger
    assert (now.baseline_reason, now.baseline, now.added) == ("explicit freeze", 21, 0)
    then = found(tale, datetime(2026, 2, 22, tzinfo=UTC), title="Two", freezes=agreed).ledger
    assert (then.baseline_reason, then.baseline) == ("explicit freeze", 21)
    both = agreed | {"2.0": [Freeze(milestone="2.0", at=NOW - DAY, author="ada", reason="again", approver="cio")]}
    assert found(tale, NOW, freezes=both).ledger.baseline_at == NOW - DAY


def test_a_name_that_another_milestone_has_now_gives_its_baseline_to_that_one(story: Any) -> None:
    tale = told(story)
    tale.observe("version:9", "2026-02-01", "1.0", due="2026-03-16")
    tale.observe("version:9", "2026-02-25", "2.0", due="2026-03-16")
    agreed = {"1.0": [Freeze(milestone="1.0", at=datetime(2026, 2, 20, tzinfo=UTC), author="ada", reason="agreed")]}
    assert found(tale, NOW, freezes=agreed).ledger.baseline_reason != "explicit freeze"
    assert found(tale, NOW, title="1.0", freezes=agreed).ledger.baseline_reason == "explicit freeze"


def test_a_merged_milestone_counts_once_and_keeps_its_baseline(story: Any) -> None:
    tale = told(story)
    tale.milestone("milestone:5", "2.0", source="gitlab", kind="milestone", start=date(2026, 2, 2))
    tale.item("W-1", datetime(2026, 2, 3, tzinfo=UTC), source="gitlab", milestones=("milestone:5",))
    both = {**PLAIN, "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]}}
    one = found(tale, NOW, settings=both)
    assert (len(one.refs), one.scope.items, one.ledger.residual) == (2, 21, 0)
    assert (one.ledger.baseline, one.ledger.added) == (20, 1)


def test_a_dependency_on_an_unknown_item_is_named_and_hides_no_date(story: Any) -> None:
    tale = told(story)
    tale.link("ELSEWHERE-1", "S-15")
    one = found(tale, NOW)
    assert any(risk.signal == "unknown blocker" and "ELSEWHERE-1" in risk.text for risk in one.risks)
    assert one.forecast.p85 is not None


def test_a_circle_of_dependencies_is_reported(story: Any) -> None:
    tale = told(story)
    tale.link("S-15", "S-16")
    tale.link("S-16", "S-15")
    one = found(tale, NOW)
    assert any(risk.signal == "dependency circle" for risk in one.risks)
    assert next(d for d in one.health.dimensions if d.name == "risks").status is HealthStatus.AMBER


def test_on_the_night_the_clocks_change_no_day_is_lost(story: Any) -> None:
    tale = told(story)
    night = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    tale.status("S-15", night, "done")
    before, after = (found(tale, night + timedelta(hours=h)) for h in (-1, 2))
    assert after.scope.done == before.scope.done + 1
    assert len(set(after.burnup.dates)) == len(after.burnup.dates)
    assert after.burnup.done[-1] == after.scope.done


def test_a_team_of_one_is_a_signal_and_not_a_name(story: Any) -> None:
    tale = told(story)
    for k in range(10, 20):
        tale.change(f"S-{k:02}", NOW - 5 * DAY, "assignees", "u1")
    one = found(tale, NOW, settings={**PLAIN, "teams": {"web": {"people": ["Uma Bauer"]}}})
    assert any(risk.signal == "bus factor" for risk in one.risks)
    assert not any("Uma" in risk.text for risk in one.risks)


def test_an_override_stands_beside_the_computed_colour_until_it_expires(story: Any) -> None:
    said = {"status": "green", "author": "ada", "reason": "supplier signed", "since": "2026-02-20"}
    wanted = {**PLAIN, "health": {"overrides": {"2.0": said}}}
    tale = told(story, due=date(2026, 2, 25))
    one = found(tale, NOW, settings=wanted)
    assert one.health.status is HealthStatus.RED
    assert one.health.override is not None
    assert (one.health.override.status.value, one.health.override.author) == ("green", "ada")
    assert one.health.override.expires == date(2026, 3, 6)
    assert found(tale, NOW + 10 * DAY, settings=wanted).health.override is None


def test_a_later_freeze_is_the_baseline_from_its_instant_on(story: Any) -> None:
    tale = told(story)
    tale.item("LATE", datetime(2026, 2, 10, tzinfo=UTC), milestones=("version:9",))
    agreed = [
        Freeze(milestone="2.0", at=datetime(2026, 2, 3, tzinfo=UTC), author="ada", reason="agreed"),
        Freeze(milestone="2.0", at=datetime(2026, 2, 20, tzinfo=UTC), author="ada", reason="again", approver="cio"),
    ]
    late = found(tale, NOW, freezes={"2.0": agreed})
    assert (late.ledger.baseline, late.ledger.added) == (21, 0)
    whole = late.ledger.since_start
    assert whole is not None
    assert (whole.at, whole.baseline, whole.added, whole.removed) == (datetime(2026, 2, 1, 23, tzinfo=UTC), 20, 1, 0)
    early = found(tale, datetime(2026, 2, 15, tzinfo=UTC), freezes={"2.0": agreed})
    assert (early.ledger.baseline, early.ledger.added) == (20, 1)
    assert found(tale, NOW).ledger.since_start is None, "without a freeze there is one balance"


def test_colours_do_not_depend_on_which_assessments_were_made_before(story: Any) -> None:
    tale = told(story)
    days = [NOW + n * DAY for n in range(8)]
    in_order, last = [], None
    for day in days:
        last = run(tale.history(), day, previous=last)
        in_order.append(last.milestones[-1].health.status)
    again = [run(tale.history(), day).milestones[-1].health.status for day in reversed(days)]
    assert in_order == again[::-1]


LOSSES = ("due", "worklogs", "links", "observations")


@pytest.mark.parametrize("settings_", [PLAIN, MONEY])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(lost=st.sampled_from(LOSSES), due=st.integers(-10, 60), hours=st.integers(0, 400), day=st.integers(-15, 25))
def test_losing_any_one_input_never_makes_a_colour_better(
    story: Any, settings_: dict[str, Any], lost: str, due: int, hours: int, day: int
) -> None:
    as_of = NOW + day * DAY
    tale = told(story, due=(NOW + due * DAY).date())
    history = with_logs(tale.history(), 3600 * hours)
    full = found(history, as_of, settings=settings_).health.status
    if lost == "due":
        without = tuple(m.model_copy(update={lost: None}) if m.title == "2.0" else m for m in history.milestones)
        changes: dict[str, Any] = {"milestones": without}
    else:
        changes = {lost: ()}
    fields = {f: getattr(history, f) for f in history.__slots__}
    less = found(History(**{**fields, **changes}), as_of, settings=settings_).health.status
    assert HealthStatus.UNKNOWN in (less, full) or ORDER.index(less) >= ORDER.index(full)
    assert not (full is not HealthStatus.GREEN and less is HealthStatus.GREEN)


def test_the_same_inputs_give_the_same_bytes(story: Any) -> None:
    history = told(story).history()
    assert to_json(run(history, NOW)) == to_json(run(history, NOW))
