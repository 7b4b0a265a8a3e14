from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.model import SET_FIELDS, Change, FieldName
from pmbridge.sync.chain import broken_histories

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def chained(values: list[str | None], field: FieldName = FieldName.STATUS, item: str = "1") -> list[Change]:
    """Changes that walk through values one after the other, an edit a minute."""
    return [
        Change(
            source="jira",
            item=item,
            history=str(number),
            position=0,
            at=NOON + timedelta(minutes=number),
            field=field,
            before=values[number],
            after=values[number + 1],
        )
        for number in range(len(values) - 1)
    ]


walks = st.lists(st.sampled_from(["1", "2", "3", None]), min_size=2, max_size=12)


@given(values=walks, seed=st.randoms(use_true_random=False))
def test_a_whole_history_is_never_broken_in_whatever_order_it_came(values: list[str | None], seed: object) -> None:
    changes = chained(values)
    seed.shuffle(changes)  # type: ignore[attr-defined]
    assert broken_histories(changes) == frozenset()


@given(values=walks, data=st.data())
def test_a_lost_change_is_noticed_if_the_ends_do_not_meet(values: list[str | None], data: st.DataObject) -> None:
    changes = chained(values)
    lost = data.draw(st.integers(0, len(changes) - 1))
    left = changes[:lost] + changes[lost + 1 :]
    inside = 0 < lost < len(changes) - 1
    expected = {"1"} if inside and changes[lost].before != changes[lost].after else set()
    assert broken_histories(left) == expected


def test_edits_of_one_instant_are_taken_in_the_order_of_their_numbers() -> None:
    changes = [change.model_copy(update={"at": NOON}) for change in chained([str(n) for n in range(12)])]
    assert broken_histories(changes) == frozenset()


def test_items_and_fields_have_chains_of_their_own() -> None:
    changes = chained(["1", "2", "3"]) + chained(["a", "b"], FieldName.PRIORITY) + chained(["9", "8"], item="2")
    assert broken_histories(changes) == frozenset()


def test_fields_of_several_values_and_long_texts_have_no_chain() -> None:
    for field in (*SET_FIELDS, FieldName.TITLE, FieldName.DESCRIPTION):
        loose = chained(["a", "b"], field) + [
            change.model_copy(update={"history": "99", "before": "z"}) for change in chained(["a", "b"], field)
        ]
        assert broken_histories(loose) == frozenset()
