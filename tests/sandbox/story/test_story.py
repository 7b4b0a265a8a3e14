"""What the simulation makes of its parameters: the story of four milestones, whatever the seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median, pstdev

from pmbridge.sandbox.story import Role, Scenario
from pmbridge.sandbox.story.events import Related
from pmbridge.sandbox.story.simulation import simulate
from pmbridge.sandbox.story.ticket import WORK, Kind, Outcome, State, Ticket
from pmbridge.sandbox.story.world import World

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
COUNTED = WORK | {Kind.TEST}


def items(world: World, role: Role) -> list[Ticket]:
    """Return the items in the scope of a milestone: neither containers nor cancelled nor reports of users."""
    return [
        ticket
        for ticket in world.members(world.scenario.plan(role).title)
        if ticket.kind in COUNTED and ticket.outcome in (None, Outcome.DONE) and not ticket.from_users
    ]


def done_share(tickets: list[Ticket]) -> float:
    return sum(not ticket.is_open for ticket in tickets) / len(tickets)


def user_bugs(world: World) -> list[Ticket]:
    title = world.scenario.plan(Role.LAUNCHED).title
    return [ticket for ticket in world.tickets if ticket.affects == title]


def growth(world: World, role: Role) -> float:
    plan = world.scenario.plan(role)
    before = [ticket for ticket in items(world, role) if ticket.created.date() < world.starts(plan)]
    return len(items(world, role)) / len(before) - 1


def test_the_launched_milestone_is_out_for_about_seven_weeks(world):
    launched = world.released[world.scenario.plan(Role.LAUNCHED).title]
    assert 35 <= (NOW - launched).days <= 56
    assert done_share(items(world, Role.LAUNCHED)) == 1


def test_bugs_of_the_launched_milestone_arrive_ever_more_slowly(world):
    plan = world.scenario.plan(Role.LAUNCHED)
    launched, storm = world.released[plan.title], plan.storm
    born = [((bug.created - launched) / timedelta(days=1), bug.component) for bug in user_bugs(world)]
    ages = sorted(age for age, part in born if part != storm.component or not 0 <= age - storm.day <= storm.days + 4)
    assert len(ages) >= 25
    half = (NOW - launched) / timedelta(days=2)
    assert sum(age < half for age in ages) > 2 * sum(age >= half for age in ages)
    assert all(age > 0 for age in ages)


def test_a_bad_week_hits_one_component(world):
    plan = world.scenario.plan(Role.LAUNCHED)
    launched, storm = world.released[plan.title], plan.storm
    born = [((bug.created - launched) / timedelta(days=1), bug.component) for bug in user_bugs(world)]
    week = [part for age, part in born if 0 <= age - storm.day <= storm.days + 3]
    assert week.count(storm.component) >= storm.defects - 2
    assert len(week) > 1.5 * sum(0 <= age - storm.day + 10 <= storm.days + 3 for age, _ in born)


def test_the_support_desk_hands_over_forgets_and_loses(world):
    requests = [t for t in world.tickets if t.kind is Kind.REQUEST]
    handed = {e.source for e in world.script.events if isinstance(e, Related) and world.tickets[e.source] in requests}
    waiting = [t for t in requests if t.state is State.REVIEW]
    assert sum(t.number not in handed for t in waiting) == world.scenario.desk.lost
    assert sum(t.number in handed for t in waiting) >= 1
    assert sum(t.number not in handed and not t.is_open for t in requests) >= world.scenario.desk.questions - 3


def test_reports_of_users_meet_every_fate(all_worlds):
    bugs = [bug for world in all_worlds for bug in user_bugs(world)]
    outcomes = Counter(bug.outcome for bug in bugs)
    assert min(outcomes[outcome] for outcome in Outcome) >= 4
    assert sum(bug.reopened for bug in bugs) >= 5
    assert 0 < sum(bug.is_open for bug in bugs) < len(bugs) / 4
    assert {bug.by.duty.value for bug in bugs} == {"support"}


def test_the_milestone_at_the_gate_is_nearly_done_and_due_in_about_a_week(world):
    plan = world.scenario.plan(Role.GATE)
    assert 7 <= (world.ends(plan) - NOW.date()).days <= 11
    assert 0.8 <= done_share(items(world, Role.GATE)) < 1
    assert plan.title not in world.released


def test_the_acceptance_tests_at_the_gate_have_mixed_results(all_worlds):
    for world in all_worlds:
        tests = [ticket for ticket in items(world, Role.GATE) if ticket.kind is Kind.TEST]
        verdicts = Counter(test.verdict for test in tests)
        assert verdicts["passed"] > verdicts["failed"]
        assert all((test.verdict == "passed") == (test.state is State.DONE) for test in tests)
    assert sum(t.verdict == "failed" for world in all_worlds for t in items(world, Role.GATE)) >= 5
    assert sum(t.kind is Kind.TEST and t.verdict is None for w in all_worlds for t in items(w, Role.GATE)) >= 2


def test_the_milestone_in_trouble_has_far_more_open_than_its_pace_allows(world):
    scope = items(world, Role.TROUBLE)
    still_open = [ticket for ticket in scope if ticket.is_open]
    recent = [t for t in scope if t.finished and t.finished > NOW - timedelta(days=28)]
    assert 25 <= (world.ends(world.scenario.plan(Role.TROUBLE)) - NOW.date()).days <= 30
    assert done_share(scope) < 0.45
    assert len(still_open) > 1.8 * len(recent)


def test_the_milestone_in_trouble_shows_why(world):
    plan = world.scenario.plan(Role.TROUBLE)
    still_open = [ticket for ticket in items(world, Role.TROUBLE) if ticket.is_open]
    holders = Counter(ticket.assignee.handle for ticket in still_open if ticket.assignee)
    assert holders.most_common(1)[0][0] == plan.keeper
    assert holders[plan.keeper] > 0.15 * len(still_open)
    assert holders[plan.keeper] > 2 * holders.most_common(2)[1][1]
    assert sum(ticket.blocked for ticket in still_open) >= 8
    assert sum(ticket.points is None for ticket in still_open) > 0.15 * len(still_open)


def test_the_scope_of_the_milestone_in_trouble_grew_by_a_third_or_so(all_worlds):
    grown = [growth(world, Role.TROUBLE) for world in all_worlds]
    assert 0.2 < median(grown) < 0.45
    assert min(grown) > 0.1


def test_work_was_moved_from_the_gate_into_the_milestone_in_trouble(told):
    gate, trouble = (told.index.milestone(role) for role in (Role.GATE, Role.TROUBLE))
    moved = 0
    for issue in told.jira.issues.values():
        for history in issue.histories:
            versions = [(item.before, item.after) for item in history.items if item.field == "Fix Version"]
            moved += (gate.version, None) in versions and (None, trouble.version) in versions
    for other in told.gitlab.issues.values():
        milestones = [event.milestone for event in other.milestone_events]
        moved += (gate.web_milestone, trouble.web_milestone) in pairwise(milestones)
        moved += (gate.api_milestone, trouble.api_milestone) in pairwise(milestones)
    assert moved >= 2


def test_the_far_milestone_has_hardly_begun(world):
    assert (world.ends(world.scenario.plan(Role.FAR)) - NOW.date()).days > 110
    assert sum(t.state is State.TODO for t in items(world, Role.FAR)) > 0.5 * len(items(world, Role.FAR))


def slips(world: World) -> list[int]:
    """Return by how many days each earlier milestone missed its due date."""
    earlier = [plan for plan in world.scenario.milestones if plan.role is Role.EARLIER]
    return [(world.released[plan.title].date() - world.ends(plan)).days for plan in earlier]


def test_earlier_milestones_give_a_forecast_something_to_learn_from(world):
    earlier = [plan for plan in world.scenario.milestones if plan.role is Role.EARLIER]
    assert len(earlier) >= 5
    for plan in earlier:
        assert sum(t.outcome is Outcome.DONE for t in world.members(plan.title)) >= 10
    assert -5 <= min(slips(world)) <= max(slips(world)) <= 25


def test_some_earlier_milestones_were_early_and_some_late(all_worlds):
    found = [slip for world in all_worlds for slip in slips(world)]
    assert len(set(found)) >= 6
    assert sum(slip <= 0 for slip in found) >= 3
    assert sum(slip > 3 for slip in found) >= 3


def test_items_take_days_and_not_all_the_same(world):
    active, done = {}, {}
    for event in world.script.events:
        state = getattr(event, "changes", {}).get("state")
        if state is State.ACTIVE:
            active.setdefault(event.ticket, event.at)
        elif state is State.DONE:
            done[event.ticket] = event.at
    days = sorted((done[n] - active[n]) / timedelta(days=1) for n in done.keys() & active.keys())
    days = [d for d in days if d > 0]
    assert 3 < median(days) < 10
    assert days[int(0.1 * len(days))] > 0.3
    assert days[int(0.85 * len(days))] < 22
    assert pstdev(days) > 4


def test_the_teams_finish_ten_to_thirty_items_a_week(world):
    weeks = Counter((NOW - t.finished).days // 7 for t in world.tickets if t.finished and t.mirrors is None and t.team)
    counts = [weeks[week] for week in range(36)]
    assert 13 < median(counts) < 26
    assert sum(6 <= count <= 38 for count in counts) >= 34
    assert pstdev(counts) > 2


def test_nobody_works_on_more_than_a_handful_of_items_at_a_time(world):
    held = Counter(
        ticket.assignee.handle
        for ticket in world.open_tickets.values()
        if ticket.state is State.ACTIVE and ticket.kind in WORK and not ticket.blocked and ticket.mirrors is None
        if ticket.assignee is not None
    )
    assert max(held.values()) <= 7


def test_blockers_go_when_what_they_wait_for_is_done(world):
    assert not any(ticket.blocked for ticket in world.tickets if not ticket.is_open)


def with_trouble(**changes: object) -> Scenario:
    plain = Scenario()
    plans = tuple(replace(plan, **changes) if plan.role is Role.TROUBLE else plan for plan in plain.milestones)
    return replace(plain, milestones=plans)


def test_a_small_and_easy_milestone_gets_out_of_trouble():
    easy = with_trouble(items=34, size=0.8, growth=0.05, hardship=0.5, keeper=None)
    assert done_share(items(simulate(easy, 7, NOW), Role.TROUBLE)) > 0.6


def test_more_growth_makes_more_scope():
    calm, wild = (simulate(with_trouble(growth=share), 7, NOW) for share in (0.0, 1.2))
    assert growth(calm, Role.TROUBLE) < growth(wild, Role.TROUBLE) / 2


def test_without_latent_defects_nobody_reports_any():
    plain = Scenario()
    flawless = replace(plain, milestones=tuple(replace(plan, latent=0.0, storm=None) for plan in plain.milestones))
    assert not [t for t in simulate(flawless, 7, NOW).tickets if t.affects]
