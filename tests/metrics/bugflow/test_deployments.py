from __future__ import annotations

from itertools import count

import pytest

from pmbridge.metrics.bugflow.deployments import Carriers, carrying, delivered, first_by_environment, placed
from pmbridge.model import Deployment, DeploymentStatus, MergeRequest, MergeRequestState

_NUMBERS = count(1)


@pytest.fixture
def made(at):
    def make(day, ref=None, commit=None, status="success", **more):
        fields = {"source": "gitlab", "id": str(next(_NUMBERS)), "project": "acme/web", "environment": "production"}
        return Deployment(
            **{**fields, **more}, at=at(day), ref=ref, commit=commit, status=DeploymentStatus(status), production=True
        )

    return make


@pytest.fixture
def merged(at):
    def make(day, project="acme/web"):
        number = str(next(_NUMBERS))
        return MergeRequest(
            source="gitlab",
            id=number,
            key=f"!{number}",
            project=project,
            url="https://gitlab.example/x",
            title="Mend it",
            branch="mend",
            state=MergeRequestState.OPEN if day is None else MergeRequestState.MERGED,
            created_at=at(0),
            updated_at=at(0),
            merged_at=None if day is None else at(day),
        )

    return make


def test_a_release_goes_live_where_its_tag_first_succeeds(made, at):
    rows = [made(1, "v2.0.0", status="failed"), made(2, "v2.0.0"), made(3, "v2.0.1"), made(4, "v2.1.0")]
    found = first_by_environment(placed(rows), carrying(rows, "2.0 Marketplace"))
    assert found == (("production", at(2)),)


def test_environments_get_it_one_after_the_other(made, at):
    rows = [
        made(1, "v2.0.0", environment="eu"),
        made(3, "v2.0.0", environment="us"),
        made(5, "v2.0.1", environment="eu"),
    ]
    assert first_by_environment(placed(rows), carrying(rows, "2.0")) == (("eu", at(1)), ("us", at(3)))


def test_a_branch_deploys_a_release_when_its_commit_was_deployed_from_the_tag(made, at):
    rows = [made(1, "v2.0.0", "abc", environment="staging"), made(2, "main", "abc"), made(3, "main", "def")]
    assert [one.at for one in carrying(rows, "2.0")] == [at(1), at(2)]


def test_going_back_to_what_was_there_is_a_rollback_and_repeating_it_is_none(made):
    rows = [made(1, commit="a"), made(2, commit="b"), made(2.5, commit="b"), made(3, commit="a"), made(4, commit="c")]
    assert [one.is_rollback for one in placed(rows)] == [False, False, False, True, False]


def test_lanes_do_not_mix_and_what_has_not_ended_is_left_out(made):
    rows = [
        made(1, commit="a"),
        made(2, commit="b", project="acme/api"),
        made(3, commit="a", project="acme/api", environment="us"),
        made(4, commit="c", status="running"),
        made(5, commit="c", status="cancelled"),
    ]
    found = placed(rows)
    assert len(found) == 3
    assert not any(one.is_rollback or one.replaced for one in found)


def test_a_repair_reaches_users_with_the_first_new_deployment_after_its_merge(made, merged, at):
    carriers = Carriers(placed([made(1, commit="a"), made(3, commit="b"), made(5, commit="a"), made(6, commit="c")]))
    assert carriers.reached(merged(2)) == at(3)
    assert carriers.reached(merged(4)) == at(6)
    assert carriers.reached(merged(7)) is None
    assert carriers.reached(merged(None)) is None


def test_a_failed_deployment_brings_nothing(made, merged, at):
    carriers = Carriers(placed([made(3, commit="b", status="failed"), made(4, commit="b")]))
    assert carriers.reached(merged(2)) == at(4)


def test_a_defect_is_delivered_with_the_last_of_its_changes(made, merged, at):
    carriers = Carriers(placed([made(3, commit="b"), made(6, commit="c")]))
    assert delivered([merged(2), merged(5)], carriers) == at(6)
    assert delivered([merged(2), merged(9)], carriers) is None
    assert delivered([merged(2), merged(9, project="acme/other")], carriers) == at(3)
    assert delivered([], carriers) is None
