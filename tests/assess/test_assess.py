from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pmbridge.assess import assess
from pmbridge.assessment import Assessment, HealthStatus, MilestoneAssessment, json_schema, to_json
from pmbridge.config.product import ProductSettings
from pmbridge.model import Freeze, Level, RemoteLink

T0 = datetime(2025, 1, 1, 12, tzinfo=UTC)
SETTINGS = ProductSettings.model_validate(
    {
        "title": "Web shop",
        "zone": "Europe/Berlin",
        "projects": {"jira": ["SHOP"], "gitlab": ["acme/web"]},
        "mirrors": {"remote_links": True},
    }
)


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run(tale: Any, as_of: str | datetime, settings: ProductSettings = SETTINGS, **more: Any) -> Assessment:
    moment = at(as_of) if isinstance(as_of, str) else as_of
    return assess(tale.history(), settings, product="shop", as_of=moment, config_digest="c0ffee", version="1.0", **more)


def one(tale: Any, as_of: str | datetime, **more: Any) -> MilestoneAssessment:
    (milestone,) = run(tale, as_of, **more).milestones
    return milestone


def steady(story: Any, milestones: int = 5, items: int = 14, days: int = 28) -> Any:
    """Tell of releases of equal length, each with items finished evenly over its time, the last one running."""
    tale = story()
    for n in range(milestones):
        begin = date(2025, 1, 6) + timedelta(days=n * days)
        end = begin + timedelta(days=days)
        last = n == milestones - 1
        release = None if last else datetime(end.year, end.month, end.day, 9, tzinfo=UTC)
        tale.milestone(f"version:{n}", f"1.{n}", start=begin, due=end, released=release)
        tale.milestone(f"milestone:{n}", f"1.{n}", "gitlab", kind="milestone", project="acme/web", due=end)
        for i in range(items):
            key = f"S-{n}-{i:02}"
            created = datetime(begin.year, begin.month, begin.day, 8, tzinfo=UTC) - timedelta(days=3)
            tale.item(key, created, milestones=(f"version:{n}",), points=2.0)
            step = timedelta(days=(days - 2) * (i + 1) / items)
            if not last or i < items // 2:
                tale.status(key, created + timedelta(days=3) + step - timedelta(days=1), "active")
                tale.status(key, created + timedelta(days=3) + step, "done")
    return tale


MIDDLE = "2025-05-14"  # two weeks into the last of five


def test_two_trackers_with_one_name_are_one_row(story: Any):
    assessment = run(steady(story), MIDDLE)
    assert [m.key for m in assessment.milestones] == ["1.0", "1.1", "1.2", "1.3", "1.4"]
    assert [(r.source, r.kind.value) for r in assessment.milestones[0].refs] == [
        ("jira", "version"),
        ("gitlab", "milestone"),
    ]


def test_the_json_is_what_its_schema_promises(story: Any):
    text = to_json(run(steady(story), MIDDLE))
    Draft202012Validator(json_schema()).validate(json.loads(text))
    assert json.loads(text)["schema"] == "pmbridge.assessment/1"


def test_the_ledger_of_every_milestone_balances(story: Any):
    for milestone in run(steady(story), MIDDLE).milestones:
        assert (milestone.ledger.residual, milestone.ledger.now) == (0, milestone.scope.items)
        assert milestone.burnup.scope[-1] == milestone.scope.items
        assert milestone.burnup.done[-1] == milestone.scope.done


def test_a_running_milestone_learns_from_its_predecessors(story: Any):
    running = run(steady(story), MIDDLE).milestones[-1]
    forecast = running.forecast
    assert (forecast.status, forecast.regime, forecast.past, forecast.remaining) == ("ok", "due", 4, 7)
    assert forecast.p50 is not None
    assert forecast.p85 is not None
    assert forecast.p95 is not None
    assert forecast.p50 <= forecast.p85 <= forecast.p95
    assert (forecast.trials, forecast.seed) == (None, None)
    assert forecast.growing_scope.p85 == forecast.p85
    assert (running.calibration.status, running.calibration.n) == ("uncalibrated", 4)
    assert (running.flow.weekly, running.flow.throughput.value) == ((4, 2), 3.0)
    assert running.flow.cycle_time_p50.value == 1.0


