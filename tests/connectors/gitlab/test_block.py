from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge_gitlab.block import Malformed, blocks, find, placed, removed

AT = datetime(2026, 8, 21, 6, tzinfo=UTC)
people = st.text(alphabet=st.sampled_from("ab <>!-#`\n\r/é"), max_size=60)
bodies = st.text(max_size=60).filter(lambda s: "pmbridge" not in s)


def put(description: str, body: str = "**72 %**", *, slot: str = "health", owner: str = "o", fp: str = "abc") -> str:
    return placed(description, body, owner=owner, slot=slot, fingerprint=fp, watermark=AT)


def test_a_block_is_appended_after_a_blank_line() -> None:
    text = put("Ship it.")
    assert text.startswith("Ship it.\n\n<!-- pmbridge:begin owner=o slot=health fp=abc asof=2026-08-21T06:00:00Z sum=")
    assert text.endswith("-->\n\n**72 %**\n\n<!-- pmbridge:end slot=health -->")
    assert put("").startswith("<!-- pmbridge:begin")


@given(people, bodies)
def test_putting_in_and_taking_out_leaves_no_trace(description: str, body: str) -> None:
    assert removed(put(description, body), owner="o", slot="health") == description


@given(people, people, bodies, bodies)
def test_everything_outside_the_block_keeps_every_byte(before: str, after: str, first: str, second: str) -> None:
    old = before + put("", first) + after
    new = put(old, second)
    assert new == before + put("", second) + after
    assert put(new, second) == new


@given(people, bodies, bodies)
def test_two_blocks_do_not_touch_each_other(description: str, one: str, two: str) -> None:
    both = put(put(description, one, slot="a"), two, slot="b")
    assert [block.mark.slot for block in blocks(both)] == ["a", "b"]
    assert put(both, two, slot="a") == put(put(description, two, slot="a"), two, slot="b")
    assert removed(removed(both, owner="o", slot="b"), owner="o", slot="a") == description


def test_the_block_of_another_installation_is_left_alone() -> None:
    foreign = put("text", owner="staging")
    assert find(foreign, owner="o", slot="health") is None
    both = put(foreign)
    assert len(blocks(both)) == 2
    assert removed(both, owner="o", slot="health") == foreign


def test_an_edit_inside_is_noticed_and_line_ends_are_no_edit() -> None:
    text = put("Ship\nit.", "one\n\ntwo")
    untouched = find(text.replace("\n", "\r\n"), owner="o", slot="health")
    edited = find(text.replace("two", "three"), owner="o", slot="health")
    assert untouched is not None
    assert untouched.intact
    assert edited is not None
    assert not edited.intact


def test_taking_out_works_after_a_form_changed_the_line_ends() -> None:
    text = put("Ship\nit.").replace("\n", "\r\n")
    assert removed(text, owner="o", slot="health") == "Ship\r\nit."


def test_taking_out_what_is_not_there_changes_nothing() -> None:
    assert removed("Ship it.", owner="o", slot="health") == "Ship it."


BEGIN = put("").split("\n")[0]
END = "<!-- pmbridge:end slot=health -->"


@pytest.mark.parametrize(
    "text",
    [
        BEGIN,
        END,
        f"{END}\n{BEGIN}",
        f"{BEGIN}\n{BEGIN}\n{END}\n{END}",
        f"{BEGIN}\nx\n{END}\n{BEGIN}\ny\n{END}",
        f"{BEGIN}\nx\n<!-- pmbridge:end slot=other -->",
        f"<!-- pmbridge:begin slot=health -->\nx\n{END}",
        f"{BEGIN.replace('fp=abc ', '')}\nx\n{END}",
        f"{BEGIN.replace('2026-08', '2026-18')}\nx\n{END}",
        f"{BEGIN}\nx\n<!-- PMBRIDGE:END slot=health -->",
        f"{BEGIN}\nx\n<!-- pmbridge:end",
    ],
)
def test_marks_that_are_nested_repeated_forged_or_cut_are_not_trusted(text: str) -> None:
    with pytest.raises(Malformed):
        blocks(text)
    with pytest.raises(Malformed):
        put(text)
    with pytest.raises(Malformed):
        removed(text, owner="o", slot="health")
