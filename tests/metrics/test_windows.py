from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pmbridge.history.categories import Categories
from pmbridge.history.membership import by_milestone, visitors
from pmbridge.history.merging import MergedMilestone, MergeRules, merge
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.records import records
from pmbridge.history.walk import lives
from pmbridge.metrics.replay import FinishRule, Member, MilestoneWindow
from pmbridge.metrics.windows import family, finish_rule, window, with_starts
from pmbridge.model import MilestoneKind

BERLIN = ZoneInfo("Europe/Berlin")


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def built(tale: Any) -> tuple[MergedMilestone, MilestoneWindow]:
    history = tale.history()
    walked = lives([CanonicalItem(record) for record in records(history)], Categories(history.statuses))
    (milestone,) = merge(history.milestones)
    inside = visitors(by_milestone(walked), milestone.ids)
    return milestone, window(milestone, inside, history.observations, BERLIN)


def test_stays_and_done_intervals_become_local_days(story: Any):
    tale = story()
    tale.milestone("v1", "1", start="2025-01-02", due="2025-02-01")
    tale.item("A", "2025-01-01")
    tale.join("A", "2025-01-02T23:30", "v1")
    tale.status("A", "2025-01-10", "done")
    tale.status("A", "2025-01-12", "active")
    tale.status("A", "2025-01-14", "done")
    tale.leave("A", "2025-01-20", "v1")
    _, one = built(tale)
    done = ((day("2025-01-10"), day("2025-01-12")), (day("2025-01-14"), None))
    assert one.members == (Member(day("2025-01-03"), day("2025-01-20"), done, day("2025-01-01")),)
    assert (one.start, one.finish, one.dues) == (day("2025-01-02"), None, ((0, day("2025-02-01")),))


def test_what_does_not_last_to_the_end_of_a_day_is_left_out(story: Any):
    tale = story()
    tale.milestone("v1", "1")
    tale.item("A", "2025-01-01")
    tale.join("A", "2025-01-05T09:00", "v1")
    tale.leave("A", "2025-01-05T15:00", "v1")
    tale.item("B", "2025-01-01", milestones=("v1",))
    tale.status("B", "2025-01-05T09:00", "done")
    tale.status("B", "2025-01-05T15:00", "active")
    _, one = built(tale)
    assert one.members == (Member(day("2025-01-01"), None, (), day("2025-01-01")),)


def test_a_cancelled_item_is_taken_out_and_never_done(story: Any):
    tale = story()
    tale.milestone("v1", "1")
    tale.item("A", "2025-01-01", milestones=("v1",))
    tale.status("A", "2025-01-05", "done")
    tale.change("A", "2025-01-05", "resolution", "Duplicate", same_edit=True)
    assert built(tale)[1].members == (Member(day("2025-01-01"), day("2025-01-05"), (), day("2025-01-01")),)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("version", FinishRule.RELEASE),
        ("sprint", FinishRule.RELEASE),
        ("milestone", FinishRule.DONE90),
        ("epic", FinishRule.DONE90),
    ],
)
def test_a_milestone_ends_by_its_date_where_the_tracker_has_one(story: Any, kind: str, rule: FinishRule):
    tale = story()
    tale.milestone("v1", "1", kind=kind)
    (milestone,) = merge(tale.history().milestones, MergeRules(kinds=frozenset(MilestoneKind)))
    assert finish_rule(milestone) is rule
    assert family(milestone)[0] is rule


def test_releases_learn_from_releases_whichever_tracker_leads(story: Any):
    tale = story()
    tale.milestone("v1", "1")
    tale.milestone("m2", "2", "gitlab", kind="milestone")
    tale.milestone("v2", "2")
    tale.milestone("s1", "3", kind="sprint")
    rules = MergeRules(kinds=frozenset(MilestoneKind), order=(("gitlab", "x"), ("jira", "SHOP")))
    one, two, sprint = merge(tale.history().milestones, rules)
    assert family(one) == family(two) != family(sprint)


def test_a_release_ends_a_milestone_on_its_day(story: Any):
    tale = story()
    tale.milestone("v1", "1", due="2025-02-01", released="2025-02-03T00:00")
    tale.item("A", "2025-01-01", milestones=("v1",))
    _, one = built(tale)
    assert (one.finish, one.due_at(day("2025-01-15"))) == (day("2025-02-03"), day("2025-02-01"))


def test_a_due_date_that_the_release_may_have_written_is_no_plan(story: Any):
    tale = story()
    tale.milestone("v1", "1", due="2025-02-03", released="2025-02-03T00:00")
    assert built(tale)[1].dues == ()
    tale.observe("v1", "2025-01-10", "1", due="2025-01-31")
    tale.observe("v1", "2025-02-10", "1", due="2025-02-03")
    assert built(tale)[1].dues == ((day("2025-01-10"), day("2025-01-31")),)


def test_gitlab_milestones_end_when_nine_tenths_are_done(story: Any):
    tale = story()
    tale.milestone("m1", "1", "gitlab", kind="milestone")
    for n in range(10):
        tale.item(f"#{n}", "2025-01-01", "gitlab", milestones=("m1",))
        if n:
            tale.status(f"#{n}", f"2025-01-{n + 1:02}", "done", source="gitlab")
    assert built(tale)[1].finish == day("2025-01-10")


def test_only_ended_milestones_without_a_start_get_one_in_hindsight(story: Any):
    members = tuple(Member(0, None, ((n, None),), 0) for n in range(10, 30))
    ended = MilestoneWindow(FinishRule.RELEASE, members, finish=40)
    declared = MilestoneWindow(FinishRule.RELEASE, members, start=5, finish=40)
    running = MilestoneWindow(FinishRule.RELEASE, members)
    placed = with_starts([ended, declared, running])
    assert [w.hindsight_start for w in placed] == [0, None, None]
