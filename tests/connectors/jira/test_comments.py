from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmbridge.connector import Action, Artifact, Place, Step, Surface
from pmbridge.document import Document, Paragraph, fingerprint, line
from pmbridge.errors import Ambiguous, BadAnswer, PermissionDenied, Rejected
from pmbridge.model import Ref, RefKind
from pmbridge_jira.marker import encode
from pmbridge_jira.markup import render

TARGET = Ref(source="jira-main", kind=RefKind.ITEM, id="10001", project="SHOP", key="SHOP-1")
PLACE = Place(target=TARGET, surface=Surface.COMMENT, slot="milestone-health")
DOCUMENT = Document(blocks=(Paragraph(content=line("all is well")),))
ARTIFACT = Artifact(
    target=TARGET,
    surface=Surface.COMMENT,
    slot="milestone-health",
    document=DOCUMENT,
    fingerprint=fingerprint(DOCUMENT),
    watermark=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)
BODY = render(DOCUMENT)
RIGHTS = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS", "ADMINISTER_PROJECTS")
COMMENTS = "issue/10001/comment"


def comment(number, *, by="me", editor=None, owner="acme-prod", slot="milestone-health", properties=True, **value):
    marker = {**encode(ARTIFACT, owner, BODY), "slot": slot, **value}
    drawn = {
        "id": str(number),
        "author": {"accountId": by} if by else None,
        "updateAuthor": {"accountId": editor or by} if by else None,
        "created": f"2026-03-02T09:00:{number:02}.000+0000",
    }
    return {**drawn, "properties": [{"key": "pmbridge", "value": marker}]} if properties else drawn


def rights(*missing):
    return {"permissions": {key: {"havePermission": key not in missing} for key in RIGHTS}}


@pytest.fixture(autouse=True)
def _surroundings(tracker, issue):
    tracker.on("POST", "issue/bulkfetch", {"issues": [issue(1)], "issueErrors": []})
    tracker.on("GET", "mypermissions", rights())
    tracker.on("GET", "project/SHOP", {"key": "SHOP", "projectTypeKey": "software"})


@pytest.fixture
def observe(connector, tracker):
    def look(*comments, place=PLACE):
        tracker.on("GET", COMMENTS, {"comments": list(comments), "total": len(comments)})
        (seen,) = connector.observe([place])
        return seen

    return look


def step(action, *, remote_id=None, artifact=ARTIFACT):
    return Step(place=PLACE, action=action, reason="test", artifact=artifact, remote_id=remote_id)


def test_nothing_of_ours_is_nothing(observe):
    seen = observe(comment(1, by="ada", properties=False) | {"properties": []})
    assert (seen.remote_id, seen.fingerprint, seen.copies, seen.denied, seen.muted) == (None, None, (), None, False)


def test_our_comment_is_found_by_its_marker(observe):
    seen = observe(comment(7))
    assert (seen.remote_id, seen.fingerprint, seen.watermark) == ("7", ARTIFACT.fingerprint, ARTIFACT.watermark)
    assert (seen.author_is_me, seen.edited_by_other, seen.malformed) == (True, False, None)


def test_the_oldest_copy_is_kept_and_the_others_are_named_oldest_first(observe):
    seen = observe(comment(9), comment(3), comment(5))
    assert (seen.remote_id, seen.copies) == ("3", ("5", "9"))


@pytest.mark.parametrize("other", [{"owner": "acme-staging"}, {"slot": "acceptance"}])
def test_the_marker_of_another_installation_or_slot_is_not_ours(observe, other):
    assert observe(comment(7, **other)).remote_id is None


def test_our_marker_under_another_author_is_a_mirrored_copy(observe):
    seen = observe(comment(7, by="sync-tool"))
    assert (seen.remote_id, seen.author_is_me, seen.edited_by_other, seen.copies) == ("7", False, False, ())


def test_a_mirrored_copy_beside_our_own_is_passed_over(observe):
    seen = observe(comment(1, by="sync-tool"), comment(2))
    assert (seen.remote_id, seen.author_is_me, seen.copies) == ("2", True, ())


def test_a_comment_of_a_deleted_user_is_not_ours(observe):
    assert observe(comment(7, by=None)).author_is_me is False


def test_a_person_who_edited_our_text_is_noticed(observe):
    assert observe(comment(7, editor="ada")).edited_by_other


def test_a_broken_marker_says_what_is_wrong(observe):
    assert observe(comment(7, fp=None)).malformed == "the marker has no readable fingerprint"


def test_a_label_mutes_us_and_a_service_project_is_for_customers(observe, tracker, issue):
    payload = issue(1, labels=["pmbridge-ignore"], project={"key": "SHOP", "projectTypeKey": "service_desk"})
    tracker.on("POST", "issue/bulkfetch", {"issues": [payload]})
    seen = observe()
    assert seen.muted
    assert seen.customer_facing


def test_missing_rights_are_named_as_the_screens_call_them(observe, tracker):
    tracker.on("GET", "mypermissions", rights("ADD_COMMENTS", "EDIT_OWN_COMMENTS"))
    assert observe().denied == "Add comments, Edit own comments"


def test_a_ticket_out_of_sight_is_never_taken_for_an_empty_one(observe, tracker):
    tracker.on("POST", "issue/bulkfetch", {"issues": [], "issueErrors": [{"id": "10001"}]})
    assert observe().denied == "the ticket is gone, or this account may not see it"


