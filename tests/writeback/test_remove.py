from __future__ import annotations

from pmbridge.connector import Action
from pmbridge.writeback.remove import removals


def test_our_texts_go_copies_first_and_nothing_foreign_is_touched(make_artifact, make_observation):
    a, b, c, d = (make_artifact(f"SHOP-{i}") for i in range(4))
    steps = list(
        removals(
            [
                make_observation(a, remote_id="1", fingerprint="f" * 12, copies=("2",)),
                make_observation(b),
                make_observation(c, remote_id="3", author_is_me=False),
                make_observation(d, remote_id="4", malformed="no end"),
            ]
        )
    )
    assert [(s.action, s.remote_id) for s in steps] == [
        (Action.PRUNE, "2"),
        (Action.DELETE, "1"),
        (Action.CONFLICT, "4"),
    ]


def test_a_broken_block_and_a_person_s_edit_are_left_and_named(make_artifact, make_observation):
    a, b = make_artifact("SHOP-1"), make_artifact("SHOP-2")
    seen = [make_observation(a, malformed="no end"), make_observation(b, remote_id="2", edited_by_other=True)]
    assert [s.action for s in removals(seen)] == [Action.CONFLICT, Action.CONFLICT]
    assert [s.action for s in removals(seen, take_over=True)] == [Action.CONFLICT, Action.DELETE]
