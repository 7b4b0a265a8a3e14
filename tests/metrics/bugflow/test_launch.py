from __future__ import annotations

import pytest

from pmbridge.metrics.bugflow.launch import Evidence, Launch, Stage, Step, choose, not_launched, steps_of

ORDER = ("deployment", "release", "version", "tag")


def test_the_best_kind_of_evidence_wins_and_of_it_the_earliest(at):
    found = [Evidence("version", at(0), precise=False), Evidence("deployment", at(3)), Evidence("deployment", at(1))]
    assert choose(found, ORDER) == Evidence("deployment", at(1))


def test_what_a_person_configured_wins_over_everything(at):
    assert choose([Evidence("deployment", at(1)), Evidence("configuration", at(5))], ORDER).at == at(5)


def test_a_kind_nobody_asked_for_is_no_evidence(at):
    assert choose([Evidence("tag", at(1))], ("release",)) is None


def test_a_launch_without_date_or_in_the_future_says_so(at):
    assert "configure its date" in not_launched(None, at(1))
    assert "2026-09-03" in not_launched(at(2), at(1))
    assert not_launched(at(1), at(1)) is None


def test_a_phased_launch_exposes_users_step_by_step(at):
    launch = Launch(at(0), "configuration", steps=(Step(at(0), 0.1), Step(at(10), 1.0)))
    assert [launch.share_at(at(t)) for t in (-1, 0, 9.9, 10)] == [0.0, 0.1, 0.1, 1.0]
    assert launch.exposure(at(0), at(20)) == pytest.approx(0.1 * 10 + 10)
    assert launch.exposure(at(-5), at(5)) == pytest.approx(0.5)
    assert launch.full_at == at(10)


def test_a_launch_at_once_exposes_everybody(at):
    launch = Launch(at(0), "release")
    assert launch.exposure(at(-2), at(3)) == pytest.approx(3)
    assert launch.full_at == at(0)


def test_a_launch_that_never_reached_everybody_is_not_full(at):
    assert Launch(at(0), "configuration", steps=(Step(at(0), 0.1),)).full_at is None


@pytest.mark.parametrize("steps", [[(0, 1.5)], [(0, 0.5), (1, 0.2)], [(3, 0.1), (1, 0.5)]])
def test_steps_that_cannot_be_are_refused(at, steps):
    with pytest.raises(ValueError, match=r"share|follow"):
        Launch(at(0), "configuration", steps=tuple(Step(at(t), share) for t, share in steps))


def test_environments_of_known_size_make_steps(at):
    stages = (Stage("canary", at(0), 0.1), Stage("eu", at(2), 0.4), Stage("us", at(2), 0.5))
    assert steps_of(stages) == (Step(at(0), 0.1), Step(at(2), 1.0))
    launch = Launch(at(0), "deployment", steps=steps_of(stages), stages=stages)
    assert launch.exposure_known
    assert launch.full_at == at(2)


def test_environments_of_unknown_size_leave_the_exposure_unknown(at):
    stages = (Stage("eu", at(0)), Stage("us", at(3), 0.5))
    assert steps_of(stages) == ()
    launch = Launch(at(0), "deployment", stages=stages)
    assert not launch.exposure_known
    assert launch.full_at == at(3)


def test_one_environment_is_everybody(at):
    stages = (Stage("production", at(0), 0.3),)
    assert steps_of(stages) == ()
    assert Launch(at(0), "deployment", stages=stages).exposure_known
