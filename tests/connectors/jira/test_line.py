from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmbridge_jira.line import lines, with_line, without_line

OWNER = "acme-prod"
description = st.text(st.characters(codec="utf-8"), max_size=80).filter(lambda text: not lines(text, OWNER))
one_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)


def texts(description, owner=OWNER):
    return [line.text for line in lines(description, owner)]


def signed(text, owner=OWNER):
    return with_line("", owner, text)


@settings(deadline=None)
@given(description, one_line, one_line)
def test_the_line_comes_and_goes_and_nothing_else_of_the_description_moves(before, first, second):
    once = with_line(before, OWNER, first)
    assert texts(once) == [first]
    twice = with_line(once, OWNER, second)
    assert [(line.text, line.intact) for line in lines(twice, OWNER)] == [(second, True)]
    assert twice == with_line(before, OWNER, second)
    assert without_line(twice, OWNER) == before


@settings(deadline=None)
@given(description, description, one_line, one_line)
def test_text_that_people_wrote_around_the_line_stays(above, below, old, new):
    text = f"{above}\r\n{signed(old)}\r\n{below}"
    assert with_line(text, OWNER, new) == f"{above}\r\n{signed(new)}\r\n{below}"


@settings(deadline=None)
@given(one_line, one_line)
def test_another_installation_s_line_is_never_touched(theirs, ours):
    both = with_line(with_line("Spring", "acme-test", theirs), OWNER, ours)
    assert texts(both, "acme-test") == [theirs]
    assert texts(both) == [ours]
    assert without_line(both, OWNER) == with_line("Spring", "acme-test", theirs)


def test_text_on_the_same_line_neither_hides_ours_nor_is_lost():
    text = f"Notes: {signed('well')} see the wiki, says Ann\nmore"
    (found,) = lines(text, OWNER)
    assert (found.text, found.intact) == ("well", True)
    assert with_line(text, OWNER, "late") == f"Notes: {signed('late')} see the wiki, says Ann\nmore"
    assert without_line(text, OWNER) == "Notes:  see the wiki, says Ann\nmore"


@pytest.mark.parametrize(
    "edited",
    [
        signed("well").replace("well", "very well"),
        "[pmbridge] well, agreed with the sponsor",
        "[pmbridge] well (acme-prod)",
        "[pmbridge] well (acme-prod 00000)",
    ],
)
def test_a_line_that_a_person_has_changed_is_known_as_such(edited):
    (found,) = lines(f"Spring\n{edited}\nnotes", OWNER)
    assert not found.intact
    assert with_line(f"Spring\n{edited}\nnotes", OWNER, "late") == f"Spring\n{signed('late')}\nnotes"


def test_a_sentence_about_us_is_no_line_of_ours():
    assert lines("as [pmbridge] said (acme-prod), we are late", OWNER) == []
    assert lines("as[pmbridge] said (acme-prod 123456)", OWNER) == []


def test_the_line_can_be_taken_out_from_the_top():
    assert without_line(f"{signed('well')}\nnotes", OWNER) == "notes"
    assert without_line(f"{signed('well')}\r\nnotes", OWNER) == "notes"
    assert without_line(signed("well"), OWNER) == ""
    assert without_line("notes", OWNER) == "notes"