def test_what_is_released_is_done_and_judged_by_its_release(story: Any):
    first = run(steady(story), MIDDLE).milestones[0]
    assert (first.state.value, first.forecast.status, first.health.status.value) == ("released", "done", "green")
    assert first.launched_at == at("2025-02-03T09:00")
    assert first.health.sentence == "Released on 3 Feb 2025, on the due date."
    assert first.bugs.launched_at == first.launched_at


def test_an_equal_release_and_due_day_of_a_version_teaches_nothing_about_keeping_dates(story: Any):
    tale = steady(story)
    tale._milestones = [m for m in tale._milestones if m.source == "jira"]
    running = run(tale, MIDDLE).milestones[-1]
    assert (running.forecast.past, running.forecast.confidence) == (0, "low")


def test_a_red_milestone_says_why_and_what_would_turn_it(story: Any):
    tale = steady(story)
    for n in range(20):
        tale.item(f"N-{n:02}", "2025-05-10", milestones=("version:4",))
    health = run(tale, MIDDLE).milestones[-1].health
    assert health.status in (HealthStatus.AMBER, HealthStatus.RED)
    assert 1 <= len(health.reasons) <= 3
    assert "scope.creep" in {reason.rule for reason in health.reasons}
    assert health.remedy is not None
    assert "to reach 60 %." in health.remedy
    assert health.remedy.startswith("Nothing plausible reaches 85 %.")
    assert "because" in health.sentence


@pytest.mark.parametrize(("late", "told"), [(4, False), (12, True)])
def test_what_came_in_late_is_called_a_cause_only_where_it_moves_the_chance(story: Any, late: int, told: bool):
    tale = steady(story)
    for n in range(late):
        tale.item(f"N-{n:02}", "2025-05-10", milestones=("version:4",))
    sentence = run(tale, MIDDLE).milestones[-1].health.sentence
    assert (f"{late} of the {late + 7} open items came in after the baseline" in sentence) is told


def test_two_assessments_at_one_instant_are_the_same_bytes(story: Any):
    tale = steady(story)
    assert to_json(run(tale, MIDDLE)) == to_json(run(tale, MIDDLE))


def test_what_happens_later_changes_not_a_byte(story: Any):
    tale = steady(story)
    tale.item("X", "2025-05-02", milestones=("version:4",), priority="Low", labels=("a",), assignees=("u1",))
    before = to_json(run(tale, MIDDLE))
    later = "2025-05-20"
    tale.item("LATER", later, milestones=("version:4",))
    tale.status("S-4-10", later, "done")
    tale.change("S-4-11", later, "points", 13.0)
    tale.leave("S-4-12", later, "version:4")
    tale.change("S-4-13", later, "title", "Another title")
    tale.change("X", later, "type", "Bug")
    tale.change("X", later, "priority", "High")
    tale.change("X", later, "labels", "b", out="a")
    tale.change("X", later, "assignees", "u2", out="u1")
    tale.change("X", later, "flagged", "true")
    tale.change("X", later, "due", "2025-01-01")
    tale._milestones = [
        m.model_copy(update={"released_at": at(later), "state": "released"}) if m.id == "version:4" else m
        for m in tale._milestones
    ]
    assert to_json(run(tale, MIDDLE)) == before


def test_the_inputs_digest_names_what_was_used(story: Any):
    tale = steady(story)
    first = run(tale, MIDDLE).inputs_digest
    tale.change("S-4-11", "2025-05-10", "points", 13.0)
    assert run(tale, MIDDLE).inputs_digest != first


