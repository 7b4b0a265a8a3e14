from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.connector import WRITING, Action, Surface
from pmbridge.document import Measure, gist, one_line
from pmbridge.errors import Amnesia
from pmbridge.model import RefKind
from pmbridge.writeback.memory import Memory, Shown, address
from pmbridge.writeback.plan import AMNESIA_FROM, Plan, Policy, decide

CAN = {"jira-main": frozenset({(Surface.COMMENT, RefKind.ITEM), (Surface.DESCRIPTION, RefKind.VERSION)})}
POLICY = Policy(create_when={})


NOTHING = Memory()


def one(artifact, seen, *, memory=NOTHING, policy=POLICY, can=CAN):
    (step,) = decide([artifact], [seen], memory=memory, policy=policy, capabilities=can)
    return step


def test_a_first_text_is_created_and_says_whom_it_notifies(make_artifact, make_observation):
    artifact = make_artifact()
    step = one(artifact, make_observation(artifact))
    assert (step.action, step.notifies, step.artifact) == (Action.CREATE, "watchers", artifact)


def test_a_first_comment_needs_something_to_say(make_artifact, make_observation):
    artifact = make_artifact(worth=False)
    assert one(artifact, make_observation(artifact)).action is Action.SKIP
    always = Policy(create_when={(Surface.COMMENT, "milestone-health"): "always"})
    assert one(artifact, make_observation(artifact), policy=always).action is Action.CREATE


def test_a_quiet_place_may_say_that_all_is_well(make_artifact, make_observation):
    artifact = make_artifact(surface=Surface.DESCRIPTION, worth=False)
    step = one(artifact, make_observation(artifact))
    assert (step.action, step.notifies) == (Action.CREATE, "nobody")


def test_a_text_deleted_by_a_person_stays_deleted(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact)
    step = one(artifact, seen, memory=Memory(written={address(seen.place)}))
    assert (step.action, step.reason) == (Action.SKIP, "deleted by a person; not written again")


def test_equal_content_is_kept(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact, remote_id="7", fingerprint=artifact.fingerprint)
    assert one(artifact, seen).action is Action.KEEP


def test_changed_content_is_edited_in_place_without_a_mail(make_artifact, make_observation):
    artifact = make_artifact()
    step = one(artifact, make_observation(artifact, remote_id="7", fingerprint="0" * 12))
    assert (step.action, step.remote_id, step.before, step.notifies) == (Action.UPDATE, "7", "0" * 12, "nobody")


def test_an_older_run_does_not_overwrite_a_newer_one(make_artifact, make_observation):
    artifact = make_artifact()
    newer = artifact.watermark + timedelta(minutes=1)
    seen = make_observation(artifact, remote_id="7", fingerprint="0" * 12, watermark=newer)
    assert one(artifact, seen).action is Action.SKIP


def test_copies_are_pruned_and_the_oldest_is_edited(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact, remote_id="7", fingerprint="0" * 12, copies=("8", "9"))
    steps = decide([artifact], [seen], memory=Memory(), policy=POLICY, capabilities=CAN)
    assert [(s.action, s.remote_id) for s in steps] == [
        (Action.UPDATE, "7"),
        (Action.PRUNE, "8"),
        (Action.PRUNE, "9"),
    ]


def test_a_person_s_edit_is_respected_until_it_is_taken_over(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact, remote_id="7", fingerprint=artifact.fingerprint, edited_by_other=True)
    assert one(artifact, seen).action is Action.CONFLICT
    taking = Policy(create_when={}, take_over=True)
    assert one(artifact, seen, policy=taking).action is Action.UPDATE


@pytest.mark.parametrize(
    ("seen", "action", "words"),
    [
        ({"muted": True}, Action.SKIP, "pmbridge-ignore"),
        ({"denied": "Add comments"}, Action.SKIP, "Add comments"),
        ({"customer_facing": True}, Action.SKIP, "customers"),
        ({"malformed": "two beginnings"}, Action.CONFLICT, "two beginnings"),
        ({"remote_id": "7", "author_is_me": False}, Action.SKIP, "another author"),
    ],
)
def test_a_place_that_must_be_left_alone_is_left_alone(make_artifact, make_observation, seen, action, words):
    artifact = make_artifact()
    step = one(artifact, make_observation(artifact, **seen))
    assert step.action is action
    assert words in step.reason


