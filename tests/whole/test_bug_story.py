"""The sandbox's launched milestone tells what its scenario says: a bad week, an alarm, stuck hand-offs, then calm."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from pmbridge.sandbox.story.scenario import Role, Scenario
from pmbridge.sandbox.story.ticket import Home

SCENARIO = Scenario()
PLAN = SCENARIO.plan(Role.LAUNCHED)


@pytest.fixture
def bugs(synced, call):
    """Read the section on the bugs of the launched milestone, as of now or a past day."""

    def read(*more: str):
        (row,) = json.loads(call("bugs", PLAN.title, "--format", "json", *more, config=synced.config).out)
        return row["bugs"]

    return read


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def launch(synced) -> datetime:
    return synced.story.milestone(Role.LAUNCHED).released_at


def test_the_launch_is_the_first_production_deployment_of_the_release(synced, bugs, launch):
    found = bugs()
    tag = f"v{PLAN.title.split()[0]}.0"
    site = synced.sandbox.gitlab.site
    users = {place.id for place in site.environments.values() if place.tier == "production"}
    first = min(
        one.finished_at
        for one in site.deployments.values()
        if one.environment in users and one.ref == tag and one.status == "success"
    )
    assert found["launch"]["evidence"] == "deployment"
    assert abs(moment(found["launched_at"]) - first) < timedelta(seconds=1)
    assert abs(first - launch) < timedelta(days=1)


def test_the_bad_week_raises_one_alarm_in_time_and_names_what_broke(bugs, launch):
    storm = PLAN.storm
    begin, end = (launch + timedelta(days=day) for day in (storm.day, storm.day + storm.days))
    (alert,) = [one for one in bugs()["alerts"] if one["driver"] == storm.component]
    assert begin - timedelta(days=1) <= moment(alert["since"]) <= begin + timedelta(days=2)
    assert moment(alert["until"]) <= end + timedelta(days=2)
    assert alert["observed"] > 2 * alert["expected"]
    assert "CUSUM" in alert["charts"]
    assert not alert["ongoing"]
    # Tickets of a weekend become defects on the Monday after it.
    on_the_day = bugs("--as-of", f"{end + timedelta(days=2):%Y-%m-%d}")
    assert [one["driver"] for one in on_the_day["alerts"] if one["ongoing"]] == [storm.component]


def test_the_release_that_broke_payment_was_rolled_back_and_counts_as_failed(bugs, launch):
    made = bugs()["deliveries"]
    storm = launch + timedelta(days=PLAN.storm.day)
    rolled_back = [one for one in made["failures"] if one["cause"] == "was rolled back"]
    assert len(rolled_back) == 1
    assert storm <= moment(rolled_back[0]["at"]) <= storm + timedelta(days=PLAN.storm.days)
    assert moment(rolled_back[0]["recovered_at"]) - moment(rolled_back[0]["at"]) < timedelta(hours=6)
    assert {"did not get through", "was rolled back"} == {one["cause"] for one in made["failures"]}
    assert bugs()["change_fail_rate"]["value"] == pytest.approx(made["failed"] / made["made"], abs=1e-3)


def test_tickets_that_support_lost_are_orphans_and_forgotten_customers_are_owed_a_word(bugs):
    found = bugs()["handoffs"]
    orphans = [one for one in found if "orphan" in one["findings"]]
    assert len(orphans) == SCENARIO.desk.lost
    assert {one["owner"] for one in orphans} == {"support"}
    untold = [one for one in found if one["step"] == "told"]
    assert untold
    assert all("stuck" in one["findings"] for one in untold)
    assert all(any(text.endswith("not told") for text in one["findings"]) for one in untold)


def test_repairs_that_no_deployment_took_along_are_named(synced, bugs):
    found = bugs()
    site = synced.sandbox.gitlab.site
    users = {place.id for place in site.environments.values() if place.tier == "production"}
    last = {
        home: max(
            one.finished_at
            for one in site.deployments.values()
            if one.environment in users and one.status == "success" and one.project == site.project(path).id
        )
        for home, path in ((Home.WEB, SCENARIO.web_project), (Home.API, SCENARIO.api_project))
    }
    behind = [key for key in found["not_deployed"] if key.startswith(SCENARIO.api_project)]
    assert last[Home.API] < last[Home.WEB]
    assert behind
    clocks = {one["clock"]: one for one in found["clocks"]}
    assert clocks["deployed"]["p50"]["value"] > clocks["resolve"]["p50"]["value"]


def test_what_was_promised_is_measured_and_no_time_is_a_mean_of_closed_bugs(bugs):
    found = bugs()
    assert 0.5 < found["sla_attainment"]["value"] < 1
    clocks = {one["clock"]: one["p50"] for one in found["clocks"]}
    assert clocks["acknowledge"]["value"] < clocks["first response"]["value"] < clocks["resolve"]["value"]
    assert found["reopen_rate"]["interval"][0] < SCENARIO.rates.bug_reopened < found["reopen_rate"]["interval"][1]


def test_reports_are_more_than_defects_since_customers_report_twice(bugs):
    found = bugs()
    assert found["reports"] > found["defects"] > 40
    assert found["unlinked_feedback"]["value"] > 0.1
    assert [one["mature"] for one in found["detection"] if one["days"] == 30] == [True, True]


def test_the_product_grows_calm_after_the_storm_and_is_stable_two_weeks_later(synced, call, bugs, launch):
    before = bugs()
    storm_ends = (launch + timedelta(days=PLAN.storm.day + PLAN.storm.days)).date()
    earliest = date.fromisoformat(before["hypercare"]["earliest"])
    assert before["stabilised_on"] is None
    assert storm_ends < earliest <= storm_ends + timedelta(days=10)
    assert "calm, but not yet for 14 days" in before["hypercare"]["missing"]
    synced.sandbox.clock.advance(
        datetime.combine(earliest + timedelta(days=15), datetime.min.time(), UTC) - synced.story.now
    )
    assert call("sync", config=synced.config).code == 0
    after = bugs()
    assert after["stabilised_on"] == earliest.isoformat()
    assert not after["hypercare"]["may_end"]
    assert any("knowledge" in text for text in after["hypercare"]["exit_missing"])


def test_what_had_a_test_before_users_met_it_is_what_the_gate_says(synced, call, bugs):
    """Beside the requirements of the gate the lessons count those that were once in the release and left."""
    gate = json.loads(call("gate", PLAN.title, "--format", "json", config=synced.config).out)
    rows = {row["component"]: row for row in bugs()["component_lessons"]}
    assert rows[PLAN.storm.component]["tested"] > 0
    assert all(row["tested"] <= row["requirements"] for row in rows.values())
    assert sum(row["tested"] for row in rows.values()) >= sum(bool(one["tests"]) for one in gate["requirements"]) > 0


def test_the_page_and_the_pictures_are_written(synced, call, tmp_path):
    page, folder = tmp_path / "out" / "page.html", tmp_path / "out" / "charts"
    answer = call("bugs", PLAN.title, "--html", str(page), "--charts", str(folder), config=synced.config)
    assert answer.code == 0
    assert str(page) in answer.out
    text = page.read_text()
    assert "<script" not in text
    assert PLAN.title in text
    names = {path.name for path in folder.iterdir()}
    assert {"flow.svg", "flow.png", "alarm.svg", "waiting.png", "burnup.svg"} <= names
    for path in folder.glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_pictures_are_of_one_milestone_and_need_their_libraries(synced, call, tmp_path, monkeypatch):
    nobody = call("bugs", "--html", str(tmp_path / "page.html"), config=synced.config)
    assert nobody.code == 2
    assert "name it" in nobody.err
    monkeypatch.setattr("pmbridge.jobs.pictures.find_spec", lambda name: None)
    without = call("bugs", PLAN.title, "--html", str(tmp_path / "page.html"), config=synced.config)
    assert without.code == 2
    assert "pip install 'pmbridge[charts]'" in without.err


def test_a_place_that_cannot_be_written_is_named(synced, call, tmp_path):
    (tmp_path / "file").write_text("")
    answer = call("bugs", PLAN.title, "--html", str(tmp_path / "file" / "page.html"), config=synced.config)
    assert answer.code == 2
    assert "cannot be written" in answer.err


def test_answers_cost_what_was_touched_and_keep_no_text(synced, call):
    from pmbridge.config import load
    from pmbridge.jobs.installation import open_installation
    from pmbridge.store.comments import read_comments

    def asked() -> int:
        rows = (*synced.sandbox.jira.requests, *synced.sandbox.gitlab.requests)
        return sum(row.method == "GET" and ("/comment" in row.path or "/notes" in row.path) for row in rows)

    assert call("sync", config=synced.config).code == 0
    assert asked() == 0
    site = synced.sandbox.jira.site
    bug = next(issue for issue in site.issues.values() if issue.key == synced.story.user_bugs[-1])
    synced.sandbox.clock.advance(timedelta(hours=1))
    at, mark = synced.sandbox.clock.now(), {"pmbridge": {"owner": "demo", "slot": "hand-off"}}
    quoting = site.add_comment(bug.id, "“pmbridge · hand-off” says it waits: we look at it now.", at=at, by=bug.by)
    ours = site.add_comment(bug.id, "It waits. pmbridge · hand-off", at=at, by=bug.by, properties=mark)
    assert call("sync", config=synced.config).code == 0
    assert asked() == 1
    with open_installation(load(synced.config)) as installation, installation.store.read() as conn:
        kept = read_comments(conn, ["jira-main", "gitlab-main"])
    heard = {comment.id for comment in kept if comment.source == "jira-main"}
    assert quoting in heard
    assert ours not in heard
    assert len(kept) > 50
    assert {comment.text for comment in kept} == {""}