def test_the_colour_remembers_since_when_it_stands(story: Any):
    tale = steady(story)
    first = run(tale, "2025-05-08")
    second = run(tale, "2025-05-09", previous=first)
    assert first.milestones[0].health.since is None
    assert second.milestones[0].health.since == first.as_of
    assert run(tale, "2025-05-07", previous=first).milestones[0].health.since is None


def test_a_chance_that_moved_is_told_with_the_one_before(story: Any):
    tale = steady(story)
    before = run(tale, "2025-05-08")
    for n in range(25):
        tale.item(f"N-{n:02}", "2025-05-12", milestones=("version:4",))
    after = run(tale, MIDDLE, previous=before).milestones[-1]
    assert " on 8 May 2025)" in after.health.sentence
    again = run(tale, "2025-05-14T12:01", previous=run(tale, MIDDLE, previous=before)).milestones[-1]
    assert again.health.sentence == after.health.sentence


def test_an_empty_history_is_an_empty_assessment(story: Any):
    assessment = run(story(), MIDDLE)
    assert (assessment.milestones, assessment.hygiene.score) == ((), None)
    Draft202012Validator(json_schema()).validate(json.loads(to_json(assessment)))


def test_a_milestone_without_members_is_unknown_with_a_reason(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    empty = one(tale, MIDDLE)
    assert (empty.scope.items, empty.ledger.now, empty.ledger.residual, empty.ledger.baseline) == (0, 0, 0, None)
    assert (empty.health.status, empty.forecast.status, empty.burnup.dates) == (HealthStatus.UNKNOWN, "unknown", ())
    assert empty.health.reasons[0].rule == "schedule.empty"
    assert empty.newest is None


def test_a_milestone_without_a_due_date_is_unknown(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0")
    tale.item("A", "2025-05-01", milestones=("version:1",))
    tale.status("A", "2025-05-02", "done")
    tale.item("B", "2025-05-01", milestones=("version:1",))
    found = one(tale, MIDDLE)
    assert found.health.status is HealthStatus.UNKNOWN
    assert found.health.reasons[0].rule == "schedule.no_due_date"
    assert found.forecast.on_time_probability is None
    assert found.health.sentence.endswith("no due date is set.")


def test_without_any_track_record_a_date_is_refused(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", start="2025-05-01", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",))
    found = one(tale, MIDDLE)
    assert (found.forecast.status, found.forecast.p85, found.health.status.value) == ("refused", None, "red")
    assert found.forecast.refusal is not None
    assert found.health.sentence.startswith("No date can be given: no track record yet")
    assert found.health.remedy is not None


def test_an_item_with_every_optional_field_absent_is_assessed(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",), author=None)
    found = one(tale, MIDDLE)
    assert (found.scope.items, found.scope.points, found.scope.unestimated) == (1, None, 1)
    assert found.ledger.points is None


def test_events_of_the_future_have_not_happened(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",))
    tale.item("B", "2031-01-01", milestones=("version:1",))
    tale.status("A", "2031-01-01", "done")
    assert (one(tale, MIDDLE).scope.items, one(tale, MIDDLE).scope.done) == (1, 0)


def test_an_item_closed_late_on_the_due_day_is_on_time_in_the_product_s_zone(story: Any):
    settings = SETTINGS.model_copy(update={"zone": "America/Sao_Paulo"})
    tale = story()
    tale.milestone("milestone:1", "1.0", "gitlab", kind="milestone", start="2023-01-30", due="2023-02-07")
    tale.item("#1", "2023-02-01", "gitlab", milestones=("milestone:1",))
    tale.status("#1", "2023-02-07T23:11:29.176-03:00", "done", source="gitlab")
    there = one(tale, "2023-02-10", settings=settings)
    assert there.health.status is HealthStatus.GREEN
    assert there.burnup.done[there.burnup.dates.index(date(2023, 2, 7))] == 1
    in_utc = one(tale, "2023-02-10", settings=SETTINGS.model_copy(update={"zone": "UTC"}))
    assert in_utc.health.status is not HealthStatus.GREEN


def test_burnup_days_are_local_also_when_the_clocks_change(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", start="2025-03-29", due="2025-06-01")
    tale.item("A", "2025-03-29T22:59:59", milestones=("version:1",))
    tale.item("B", "2025-03-30T21:59:59", milestones=("version:1",))
    tale.item("C", "2025-03-30T22:00:00", milestones=("version:1",))
    found = one(tale, "2025-03-31T12:00")
    assert found.burnup.dates == (date(2025, 3, 29), date(2025, 3, 30), date(2025, 3, 31))
    assert found.burnup.scope == (1, 2, 3)


def test_a_mirrored_item_counts_once_and_its_first_face_decides(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.milestone("milestone:1", "1.0", "gitlab", kind="milestone", project="acme/web", due="2025-06-01")
    tale.item("A", "2025-04-01", milestones=("version:1",), url="https://j.example/A")
    link = RemoteLink(url="https://j.example/A/", relationship="Mirrors")
    tale.item("#1", "2025-04-01", "gitlab", milestones=("milestone:1",), remote_links=(link,))
    tale.status("#1", "2025-05-01", "done", source="gitlab")
    assessment = run(tale, MIDDLE)
    assert (assessment.milestones[0].scope.items, assessment.milestones[0].scope.done) == (1, 0)
    finding = next(f for f in assessment.hygiene.findings if f.gap == "mirrors disagree")
    assert finding.items == ("A",)
    assert "A / #1" in finding.text


def test_faces_that_disagreed_only_lately_are_given_time(story: Any):
    tale = story()
    tale.item("A", "2025-04-01", url="https://j.example/A")
    tale.item("#1", "2025-04-01", "gitlab", description="Mirrors: https://j.example/A")
    tale.status("#1", "2025-05-12", "done", source="gitlab")
    assert [f.gap for f in run(tale, MIDDLE).hygiene.findings] == []


def test_trackers_that_disagree_on_a_date_are_a_finding(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.milestone("milestone:1", "1.0", "gitlab", kind="milestone", project="acme/web", due="2025-06-08")
    tale.item("A", "2025-05-01")
    assessment = run(tale, MIDDLE)
    assert assessment.milestones[0].due == date(2025, 6, 1)
    (finding,) = [f for f in assessment.hygiene.findings if f.gap == "dates disagree"]
    assert finding.text == "1.0: due date is 2025-06-01 in jira SHOP, but 2025-06-08 in gitlab acme/web."


def test_epics_sub_tasks_and_tracking_tickets_do_not_count(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",))
    tale.item("E", "2025-05-01", milestones=("version:1",), type="Epic")
    tale.item("T", "2025-05-01", milestones=("version:1",), type="Sub-task", level=Level.SUBTASK)
    tale.item("R", "2025-05-01", milestones=("version:1",), labels=("release-tracking",))
    found = one(tale, MIDDLE)
    assert found.scope.items == 1
    assert [(t.key, t.kind.value) for t in found.tracking] == [("E", "epic"), ("R", "item")]


def test_of_several_epics_the_one_named_like_the_milestone_leads(story: Any):
    tale = story()
    tale.milestone("version:1", "Checkout 2.0", due="2025-06-01")
    for key, title in (("A", "Payments"), ("B", "checkout 2.0: delivery"), ("C", "Refunds")):
        tale.item(key, "2025-05-01", milestones=("version:1",), type="Epic", title=title)
    assert [t.key for t in one(tale, MIDDLE).tracking] == ["B"]
    tale.item("D", "2025-05-01", milestones=("version:1",), type="Epic", title="Checkout 2.0 again")
    assert one(tale, MIDDLE).tracking == ()


def test_a_tracking_ticket_can_be_named(story: Any):
    tale = story()
    tale.milestone("version:1", "Release 1.0", due="2025-06-01")
    tale.item("A", "2025-05-01")
    settings = SETTINGS.model_copy(
        update={"milestones": SETTINGS.milestones.model_copy(update={"tracking": {"release 1.0": "A"}})}
    )
    tale.item("B", "2025-05-01", milestones=("version:1",))
    tale.join("A", "2025-05-02", "version:1")
    found = one(tale, MIDDLE, settings=settings)
    assert ([t.key for t in found.tracking], found.scope.items) == (["A"], 1)


def test_the_title_of_a_restricted_item_appears_nowhere(story: Any):
    tale = steady(story)
    tale.item(
        "SECRET", "2025-05-08", milestones=("version:4",), restricted=True, title="Unlaunched partner", flagged=True
    )
    tale.item(
        "TRACK",
        "2025-05-08",
        milestones=("version:4",),
        restricted=True,
        title="Hidden plan",
        labels=("release-tracking",),
    )
    text = to_json(run(tale, MIDDLE))
    assert "SECRET" in text
    assert "TRACK" in text
    assert "Unlaunched partner" not in text
    assert "Hidden plan" not in text


def test_cancelled_items_have_left_the_scope_and_are_counted_beside_it(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", start="2025-05-01", due="2025-06-01")
    tale.item("A", "2025-04-01", milestones=("version:1",))
    tale.item("B", "2025-04-01", milestones=("version:1",))
    tale.status("B", "2025-05-05", "done")
    tale.change("B", "2025-05-05", "resolution", "Won't Do", same_edit=True)
    found = one(tale, MIDDLE)
    assert (found.scope.items, found.scope.cancelled) == (1, 1)
    assert (found.ledger.baseline, found.ledger.removed, found.ledger.residual) == (2, 1, 0)


def test_configured_statuses_and_labels_decide_categories(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",), status="active")
    tale.item("B", "2025-05-01", milestones=("version:1",), labels=("workflow::review",))
    settings = SETTINGS.model_copy(update={"status": {"waiting": ("in progress", "label:workflow::review")}})
    assert one(tale, MIDDLE, settings=settings).scope.waiting == 2


def freeze(day: str) -> Freeze:
    return Freeze(milestone="1.0", at=at(day), author="ada", reason="agreed")


def test_a_freeze_is_the_baseline(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", start="2025-05-01", due="2025-06-01")
    tale.item("A", "2025-05-03", milestones=("version:1",))
    ledger = one(tale, MIDDLE, freezes={"1.0": (freeze("2025-05-05"),)}).ledger
    assert (ledger.baseline_at, ledger.baseline, ledger.baseline_reason) == (at("2025-05-05"), 1, "explicit freeze")


def test_risk_signals_carry_their_item_and_age(story: Any):
    tale = steady(story)
    tale.item("BLOCKER", "2025-05-08")
    tale.link("BLOCKER", "S-4-10")
    tale.status("S-4-11", "2025-05-09", "active")
    tale.change("S-4-12", "2025-05-10", "flagged", "true")
    tale.item("LATE", "2025-05-24", milestones=("version:4",), due="2025-05-20")
    found = {(r.signal, r.item): r for r in run(tale, "2025-05-26").milestones[-1].risks}
    assert found["blocked", "S-4-10"].text.startswith("S-4-10 is blocked by BLOCKER (both open since ")
    assert found["blocked", "S-4-12"].since == at("2025-05-10")
    assert found["unassigned", "S-4-11"].since == at("2025-05-09")
    assert found["unestimated", "LATE"].severity == "low"
    assert found["overdue", "LATE"].text == "LATE was due on 20 May 2025 and is open."
    assert found["late scope", "LATE"].since == at("2025-05-24")


def test_a_closed_blocker_blocks_nothing(story: Any):
    tale = steady(story)
    tale.item("BLOCKER", "2025-05-08", status="done")
    tale.link("BLOCKER", "S-4-10")
    assert run(tale, MIDDLE).milestones[-1].risks == ()


@pytest.mark.parametrize(("proof", "colour"), [("complete", "green"), ("partial", "amber"), ("failed", "red")])
def test_what_the_last_run_proved_is_the_colour_of_the_data(story: Any, proof: str, colour: str):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.prove("jira", proof)
    assessment = run(tale, MIDDLE)
    data = next(d for d in assessment.milestones[0].health.dimensions if d.name == "data")
    assert data.status.value == colour
    assert assessment.sources[0].certificate is not None
    assert assessment.sources[0].certificate.status == proof


def test_nothing_is_invented_for_what_is_not_computed(story: Any):
    running = run(steady(story), MIDDLE).milestones[-1]
    assert running.acceptance.verdict != "go"
    assert running.acceptance.reasons
    assert (running.earned_value.ac.value, running.earned_value.ac.status.value) == (None, "not_applicable")
    assert running.earned_value.bac.unit == "points"
    assert (running.bugs.backlog, running.bugs.reasons) == (None, ("not launched yet",))
    unknown = {d.name: d.reasons for d in running.health.dimensions if d.status is HealthStatus.UNKNOWN}
    assert all(unknown.values())


def test_a_naive_instant_is_refused(story: Any):
    with pytest.raises(ValueError, match="no time zone"):
        run(story(), datetime(2025, 1, 1))


def test_a_history_that_contradicts_itself_is_a_finding_and_leaves_a_residual(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", start="2025-05-01", due="2025-06-01")
    tale.item("A", "2025-04-01")
    tale.join("A", "2025-05-05", "version:1")
    tale._items["jira", "A"]["milestones"] = ()
    assessment = run(tale, MIDDLE)
    assert assessment.milestones[0].ledger.residual == 1
    assert "history gap" in {f.gap for f in assessment.hygiene.findings}


def test_gitlab_milestones_alone_end_when_nine_tenths_are_done(story: Any):
    tale = story()
    tale.milestone("milestone:1", "1.0", "gitlab", kind="milestone", start="2025-05-01", due="2025-06-01")
    for n in range(10):
        tale.item(f"#{n}", "2025-05-01", "gitlab", milestones=("milestone:1",))
        if n:
            tale.status(f"#{n}", "2025-05-05", "done", source="gitlab")
    found = one(tale, MIDDLE)
    assert (found.forecast.status, found.health.status.value) == ("done", "green")
    assert found.health.sentence == "Nine tenths are done; 1 item still open; due 1 Jun 2025."
    assert one(tale, "2025-06-02").health.status is HealthStatus.RED


def test_the_order_of_rows_changes_nothing_but_the_digest(story: Any):
    tale = steady(story)
    history = tale.history()
    shuffled = replace(history, milestones=history.milestones[::-1], people=history.people[::-1])
    options: dict[str, Any] = {"product": "shop", "as_of": at(MIDDLE), "config_digest": "c", "version": "1"}
    a, b = assess(history, SETTINGS, **options), assess(shuffled, SETTINGS, **options)
    assert a.model_copy(update={"inputs_digest": ""}) == b.model_copy(update={"inputs_digest": ""})


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["A", "B", "C", "D"]),
        st.sampled_from(["join", "leave", "done", "active", "todo", "strange", "points", "cancel", "flag"]),
    ),
    max_size=20,
)


@given(EVENTS, st.integers(0, 70), st.integers(0, 70))
@hypothesis_settings(max_examples=40, deadline=None)
def test_any_history_gives_a_valid_contract_that_later_events_do_not_touch(story: Any, events: Any, a: int, b: int):
    cut, late = sorted((a, b))
    documents = []
    for known in ([e for e in events if e[0] <= cut], [e for e in events if e[0] <= late]):
        tale = story()
        tale.milestone("version:1", "1.0", start="2025-01-10", due="2025-02-10")
        tale.milestone("milestone:1", "1.0", "gitlab", kind="milestone", project="acme/web", due="2025-02-10")
        for key in "ABCD":
            tale.item(key, T0, milestones=("version:1",) if key in "AB" else ())
        for day, key, what in sorted(known, key=lambda e: e[0]):
            moment = T0 + timedelta(days=day)
            if what == "join":
                tale.join(key, moment, "version:1")
            elif what == "leave":
                tale.leave(key, moment, "version:1")
            elif what == "points":
                tale.change(key, moment, "points", float(day))
            elif what == "flag":
                tale.change(key, moment, "flagged", "true" if day % 2 else None)
            elif what == "cancel":
                tale.change(key, moment, "resolution", "Duplicate" if day % 2 else None)
            else:
                tale.status(key, moment, what)
        documents.append(to_json(run(tale, T0 + timedelta(days=cut))))
    assert documents[0] == documents[1]
    parsed = json.loads(documents[0])
    Draft202012Validator(json_schema()).validate(parsed)
    assert parsed["milestones"][0]["ledger"]["residual"] == 0


def test_gaps_in_the_data_are_findings_that_cost_score(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.milestone("version:2", "2.0")
    tale.item("A", "2025-05-01", milestones=("version:1",), status="strange")
    tale.item("B", "2025-05-01", milestones=("version:1",), points=3.0)
    hygiene = run(tale, MIDDLE).hygiene
    assert {f.gap: (f.share, f.items) for f in hygiene.findings} == {
        "unmapped status": (0.5, ("A",)),
        "no estimate": (0.5, ("A",)),
        "no due date": (0.5, ()),
        "default calendar": (None, ()),
    }
    assert hygiene.score == 21


def test_an_unmapped_status_counts_as_open(story: Any):
    tale = story()
    tale.milestone("version:1", "1.0", due="2025-06-01")
    tale.item("A", "2025-05-01", milestones=("version:1",), status="strange")
    found = one(tale, MIDDLE)
    assert (found.scope.items, found.scope.unmapped, found.scope.done) == (1, 1, 0)
    assert "data.unmapped" in {reason.rule for reason in found.health.reasons}


def test_the_due_date_of_the_time_is_the_one_that_was_promised(story: Any):
    tale = steady(story)
    tale.observe("version:4", "2025-05-01", "1.4", start="2025-04-28", due="2025-05-26")
    tale.observe("version:4", "2025-05-20", "1.4", start="2025-04-28", due="2025-06-26")
    tale._milestones = [
        m.model_copy(update={"due": date(2025, 6, 26)}) if m.id == "version:4" else m for m in tale._milestones
    ]
    assert [run(tale, day).milestones[-1].due for day in (MIDDLE, "2025-05-21")] == [
        date(2025, 5, 26),
        date(2025, 6, 26),
    ]


def test_the_advice_holds_when_it_is_followed(story: Any):
    tale = steady(story)
    for n in range(12):
        tale.item(f"N-{n:02}", "2025-05-10", milestones=("version:4",))
    settings = SETTINGS.model_copy(update={"health": SETTINGS.health.model_copy(update={"creep_red": 9.0})})
    before = run(tale, MIDDLE, settings=settings).milestones[-1]
    assert before.health.status is not HealthStatus.GREEN
    assert before.health.remedy is not None
    days = int(before.health.remedy.split("due date by ")[1].split()[0])
    assert before.due is not None
    later = before.due + timedelta(days=days)
    tale._milestones = [m.model_copy(update={"due": later}) if m.title == "1.4" else m for m in tale._milestones]
    after = run(tale, MIDDLE, settings=settings).milestones[-1]
    assert "to reach 60 %" in before.health.remedy
    assert (after.forecast.on_time_probability or 0.0) >= 0.6
