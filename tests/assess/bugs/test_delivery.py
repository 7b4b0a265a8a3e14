"""What deployments tell of a launch, of its failures, and of repairs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

L = datetime(2026, 9, 1, 8, tzinfo=UTC)


def at(days):
    return L + timedelta(days=days)


def clock(found, name):
    return next(one for one in found.clocks if one.clock == name)


# --- when it was launched


def test_the_first_production_deployment_of_the_release_is_its_launch(tale, flow):
    told = tale(released=at(-1))
    told.deploy(-5, "v2.0.0", environment="staging", production=False)
    told.deploy(1, "v2.0.0", status="failed")
    told.deploy(2, "v2.0.0")
    told.deploy(9, "v2.0.1")
    found = flow(told)
    assert (found.launched_at, found.launch.evidence, found.launch.precise) == (at(2), "deployment", True)


def test_other_evidence_stands_in_by_the_configured_order(tale, flow):
    told = tale(released=at(-1))
    told.deploy(-5, "v2.0.0", environment="staging", production=False)
    assert (flow(told).launched_at, flow(told).launch.evidence) == (at(-1), "version")
    told.deploy(2, "v2.0.0")
    assert flow(told, launch={"from": ["version", "deployment"]}).launched_at == at(-1)
    assert flow(told, launch={"dates": {"2.0": at(4)}}).launch.evidence == "configuration"


def test_a_tag_tells_the_launch_when_nothing_else_may(tale, flow):
    told = tale(released=None)
    told.deploy(-5, "v2.0.0", environment="staging", production=False)
    assert flow(told).launched_at is None
    found = flow(told, launch={"from": ["tag"]})
    assert (found.launched_at, found.launch.evidence, found.launch.precise) == (at(-5), "tag", False)


def test_configured_environments_count_where_the_tracker_knows_none_as_production(tale, flow):
    told = tale(released=None)
    told.deploy(2, "v2.0.0", environment="live-eu", production=False)
    assert flow(told).launched_at is None
    assert flow(told, launch={"environments": ["Live-EU"]}).launched_at == at(2)


def test_several_environments_are_a_launch_in_steps_of_known_exposure(tale, flow):
    told = tale(released=None)
    told.deploy(0, "v2.0.0", environment="canary")
    told.deploy(10, "v2.0.0", environment="world")
    found = flow(told, launch={"exposure": {"canary": 0.1, "world": 0.9}})
    assert [(one.environment, one.share) for one in found.launch.stages] == [("canary", 0.1), ("world", 0.9)]
    assert found.launch.exposure_known
    assert found.launch.full_at == at(10)


def test_steps_of_unknown_exposure_forbid_a_growth_model(tale, flow):
    told = tale(released=None)
    told.deploy(0, "v2.0.0", environment="canary")
    told.deploy(10, "v2.0.0", environment="world")
    for n in range(40):
        told.bug(f"B-{n:02}", 0.5 + 30 * (n / 40) ** 2, 35)
    found = flow(told)
    assert not found.launch.exposure_known
    assert found.reliability.rule == "exposure"


def test_the_launch_at_a_past_instant_knows_no_later_deployment(tale, flow):
    told = tale(released=None)
    told.deploy(5, "v2.0.0")
    assert flow(told, 3).launched_at is None
    assert flow(told, 6).launched_at == at(5)


# --- which deployments failed


def test_the_change_fail_rate_counts_failures_rollbacks_hotfixes_and_incidents(tale, flow):
    told = tale(released=None)
    told.deploy(-0.1, "v2.0.0", "a", status="failed")
    told.deploy(0, "v2.0.0", "a")
    told.deploy(5, "v2.0.1", "b")
    told.deploy(5.2, "v2.0.0", "a")
    told.deploy(12, "v2.0.2", "c")
    told.deploy(13, "hotfix/pay", "d")
    told.deploy(20, "v2.0.3", "e")
    told.item("S-1", at(21), type="Incident", status="todo")
    told.deploy(29, "v2.0.4", "f")
    found = flow(told, types={"bug": ["Bug", "Incident"]})
    failed = {one.ref: one.cause for one in found.deliveries.failures}
    assert failed == {
        "v2.0.0": "did not get through",
        "v2.0.1": "was rolled back",
        "v2.0.2": "needed a hotfix",
        "v2.0.3": "was followed by an incident",
    }
    assert found.deliveries.made == 7
    assert found.change_fail_rate.value == pytest.approx(4 / 7, abs=1e-4)
    assert found.deliveries.failures[-1].evidence == "S-1"


def test_deployments_of_the_next_release_are_its_own(tale, flow):
    told = tale(released=None)
    told.milestone("version:3", "3.0", released=None)
    told.deploy(0, "v2.0.0", "a")
    told.deploy(20, "v3.0.0", "b")
    told.deploy(21, "v3.0.1", "c", status="failed")
    assert (flow(told).deliveries.made, flow(told).deliveries.failed) == (2, 0)
    assert (flow(told, key="3.0").deliveries.made, flow(told, key="3.0").deliveries.failed) == (2, 1)


def test_without_deployments_nobody_knows_which_failed(tale, flow):
    found = flow(tale())
    assert found.deliveries is None
    assert found.change_fail_rate.status == "unknown"


# --- when a repair reached users


def test_a_repair_is_deployed_with_the_first_deployment_after_its_merge(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    for n in range(12):
        told.bug(f"SHOP-{n}", 1, 3)
        told.merge(f"SHOP-{n}", 2.9)
    told.deploy(6, "v2.0.1", "b")
    found = flow(told)
    assert clock(found, "deployed").p50.value == pytest.approx(5)
    assert found.not_deployed == ()


def test_a_merged_repair_that_no_deployment_took_along_is_not_with_users(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    told.bug("SHOP-1", 1, 3)
    told.merge("SHOP-1", 2.9)
    told.ticket("H-1", 1, to="SHOP-1")
    found = flow(told)
    assert found.not_deployed == ("SHOP-1",)
    (chain,) = found.handoffs
    assert (chain.step, chain.owner) == ("deployed", "release management")


def test_the_mark_of_a_deployment_wins_over_merge_requests(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    for n in range(10):
        told.bug(f"SHOP-{n}", 1, 3)
        told.merge(f"SHOP-{n}", 2.9)
        told.change(f"SHOP-{n}", at(4), "labels", "deployed")
    told.deploy(9, "v2.0.1", "b")
    handoff = {"support": {"jira": ["HELP"]}, "deployed": ["label:deployed"]}
    assert clock(flow(told, bugs={"handoff": handoff}), "deployed").p50.value == pytest.approx(3)


def test_a_repair_before_a_bug_came_back_does_not_count_for_the_second_one(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    told.bug("SHOP-1", 1, 3)
    told.merge("SHOP-1", 2.9)
    told.deploy(4, "v2.0.1", "b")
    told.status("SHOP-1", at(6), "todo")
    told.status("SHOP-1", at(8), "done")
    told.merge("SHOP-1", 7.9)
    assert flow(told, 9).not_deployed == ("SHOP-1",)
    told.deploy(10, "v2.0.2", "c")
    assert flow(told, 11).not_deployed == ()


def test_repairs_without_a_trace_are_left_out_and_counted(tale, flow):
    told = tale()
    told.deploy(0, "v2.0.0", "a")
    for n in range(10):
        told.bug(f"SHOP-{n}", 1, 3)
        told.merge(f"SHOP-{n}", 2.9)
    told.bug("SHOP-90", 1, 3)
    told.deploy(6, "v2.0.1", "b")
    figure = clock(flow(told), "deployed").p50
    assert figure.n == 10
    assert "1 repair left no trace of a deployment" in figure.reasons


# --- what came too late to be seen


def test_detection_is_told_of_all_defects_and_of_grave_ones(tale, flow):
    told = tale()
    for n in range(6):
        told.bug(f"E-{n}", -20, -10, severity="blocker" if n < 3 else "minor")
    for n in range(4):
        told.bug(f"B-{n}", 2, severity="critical" if n < 1 else "minor")
    found = {(one.days, one.grave): one for one in flow(told, 35).detection}
    assert found[30, False].detected == pytest.approx(0.6)
    assert found[30, True].detected == pytest.approx(0.75)
    assert not found[90, True].mature
    assert flow(told, 35).escaped_rate == pytest.approx(0.4)


def test_severities_that_are_lowered_again_and_again_are_told(tale, flow):
    told = tale()
    for n in range(6):
        told.bug(f"B-{n}", 2, severity="critical")
        told.change(f"B-{n}", at(3), "severity", "minor")
    found = flow(told)
    assert (found.retriage.raised, found.retriage.lowered) == (0, 6)
    assert "6 defects were lowered in severity since they were written and 0 raised" in found.reasons


def test_a_defect_soon_after_a_change_of_its_component_is_under_suspicion(tale, flow):
    told = tale()
    told.deploy(-1, "v2.0", "c0")
    told.bug("B-1", 1, 4, components=("Cart",))
    told.merge("B-1", 3)
    told.deploy(5, "v2.0.1", "c1")
    told.bug("B-2", 8, components=("Cart",))
    told.bug("B-3", 13, components=("Cart",))
    told.bug("B-4", 8, components=("Search",))
    told.bug("B-5", 8, components=("Cart",), labels=("regression",))
    found = flow(told)
    assert found.regression_tiers == {"said": 1, "same_component": 1}
    assert found.regression_rate.value == 1 / 5
    assert "needs the code" in found.regression_rate.reasons[0]


def test_a_bug_at_a_test_that_passed_for_an_earlier_launch_is_a_regression(tale, flow):
    told = tale()
    told.milestone("version:1", "1.0", start=date(2026, 5, 1), due=date(2026, 7, 1), released=at(-60))
    for number, passed in enumerate((-70, -10)):
        told.item(f"T-{number}", at(-90), type="Test", milestones=("version:1",))
        told.change(f"T-{number}", at(passed), "labels", "at::passed")
        told.bug(f"B-{number}", 2)
        told.link(f"B-{number}", f"T-{number}", "relates", phrase="relates to")
    assert flow(told).regression_tiers == {"said": 1}
