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
