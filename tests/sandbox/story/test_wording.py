from __future__ import annotations

from random import Random

import pytest

from pmbridge.sandbox.story import Team
from pmbridge.sandbox.story.ticket import Kind
from pmbridge.sandbox.story.vocabulary import HOSTILE_TITLES
from pmbridge.sandbox.story.wording import Wording


def test_titles_hardly_repeat_themselves():
    wording = Wording(Random(2))
    titles = []
    for _ in range(400):
        titles.append(wording.title(Kind.STORY, Team.CHECKOUT, wording.component(Team.CHECKOUT)))
    assert len(set(titles)) > 380


@pytest.mark.parametrize("team", Team)
def test_requirements_have_distinct_criteria_nobody_has_ticked(team):
    wording = Wording(Random(3))
    body = wording.story(team, wording.title(Kind.STORY, team, wording.component(team)), 4)
    texts = [text for text, ticked in body.criteria if not ticked]
    assert len(set(texts)) == 4


def test_an_extended_requirement_keeps_what_it_said():
    wording = Wording(Random(4))
    body = wording.story(Team.CHECKOUT, "Show the mini cart", 3)
    longer = wording.extended(Team.CHECKOUT, body)
    assert longer.criteria[:3] == body.criteria
    assert longer.criteria[3][0] not in {text for text, _ in body.criteria}


def test_users_and_testers_report_in_their_own_words():
    users, testers = Wording(Random(5)), Wording(Random(5))
    by_users = users.report(Team.PLATFORM, "API", by_users=True)
    by_testers = testers.report(Team.PLATFORM, "API", by_users=False)
    assert by_users[0] == by_testers[0]
    assert by_users[1] != by_testers[1]


def test_the_longest_hostile_title_just_fits_the_trackers():
    assert max(map(len, HOSTILE_TITLES)) == 250
