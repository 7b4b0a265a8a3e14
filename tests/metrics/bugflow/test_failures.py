from __future__ import annotations

from datetime import timedelta

import pytest

from pmbridge.metrics.bugflow.deployments import placed
from pmbridge.metrics.bugflow.failures import Cause, Incident, change_failures
from pmbridge.model import Deployment, DeploymentStatus

WEEK = timedelta(days=7)


@pytest.fixture
def judged(at):
    """Judge deployments given as day, commit and what else is known of each, as of a day."""

    def judge(*rows, incidents=(), end=60.0, begin=0.0):
        made = [
            Deployment(
                source="gitlab",
                id=str(number),
                project=more.get("project", "acme/web"),
                environment="production",
                production=True,
                status=DeploymentStatus(more.get("status", "success")),
                at=at(day),
                ref=more.get("ref"),
                commit=commit,
            )
            for number, (day, commit, more) in enumerate(rows)
        ]
        return change_failures(
            placed(made), incidents, lambda one: "hotfix" in (one.ref or ""), WEEK, at(begin), at(end)
        )

    return judge


def test_what_did_not_get_through_is_mended_by_the_next_that_does(judged, at):
    found = judged((1, "a", {}), (2, "b", {"status": "failed"}), (2.5, "b", {"status": "failed"}), (3, "b", {}))
    assert [(one.cause, one.recovered_at) for one in found.failed] == [(Cause.BROKE, at(3))] * 2
    assert found.ratio.value == pytest.approx(2 / 4)


def test_a_rollback_fails_what_it_takes_back_and_is_no_delivery_itself(judged, at):
    found = judged((1, "a", {}), (2, "b", {}), (3, "a", {}))
    (failure,) = found.failed
    assert (failure.made.at, failure.cause, failure.recovered_at) == (at(2), Cause.ROLLED_BACK, at(3))
    assert len(found.made) == 2


def test_a_hotfix_within_the_window_fails_what_it_patches(judged, at):
    found = judged((1, "a", {}), (3, "b", {"ref": "hotfix/pay"}), (20, "c", {}), (30, "d", {"ref": "hotfix/late"}))
    assert [(one.made.at, one.cause) for one in found.failed] == [(at(1), Cause.HOTFIX)]


def test_an_incident_fails_the_last_deployment_before_it(judged, at):
    late, outside = Incident("S-1", at(4), at(4.5)), Incident("S-2", at(40))
    found = judged((1, "a", {}), (3, "b", {"project": "acme/api"}), (5, "c", {}), incidents=(late, outside))
    (failure,) = found.failed
    assert (failure.made.at, failure.evidence, failure.recovered_at) == (at(3), "S-1", at(4.5))


def test_one_deployment_fails_once_whatever_followed_it(judged, at):
    found = judged((1, "a", {}), (2, "b", {}), (3, "a", {}), incidents=(Incident("S-1", at(2.5)),))
    assert [one.cause for one in found.failed] == [Cause.ROLLED_BACK]


def test_what_is_too_young_to_judge_is_in_neither_count(judged):
    found = judged((1, "a", {}), (10, "b", {}), end=12)
    assert (found.ratio.hits, found.ratio.trials, found.ratio.immature) == (0, 1, 1)


def test_without_deployments_there_is_no_rate(judged):
    assert judged().ratio.value is None
    assert judged((1, "a", {}), begin=5).ratio.value is None


def test_failures_that_last_count_with_their_age(judged, at):
    found = judged((1, "a", {}), (2, "b", {"status": "failed"}))
    (wait,) = found.recoveries(at(12))
    assert (wait.days, wait.cause) == (10, 0)
