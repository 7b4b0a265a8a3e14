from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from pmbridge.connector import Action, Artifact, Observation, Place, Step, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.errors import Rejected
from pmbridge.model import Ref
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.block import placed

Row = dict[str, Any]
Make = Callable[..., Row]
AT = datetime(2026, 3, 5, tzinfo=UTC)
MILESTONE = "/projects/acme%2Fshop-web/milestones/77"
DOCUMENT = Document(blocks=(Paragraph(content=line("72 %, at risk")),))
BLOCK = placed("", "fine", owner="acme-prod", slot="milestone-health", fingerprint="f1", watermark=AT)


@pytest.fixture
def place(milestone_ref: Ref) -> Place:
    return Place(target=milestone_ref, surface=Surface.DESCRIPTION, slot="milestone-health")


@pytest.fixture
def step(place: Place) -> Step:
    artifact = Artifact(
        target=place.target,
        surface=place.surface,
        slot=place.slot,
        document=DOCUMENT,
        fingerprint=fingerprint(DOCUMENT),
        watermark=AT,
    )
    return Step(place=place, action=Action.CREATE, reason="new", artifact=artifact)


@pytest.fixture
def look(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    make_milestone: Make,
    account: Row,
    place: Place,
) -> Callable[[str | None], Observation]:
    def look(description: str | None) -> Observation:
        server.get(api + MILESTONE, json=make_milestone(77, description=description))
        (seen,) = connector.observe([place])
        return seen

    return look


def sent(server: responses.RequestsMock) -> list[Row]:
    return [json.loads(call.request.body or "") for call in server.calls if call.request.method == "PUT"]


@pytest.mark.parametrize("description", [None, "", "Ship it."])
def test_a_description_of_people_only_is_empty(
    look: Callable[[str | None], Observation], place: Place, description: str | None
) -> None:
    assert look(description) == Observation(place=place)


def test_our_block_is_seen(look: Callable[[str | None], Observation]) -> None:
    seen = look(f"Ship it.\r\n\r\n{BLOCK}\r\nmore")
    assert (seen.remote_id, seen.fingerprint, seen.watermark) == ("77", "f1", AT)
    assert (seen.edited_by_other, seen.malformed, seen.denied) == (False, None, None)


def test_an_edit_in_the_block_is_seen(look: Callable[[str | None], Observation]) -> None:
    assert look(BLOCK.replace("fine", "bad")).edited_by_other


def test_untrustworthy_marks_are_malformed(look: Callable[[str | None], Observation]) -> None:
    seen = look(BLOCK + BLOCK)
    assert seen.malformed == "the block stands there more than once"
    assert seen.remote_id is None


def test_a_low_role_is_denied_with_the_role_that_is_needed(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    make_user: Make,
    make_milestone: Make,
    place: Place,
) -> None:
    server.get(f"{api}/user", json=make_user(42))
    server.get(f"{api}/personal_access_tokens/self", status=404, json={"message": "404"})
    server.get(f"{api}/projects/acme%2Fshop-web", json={"permissions": {"project_access": None, "group_access": None}})
    server.get(
        f"{api}/projects/acme%2Fshop-web/members/all",
        json=[{"id": 9, "access_level": 50}, {"id": 42, "access_level": 10}],
    )
    server.get(api + MILESTONE, json=make_milestone(77))
    (seen,) = connector.observe([place])
    assert seen.denied == "the account is Guest in acme/shop-web: milestone descriptions need the role Planner"


def test_a_milestone_that_is_not_there_is_denied(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, account: Row, place: Place
) -> None:
    server.get(api + MILESTONE, status=404, json={"message": "404 Not found"})
    (seen,) = connector.observe([place])
    assert seen.denied is not None


def test_a_group_milestone_is_found_in_its_group(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    account: Row,
    make_milestone: Make,
    step: Step,
    milestone_ref: Ref,
) -> None:
    url = "https://gitlab.example.com/groups/acme/web/-/milestones/1"
    ref = milestone_ref.model_copy(update={"project": "acme/web", "url": url})
    place = step.place.model_copy(update={"target": ref})
    server.get(f"{api}/groups/acme%2Fweb", json={"id": 2})
    server.get(f"{api}/groups/acme%2Fweb/members/all", json=[{"id": 42, "access_level": 20}])
    server.get(f"{api}/groups/acme%2Fweb/milestones/77", json=make_milestone(77, description="Ours."))
    server.put(f"{api}/groups/acme%2Fweb/milestones/77", json={"id": 77})
    (seen,) = connector.observe([place])
    assert seen == Observation(place=place)
    connector.write(step.model_copy(update={"place": place}))
    assert sent(server)[0]["description"].startswith("Ours.\n\n<!-- pmbridge:begin")


def test_a_write_reads_again_and_sends_the_description_only(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make, step: Step
) -> None:
    server.get(api + MILESTONE, json=make_milestone(77, description="Edited meanwhile."))
    server.put(api + MILESTONE, json={"id": 77})
    written = connector.write(step)
    assert (written.remote_id, written.url) == ("77", step.place.target.url)
    (body,) = sent(server)
    assert set(body) == {"description"}
    assert body["description"].startswith("Edited meanwhile.\n\n<!-- pmbridge:begin owner=acme-prod ")
    assert "72 \\%\\, at risk" in body["description"]


def test_a_block_is_replaced_once_and_then_left_alone(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make, step: Step
) -> None:
    server.get(api + MILESTONE, json=make_milestone(77, description=f"a\r\n{BLOCK}\r\nb"))
    server.put(api + MILESTONE, json={"id": 77})
    connector.write(step.model_copy(update={"action": Action.UPDATE, "remote_id": "77"}))
    (body,) = sent(server)
    assert body["description"].startswith("a\r\n<!-- pmbridge:begin")
    assert body["description"].endswith("-->\r\nb")
    server.replace("GET", api + MILESTONE, json=make_milestone(77, description=body["description"]))
    connector.write(step.model_copy(update={"action": Action.UPDATE, "remote_id": "77"}))
    assert len(sent(server)) == 1


def test_a_deletion_leaves_what_people_wrote(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make, place: Place
) -> None:
    server.get(api + MILESTONE, json=make_milestone(77, description=f"Ship it.\n\n{BLOCK}"))
    server.put(api + MILESTONE, json={"id": 77})
    written = connector.write(Step(place=place, action=Action.DELETE, reason="off", remote_id="77"))
    assert written.remote_id is None
    assert sent(server) == [{"description": "Ship it."}]


def test_untrustworthy_marks_are_never_written_over(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_milestone: Make, step: Step
) -> None:
    server.get(api + MILESTONE, json=make_milestone(77, description=BLOCK + BLOCK))
    with pytest.raises(Rejected, match="more than once"):
        connector.write(step)
    assert sent(server) == []