def test_properties_that_the_list_leaves_out_are_read_in_one_request(observe, tracker):
    tracker.on("POST", "comment/list", {"values": [comment(7), comment(8, by="ada", slot="x")]})
    seen = observe(comment(7, properties=False), comment(8, properties=False, by="ada"))
    assert (seen.remote_id, seen.fingerprint) == ("7", ARTIFACT.fingerprint)
    assert tracker.bodies("comment/list") == [{"ids": [7, 8]}]


def test_properties_are_read_one_by_one_where_nothing_else_works(observe, tracker):
    tracker.on("POST", "comment/list", {}, status=404)
    tracker.on(
        "GET", "comment/7/properties/pmbridge", {"key": "pmbridge", "value": encode(ARTIFACT, "acme-prod", BODY)}
    )
    tracker.on("GET", "comment/8/properties/pmbridge", {}, status=404)
    assert observe(comment(7, properties=False), comment(8, properties=False)).remote_id == "7"


def test_comments_on_later_pages_are_seen(connector, tracker):
    page = [comment(n, by="ada", slot="x") for n in range(1, 3)]
    tracker.on("GET", COMMENTS, {"comments": page, "total": 3}, {"comments": [comment(9)], "total": 3})
    (seen,) = connector.observe([PLACE])
    assert seen.remote_id == "9"


def test_two_slots_of_one_ticket_cost_one_reading_and_come_in_order(connector, tracker):
    tracker.on("GET", COMMENTS, {"comments": [comment(4, slot="acceptance"), comment(7)], "total": 2})
    places = [PLACE, PLACE.model_copy(update={"slot": "acceptance"})]
    assert [seen.remote_id for seen in connector.observe(places)] == ["7", "4"]
    assert len([route for _, route, _ in tracker.sent if route.endswith("/comment")]) == 1


def test_a_create_carries_text_and_marker_in_one_request(connector, tracker):
    tracker.on("POST", COMMENTS, {"id": "77"}, status=201)
    written = connector.write(step(Action.CREATE))
    assert written.remote_id == "77"
    assert written.url == "https://acme.example/browse/SHOP-1?focusedCommentId=77"
    (body,) = tracker.bodies(COMMENTS)
    assert body["body"]["type"] == "doc"
    assert body["properties"] == [{"key": "pmbridge", "value": encode(ARTIFACT, "acme-prod", BODY)}]


def test_a_comment_in_a_service_project_stays_internal(connector, tracker):
    tracker.on("GET", "project/SHOP", {"key": "SHOP", "projectTypeKey": "service_desk"})
    tracker.on("POST", COMMENTS, {"id": "77"}, status=201)
    connector.write(step(Action.CREATE))
    assert {"key": "sd.public.comment", "value": {"internal": True}} in tracker.bodies(COMMENTS)[0]["properties"]


def test_a_create_of_unknown_outcome_is_sent_once(connector, tracker):
    tracker.on("POST", COMMENTS, {}, status=502)
    with pytest.raises(Ambiguous):
        connector.write(step(Action.CREATE))
    assert len(tracker.bodies(COMMENTS)) == 1


@pytest.mark.parametrize("answer", [None, {}, []])
def test_a_create_that_does_not_say_what_it_made_is_looked_for_afterwards(connector, tracker, answer):
    tracker.on("POST", COMMENTS, answer, status=201)
    with pytest.raises(Ambiguous):
        connector.write(step(Action.CREATE))


def test_a_comment_of_an_unexpected_shape_is_a_bad_answer(observe):
    with pytest.raises(BadAnswer, match="comment"):
        observe(comment(7) | {"created": None})


def test_an_edit_is_silent_and_renews_the_marker(connector, tracker, http):
    tracker.on("PUT", f"{COMMENTS}/7", {"id": "7"})
    assert connector.write(step(Action.UPDATE, remote_id="7")).remote_id == "7"
    assert http.calls[-1].request.url.endswith("/comment/7?notifyUsers=false")
    assert tracker.bodies(f"{COMMENTS}/7")[0]["properties"][0]["value"]["fp"] == ARTIFACT.fingerprint


def test_an_edit_that_may_not_be_silent_fails_and_is_not_sent_loudly(connector, tracker):
    tracker.on("PUT", f"{COMMENTS}/7", {"errorMessages": ["not without notifying"]}, status=403)
    with pytest.raises(PermissionDenied, match="not without notifying"):
        connector.write(step(Action.UPDATE, remote_id="7"))
    assert len(tracker.bodies(f"{COMMENTS}/7")) == 1


@pytest.mark.parametrize("action", [Action.PRUNE, Action.DELETE])
def test_a_comment_is_deleted_by_its_id(connector, tracker, action):
    tracker.on("DELETE", f"{COMMENTS}/7", None, status=204)
    assert connector.write(step(action, remote_id="7", artifact=None)).remote_id is None
    assert ("DELETE", f"/rest/api/3/{COMMENTS}/7", None) in tracker.sent


@pytest.mark.parametrize(
    "odd",
    [
        step(Action.KEEP),
        step(Action.CREATE, artifact=None),
        step(Action.UPDATE),
        step(Action.DELETE),
        step(Action.CREATE).model_copy(update={"place": PLACE.model_copy(update={"surface": Surface.LABELS})}),
    ],
)
def test_a_step_that_makes_no_sense_sends_nothing(connector, tracker, odd):
    with pytest.raises(Rejected):
        connector.write(odd)
    assert {method for method, _, _ in tracker.sent} <= {"GET"}


def test_an_edit_through_the_same_account_is_known_by_its_text(observe):
    same = {**comment(7), "body": BODY}
    edited = {**comment(7), "body": {"type": "doc", "content": [{"type": "text", "text": "we accept the delay"}]}}
    assert not observe(same).edited_by_other
    assert observe(edited).edited_by_other
