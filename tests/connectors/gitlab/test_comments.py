from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from pmbridge.connector import Action, Artifact, Observation, Place, Step, Surface
from pmbridge.document import Document, Paragraph, Table, fingerprint, line
from pmbridge.errors import Ambiguous, NotFound, PermissionDenied, Rejected
from pmbridge.model import Ref
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.comments import MAX_BODY, comment
from pmbridge_gitlab.marker import read_signed, signed
from pmbridge_gitlab.settings import GitlabSettings

Row = dict[str, Any]
Make = Callable[..., Row]
AT = datetime(2026, 3, 5, tzinfo=UTC)
ISSUES = "/projects/acme%2Fshop-web/issues"
NOTES = f"{ISSUES}/12/notes"
DOCUMENT = Document(blocks=(Paragraph(content=line("/close it @all")),))


@pytest.fixture
def place(issue_ref: Ref) -> Place:
    return Place(target=issue_ref, surface=Surface.COMMENT, slot="milestone-health")


@pytest.fixture
def artifact(place: Place) -> Artifact:
    return Artifact(
        target=place.target,
        surface=place.surface,
        slot=place.slot,
        document=DOCUMENT,
        fingerprint=fingerprint(DOCUMENT),
        watermark=AT,
    )


@pytest.fixture
def make_note(account: Row) -> Make:
    def make(number: int, body: str | None = None, **changes: Any) -> Row:
        marked = signed("Fine.", owner="acme-prod", slot="milestone-health", fingerprint="f1", watermark=AT)
        row = {"id": number, "body": marked if body is None else body, "author": account, "system": False}
        return row | {"created_at": f"2026-03-05T08:00:{number:02d}.000Z"} | changes

    return make


@pytest.fixture
def look(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make, place: Place, account: Row
) -> Callable[..., Observation]:
    def look(*notes: Row, issue: Row | None = None, by: GitlabConnector | None = None) -> Observation:
        server.get(api + ISSUES, json=[make_issue(12) | (issue or {})])
        server.get(api + NOTES, json=list(notes))
        (seen,) = (by or connector).observe([place])
        assert seen.place == place
        return seen

    return look


def test_a_place_without_a_comment_is_empty(look: Callable[..., Observation], make_note: Make) -> None:
    seen = look(make_note(1, "Just talk."), make_note(2, None, system=True))
    assert (seen.remote_id, seen.denied, seen.malformed, seen.muted, seen.customer_facing) == (
        None, None, None, False, False
    )  # fmt: skip


def test_our_comment_is_known_by_mark_and_account(look: Callable[..., Observation], make_note: Make) -> None:
    seen = look(make_note(2))
    assert (seen.remote_id, seen.fingerprint, seen.watermark) == ("2", "f1", AT)
    assert (seen.author_is_me, seen.edited_by_other, seen.copies) == (True, False, ())


def test_the_oldest_of_several_is_ours_and_the_others_are_copies(
    look: Callable[..., Observation], make_note: Make
) -> None:
    seen = look(make_note(4), make_note(2), make_note(3))
    assert (seen.remote_id, seen.copies) == ("2", ("3", "4"))


def test_a_mark_under_another_name_is_not_ours(
    look: Callable[..., Observation], make_note: Make, make_user: Make
) -> None:
    seen = look(make_note(2, author=make_user(9)))
    assert (seen.remote_id, seen.author_is_me, seen.copies) == ("2", False, ())


def test_our_own_comment_is_found_behind_a_mirrored_one(
    look: Callable[..., Observation], make_note: Make, make_user: Make
) -> None:
    seen = look(make_note(2, author=make_user(9)), make_note(3), make_note(4, author=None))
    assert (seen.remote_id, seen.author_is_me, seen.copies) == ("3", True, ())


def test_a_quoted_mark_of_somebody_else_is_nothing(
    look: Callable[..., Observation], make_note: Make, make_user: Make
) -> None:
    mine = make_note(1)["body"]
    assert look(make_note(2, f"{mine}\n\nlook at this", author=make_user(9))).remote_id is None