def test_a_surface_the_tracker_lacks_is_a_stated_skip(make_artifact, make_observation):
    artifact = make_artifact()
    assert one(artifact, make_observation(artifact), can={}).action is Action.SKIP


def test_a_rule_for_one_surface_does_not_loosen_another(make_artifact, make_observation):
    artifact = make_artifact(worth=False)
    elsewhere = Policy(create_when={(Surface.DESCRIPTION, "milestone-health"): "always"})
    assert one(artifact, make_observation(artifact), policy=elsewhere).action is Action.SKIP


def test_a_place_in_a_fight_rests(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact, remote_id="7", fingerprint="0" * 12)
    restless = Memory(restless=frozenset({address(seen.place)}))
    assert one(artifact, seen, memory=restless).action is Action.SKIP
    same = make_observation(artifact, remote_id="7", fingerprint=artifact.fingerprint)
    assert one(artifact, same, memory=restless).action is Action.KEEP


def test_a_place_that_cannot_be_looked_at_is_left_and_is_no_lost_memory(make_artifact, make_observation):
    artifacts = [make_artifact(f"SHOP-{i}") for i in range(AMNESIA_FROM)]
    seen = [make_observation(a, unseen="out of reach") for a in artifacts]
    steps = decide(
        artifacts, seen, memory=Memory(written={address(s.place) for s in seen}), policy=POLICY, capabilities=CAN
    )
    assert {s.reason for s in steps} == {"not looked at: out of reach"}


def test_a_plain_line_is_compared_by_its_words(make_artifact, make_observation):
    artifact = make_artifact(surface=Surface.DESCRIPTION)
    same = make_observation(artifact, remote_id="v", text=one_line(artifact.document))
    other = make_observation(artifact, remote_id="v", text="green")
    assert one(artifact, same).action is Action.KEEP
    assert one(artifact, other).action is Action.UPDATE


def test_many_remembered_texts_all_out_of_sight_stop_the_run(make_artifact, make_observation):
    artifacts = [make_artifact(f"SHOP-{i}") for i in range(AMNESIA_FROM)]
    seen = [make_observation(a) for a in artifacts]
    remembered = Memory(written={address(s.place) for s in seen})
    with pytest.raises(Amnesia, match=r"jira-main.*3 texts.*doctor"):
        decide(artifacts, seen, memory=remembered, policy=POLICY, capabilities=CAN)
    seen[0] = make_observation(artifacts[0], remote_id="7", fingerprint="0" * 12)
    steps = decide(artifacts, seen, memory=remembered, policy=POLICY, capabilities=CAN)
    assert [s.action for s in steps] == [Action.UPDATE, Action.SKIP, Action.SKIP]


def test_quiet_places_of_all_targets_come_before_loud_ones(make_artifact, make_observation):
    artifacts = [make_artifact("SHOP-2"), make_artifact("10001", surface=Surface.DESCRIPTION), make_artifact("SHOP-1")]
    seen = [make_observation(a) for a in artifacts]
    steps = decide(artifacts, seen, memory=Memory(), policy=POLICY, capabilities=CAN)
    assert [s.place.target.id for s in steps] == ["10001", "SHOP-1", "SHOP-2"]
    assert len(Plan(owner="acme", made_at=artifacts[0].watermark, steps=steps).writes) == 3