def test_other_owners_and_slots_are_other_comments(look: Callable[..., Observation], make_note: Make) -> None:
    staging = signed("x", owner="staging", slot="milestone-health", fingerprint="f", watermark=AT)
    acceptance = signed("x", owner="acme-prod", slot="acceptance", fingerprint="f", watermark=AT)
    assert look(make_note(2, staging), make_note(3, acceptance)).remote_id is None


def test_a_comment_that_a_person_edited_is_told(look: Callable[..., Observation], make_note: Make) -> None:
    assert look(make_note(2, make_note(2)["body"].replace("Fine", "Bad"))).edited_by_other


def test_a_person_writing_below_the_mark_has_edited(look: Callable[..., Observation], make_note: Make) -> None:
    seen = look(make_note(2, make_note(2)["body"] + "\n\nThanks"))
    assert (seen.remote_id, seen.edited_by_other) == ("2", True)


def test_a_label_mutes_and_a_service_desk_faces_customers(look: Callable[..., Observation]) -> None:
    seen = look(issue={"labels": ["bug", "pmbridge-ignore"], "service_desk_reply_to": "c@example.org"})
    assert (seen.muted, seen.customer_facing) == (True, True)


def test_internal_comments_reach_no_customer(look: Callable[..., Observation], settings: GitlabSettings) -> None:
    by = GitlabConnector("gl", settings.model_copy(update={"internal_notes": True}), owner="acme-prod")
    seen = look(issue={"service_desk_reply_to": "c@example.org"}, by=by)
    assert (seen.customer_facing, seen.denied) == (False, None)


def test_notes_are_read_to_the_end(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    make_issue: Make,
    make_note: Make,
    place: Place,
) -> None:
    server.get(api + ISSUES, json=[make_issue(12)])
    server.get(api + NOTES, json=[], headers={"X-Next-Page": "2"})
    server.get(api + NOTES, json=[make_note(2)])
    other = place.model_copy(update={"slot": "acceptance"})
    seen = list(connector.observe([other, place, other]))
    assert [observation.remote_id for observation in seen] == [None, "2", None]
    asked = [call.request.url or "" for call in server.calls]
    assert sum("/notes" in url for url in asked) == 2
    assert all("activity_filter=only_comments" in url for url in asked if "/notes" in url)


def test_an_issue_that_is_gone_is_denied_and_not_taken_for_empty(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, make_issue: Make, place: Place
) -> None:
    server.get(api + ISSUES, json=[make_issue(12, id=99)])
    (seen,) = connector.observe([place])
    assert seen.denied is not None
    assert "acme/shop-web#12" in seen.denied


def test_a_key_that_is_no_issue_is_denied_and_spoils_no_other(
    look: Callable[..., Observation], connector: GitlabConnector, make_note: Make, place: Place
) -> None:
    assert look(make_note(2)).remote_id == "2"
    strange = place.model_copy(update={"target": place.target.model_copy(update={"key": "SHOP-1", "id": "5"})})
    first, second = connector.observe([strange, place])
    assert first.denied is not None
    assert second.remote_id == "2"


def test_a_project_without_access_is_denied(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, place: Place
) -> None:
    server.get(api + ISSUES, status=404, json={"message": "404 Project Not Found"})
    (seen,) = connector.observe([place])
    assert seen.denied is not None


def test_a_token_for_reading_is_denied_before_anything_is_written(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    make_issue: Make,
    make_user: Make,
    place: Place,
) -> None:
    server.get(f"{api}/user", json=make_user(42))
    server.get(f"{api}/personal_access_tokens/self", json={"scopes": ["read_api"]})
    server.get(api + ISSUES, json=[make_issue(12)])
    server.get(api + NOTES, json=[])
    (seen,) = connector.observe([place])
    assert seen.denied == "the token can only read: comments need the scope api"


def test_a_create_carries_text_and_mark_in_one_request(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, place: Place, artifact: Artifact
) -> None:
    server.post(api + NOTES, json={"id": 5}, status=201)
    written = connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))
    assert (written.remote_id, written.url) == ("5", f"{place.target.url}#note_5")
    (call,) = server.calls
    body = json.loads(call.request.body or "")
    assert set(body) == {"body"}
    assert body["body"].startswith("\\/close it \\@all\n\n<!-- pmbridge v=1 owner=acme-prod slot=milestone-health ")
    found = read_signed(body["body"])
    assert found is not None
    assert found.intact
    assert found.mark.fingerprint == artifact.fingerprint