@given(
    remote=st.none() | st.just("7"),
    same=st.booleans(),
    mine=st.booleans(),
    edited=st.booleans(),
    newer=st.booleans(),
    copies=st.sampled_from([(), ("8",)]),
    remembered=st.booleans(),
    flags=st.fixed_dictionaries({"muted": st.booleans(), "customer_facing": st.booleans()}),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_state_has_one_decision_and_nothing_foreign_is_ever_touched(
    make_artifact, make_observation, remote, same, mine, edited, newer, copies, remembered, flags
):
    artifact = make_artifact()
    seen = make_observation(
        artifact,
        remote_id=remote,
        fingerprint=(artifact.fingerprint if same else "0" * 12) if remote else None,
        author_is_me=mine,
        edited_by_other=edited,
        watermark=artifact.watermark + timedelta(hours=1 if newer else -1),
        copies=copies if remote else (),
        **flags,
    )
    known = Memory(written={address(seen.place)} if remembered else set())
    steps = decide([artifact], [seen], memory=known, policy=POLICY, capabilities=CAN)
    deciding = [s for s in steps if s.action is not Action.PRUNE]
    assert len(deciding) == 1
    writes = [s for s in steps if s.action in WRITING]
    if not mine or any(flags.values()) or (remote and edited):
        assert writes == []
    assert (deciding[0].action is Action.CREATE) == (
        remote is None and not remembered and mine and not any(flags.values())
    )


def due_on(day, colour="red"):
    return gist([colour], {"p85": Measure(value=day, room=7)})


@pytest.mark.parametrize(
    ("now", "action"),
    [
        (due_on(100), Action.KEEP),
        (due_on(107), Action.KEEP),
        (due_on(93), Action.KEEP),
        (due_on(108), Action.UPDATE),
        (due_on(92), Action.UPDATE),
        (due_on(100, "green"), Action.UPDATE),
        (gist(["red"], {}), Action.UPDATE),
        (None, Action.UPDATE),
    ],
)
def test_a_text_stays_until_a_reader_would_be_misled(make_artifact, make_observation, now, action):
    artifact = make_artifact(says="other words", gist=now)
    seen = make_observation(artifact, remote_id="7", fingerprint="a" * 12)
    shown = Memory(shown={address(seen.place): Shown("a" * 12, due_on(100))})
    assert one(artifact, seen, memory=shown).action is action


def test_a_gist_of_another_text_than_the_one_that_stands_there_proves_nothing(make_artifact, make_observation):
    artifact = make_artifact(says="other words", gist=due_on(100))
    seen = make_observation(artifact, remote_id="7", fingerprint="b" * 12)
    shown = Memory(shown={address(seen.place): Shown("a" * 12, due_on(100))})
    assert one(artifact, seen, memory=shown).action is Action.UPDATE


def test_a_plain_line_stays_by_its_gist_unless_a_person_changed_it(make_artifact, make_observation):
    artifact = make_artifact(surface=Surface.DESCRIPTION, says="red by Friday", gist=due_on(100))
    seen = make_observation(artifact, remote_id="v", text="red by Thursday")
    shown = Memory(shown={address(seen.place): Shown("a" * 12, due_on(99))})
    assert one(artifact, seen, memory=shown).action is Action.KEEP
    edited = seen.model_copy(update={"edited_by_other": True})
    assert one(artifact, edited, memory=shown).action is Action.CONFLICT
    taking = Policy(create_when={}, take_over=True)
    assert one(artifact, edited, memory=shown, policy=taking).action is Action.UPDATE


def test_a_create_that_was_not_answered_is_made_again_only_after_another_look(make_artifact, make_observation):
    artifact = make_artifact()
    seen = make_observation(artifact)
    unsure = Memory(unsure={address(seen.place)})
    step = one(artifact, seen, memory=unsure)
    assert (step.action, step.unsure) == (Action.CREATE, True)
    arrived = make_observation(artifact, remote_id="7", fingerprint=artifact.fingerprint)
    assert one(artifact, arrived, memory=unsure).action is Action.KEEP


def test_texts_of_one_slot_in_sight_do_not_hide_that_another_slot_is_lost(make_artifact, make_observation):
    lost = [make_artifact(f"SHOP-{i}") for i in range(AMNESIA_FROM)]
    there = make_artifact("SHOP-9", slot="hand-off")
    seen = [*map(make_observation, lost), make_observation(there, remote_id="7", fingerprint=there.fingerprint)]
    remembered = Memory(written={address(s.place) for s in seen})
    with pytest.raises(Amnesia, match="milestone-health"):
        decide([*lost, there], seen, memory=remembered, policy=POLICY, capabilities=CAN)