def test_a_comment_can_be_for_members_only(
    settings: GitlabSettings, server: responses.RequestsMock, api: str, place: Place, artifact: Artifact
) -> None:
    connector = GitlabConnector("gl", settings.model_copy(update={"internal_notes": True}), owner="o")
    server.post(api + NOTES, json={"id": 5}, status=201)
    connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))
    assert json.loads(server.calls[0].request.body or "")["internal"] is True


def test_an_update_and_a_deletion_name_their_note(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, place: Place, artifact: Artifact
) -> None:
    server.put(f"{api}{NOTES}/5", json={"id": 5})
    server.delete(f"{api}{NOTES}/6", status=204)
    server.delete(f"{api}{NOTES}/5", status=204)
    update = Step(place=place, action=Action.UPDATE, reason="news", artifact=artifact, remote_id="5")
    assert connector.write(update).remote_id == "5"
    assert connector.write(Step(place=place, action=Action.PRUNE, reason="copy", remote_id="6")).remote_id is None
    assert connector.write(Step(place=place, action=Action.DELETE, reason="off", remote_id="5")).remote_id is None
    assert [call.request.method for call in server.calls] == ["PUT", "DELETE", "DELETE"]
    assert connector.usage().writes == 3


def test_a_step_that_writes_nothing_sends_nothing(connector: GitlabConnector, place: Place) -> None:
    for action in (Action.KEEP, Action.SKIP, Action.CONFLICT):
        assert connector.write(Step(place=place, action=action, reason="same", remote_id="5")).remote_id == "5"
    assert connector.usage().requests == 0


def test_a_text_taken_for_commands_is_rejected(
    connector: GitlabConnector, server: responses.RequestsMock, api: str, place: Place, artifact: Artifact
) -> None:
    server.post(api + NOTES, json={"commands_changes": {}, "summary": ["Closed"]}, status=202)
    with pytest.raises(Rejected, match="commands"):
        connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))


@pytest.mark.parametrize("answer", [{"json": {}}, {"body": requests.ConnectionError("reset")}, {"status": 502}])
def test_a_create_of_unknown_outcome_is_sent_once(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    place: Place,
    artifact: Artifact,
    answer: dict[str, Any],
) -> None:
    server.post(api + NOTES, **answer)
    with pytest.raises(Ambiguous):
        connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))
    assert len(server.calls) == 1


@pytest.mark.parametrize(("status", "kind"), [(403, PermissionDenied), (404, NotFound), (400, Rejected)])
def test_refusals_are_told_apart(
    connector: GitlabConnector,
    server: responses.RequestsMock,
    api: str,
    place: Place,
    artifact: Artifact,
    status: int,
    kind: type[Exception],
) -> None:
    server.post(api + NOTES, status=status, json={"message": "no"})
    with pytest.raises(kind):
        connector.write(Step(place=place, action=Action.CREATE, reason="new", artifact=artifact))


def test_a_text_that_is_too_long_loses_rows_and_never_its_mark(artifact: Artifact) -> None:
    rows = tuple((line("x" * 2000),) for _ in range(1000))
    document = Document(blocks=(Table(header=(line("Title"),), rows=rows),))
    text = comment(artifact.model_copy(update={"document": document}), "acme-prod")
    assert len(text) <= MAX_BODY + 1000
    assert "… and 500 more" not in text.split("\n")[-1]
    found = read_signed(text)
    assert found is not None
    assert found.intact


def test_a_surface_that_gitlab_has_not_is_denied_and_rejected(connector: GitlabConnector, place: Place) -> None:
    labels = place.model_copy(update={"surface": Surface.LABELS})
    (seen,) = connector.observe([labels])
    assert seen.denied == "GitLab has no labels on a item that pmbridge could write"
    with pytest.raises(Rejected):
        connector.write(Step(place=labels, action=Action.CREATE, reason="x"))
