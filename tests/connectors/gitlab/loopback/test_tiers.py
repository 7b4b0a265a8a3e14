"""What each tier has beside plain issues, read over HTTP; and what is said where a tier lacks it."""

from __future__ import annotations

from datetime import date

import pytest

from pmbridge.model import FieldName, Level, MilestoneKind, MilestoneState
from pmbridge.sandbox import Sandbox
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.store import open_store
from pmbridge.sync import sync_source

PROJECT = "acme/shop-web"


@pytest.fixture
def free(sandbox: Sandbox, site: GitlabSite) -> GitlabSite:
    site.premium = False
    return site


def pages(connector, project: str = PROJECT):
    return list(connector.fetch_pages(project, since=None, cursor=None, reference=connector.fetch_reference([project])))


def moves(page):
    return [(c.at, c.before, c.after) for c in page.changes if c.field is FieldName.MILESTONES]


@pytest.mark.parametrize("history", ["auto", "events"])
def test_iterations_are_milestones_and_tell_who_was_in_them_when(site, ann, day, connected, history) -> None:
    group = site.add_group("acme")
    first = site.add_iteration(group, start=date(2026, 3, 2), due=date(2026, 3, 15))
    second = site.add_iteration(group, start=date(2026, 3, 30), due=date(2026, 4, 12), title="Sprint 2")
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, weight=2)
    site.set_iteration(issue, first, at=day(1), by=ann)
    site.set_iteration(issue, second, at=day(4), by=ann)
    site.set_weight(issue, 5, at=day(5), by=ann)
    made = connected(iterations=True, history=history)
    found = [m for m in made.fetch_reference([PROJECT]).milestones if m.kind is MilestoneKind.ITERATION]
    assert [(m.title, m.state) for m in found] == [
        ("2026-03-02 – 2026-03-15", MilestoneState.CLOSED),
        ("Sprint 2", MilestoneState.OPEN),
    ]
    (page,) = pages(made)
    assert page.items[0].milestones == (f"iteration:{second}",)
    assert moves(page) == [
        (day(1), None, f"iteration:{first}"),
        (day(4), f"iteration:{first}", None),
        (day(4), None, f"iteration:{second}"),
    ]
    assert [(c.before, c.after) for c in page.changes if c.field is FieldName.POINTS] == [(None, "2"), ("2", "5")]
    assert not any("did not lead" in note for note in page.notes)


def test_an_iteration_of_two_projects_is_one_and_costs_one_request_a_group(sandbox, site, ann, day, connected) -> None:
    group = site.add_group("acme")
    sprint = site.add_iteration(group, start=date(2026, 3, 2), due=date(2026, 3, 15))
    below = [f"acme/team/{name}" for name in ("one", "two", "three")]
    for project in (*below, "acme/pay"):
        site.add_project(project)
        site.set_iteration(site.create_issue(project, "x", at=day(0), by=ann), sprint, at=day(1), by=ann)
    made = connected(iterations=True, projects=[PROJECT, "acme/pay", *below])
    found = made.fetch_reference(made.projects()).milestones
    assert [m.id for m in found] == [f"iteration:{sprint}"]
    asked = [entry.path for entry in sandbox.gitlab.requests if entry.path.endswith("/iterations")]
    assert len(asked) == 2, "those of acme, and those of acme/team"
    for project in below:
        (page,) = pages(made, project)
        assert page.items[0].milestones == (f"iteration:{sprint}",)


def test_an_issue_may_be_in_a_milestone_an_iteration_and_an_epic(site, ann, day, connected) -> None:
    group = site.add_group("acme")
    stone = site.add_milestone(PROJECT, "1.0")
    sprint = site.add_iteration(group, start=date(2026, 3, 2), due=date(2026, 3, 15))
    epic = site.add_epic(group, "Checkout", at=day(0))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=stone)
    site.set_iteration(issue, sprint, at=day(1), by=ann)
    site.set_parent(issue, epic, at=day(2), by=ann)
    (page,) = pages(connected(iterations=True, epics=True))
    assert set(page.items[0].milestones) == {f"milestone:{stone}", f"iteration:{sprint}", f"epic:{epic}"}
    assert {after for _, before, after in moves(page)} == set(page.items[0].milestones)


def test_epics_are_milestones_read_as_work_items(site, ann, day, connected) -> None:
    group = site.add_group("acme")
    one = site.add_epic(group, "Checkout", at=day(0), start=date(2026, 3, 1), due=date(2026, 5, 1))
    two = site.add_epic(site.add_group("acme/other"), "Elsewhere", at=day(0))
    done = site.add_epic(group, "Search", at=day(0))
    site.close_epic(done, at=day(9))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.set_parent(issue, done, at=day(2), by=ann)
    site.set_parent(issue, None, at=day(3), by=ann)
    site.set_parent(issue, one, at=day(4), by=ann)
    made = connected(epics=True)
    found = {m.native_id: m for m in made.fetch_reference([PROJECT]).milestones if m.kind is MilestoneKind.EPIC}
    assert set(found) == {str(one), str(done)}, f"{two} is of a group this project is not in"
    assert (found[str(one)].project, found[str(one)].due, found[str(one)].state) == (
        "acme", date(2026, 5, 1), MilestoneState.OPEN,
    )  # fmt: skip
    assert found[str(done)].state is MilestoneState.CLOSED
    (page,) = pages(made)
    assert page.items[0].milestones == (f"epic:{one}",)
    assert moves(page) == [
        (day(2), None, f"epic:{done}"),
        (day(3), f"epic:{done}", None),
        (day(4), None, f"epic:{one}"),
    ]
    rebuilt = made.normalize(PROJECT, page.raw, None)
    assert (rebuilt.items, rebuilt.changes) == (page.items, page.changes)


def test_epics_that_nobody_wants_are_neither_read_nor_named(sandbox, site, ann, day, connector) -> None:
    epic = site.add_epic(site.add_group("acme"), "Checkout", at=day(0))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.set_parent(issue, epic, at=day(2), by=ann)
    (page,) = pages(connector)
    assert (page.items[0].milestones, page.items[0].parent, moves(page)) == ((), None, [])
    assert not any("epics" in (entry.body or {}).get("query", "") for entry in sandbox.gitlab.requests if entry.body)


def test_an_epic_joined_without_a_trace_is_one_with_a_note(site, ann, day, connected) -> None:
    epic = site.add_epic(site.add_group("acme"), "Checkout", at=day(0))
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.issues[issue].parent = epic
    made = connected(epics=True)
    (page,) = pages(made)
    assert (page.items[0].milestones, moves(page)) == ((f"epic:{epic}",), [])
    assert any(note.startswith("Since when 1 issues of acme/shop-web belong") for note in page.notes)


def test_a_task_is_a_part_of_its_issue_though_it_was_never_touched(site, ann, day, connector) -> None:
    whole = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    task = site.create_issue(PROJECT, "Write the test", at=day(1), by=ann, issue_type="task")
    site.issues[task].parent = whole
    (page,) = pages(connector)
    items = {item.title: item for item in page.items}
    assert (items["Write the test"].level, items["Write the test"].parent) == (Level.SUBTASK, str(whole))
    assert (items["Cart"].level, items["Cart"].parent) == (Level.STANDARD, None)


def test_without_graphql_a_note_says_that_parents_are_unknown(site, ann, day, connector) -> None:
    site.widgets = None
    site.create_issue(PROJECT, "Write the test", at=day(1), by=ann, issue_type="task")
    (page,) = pages(connector)
    assert page.items[0].parent is None
    assert "What 1 tasks or issues of acme/shop-web are parts of is not known: no event list tells it." in page.notes


def test_incidents_test_cases_and_requirements_are_types(site, ann, day, connector) -> None:
    for kind in ("incident", "test_case", "requirement", "ticket"):
        site.create_issue(PROJECT, kind, at=day(1), by=ann, issue_type=kind)
    (page,) = pages(connector)
    assert {item.title: (item.type, item.level) for item in page.items} == {
        kind: (kind, Level.STANDARD) for kind in ("incident", "test_case", "requirement", "ticket")
    }


def test_a_free_tier_has_neither_and_says_so(free, ann, day, connected) -> None:
    free.create_issue(PROJECT, "Cart", at=day(0), by=ann, labels=["weight::3"])
    made = connected(iterations=True, epics=True)
    reference = made.fetch_reference([PROJECT])
    assert reference.missing_fields == ("iterations",)
    assert not [m for m in reference.milestones if m.kind is not MilestoneKind.MILESTONE]
    (page,) = pages(made)
    assert page.items[0].points == 3.0


def test_what_is_missing_stands_in_the_proof_of_the_run(free, connected, tmp_path) -> None:
    free.widgets = None
    with open_store(f"sqlite:///{tmp_path / 'x.db'}") as store:
        proof = sync_source(connected(iterations=True, epics=True), store, holder="test")
    assert "No field for iterations was found." in proof.notes
    assert "No field for epics was found." in proof.notes


def test_group_milestones_and_time_and_releases_come_with_every_tier(free, ann, day, connected) -> None:
    shared = free.add_group_milestone(free.add_group("acme"), "Spring", due=date(2026, 5, 1))
    free.add_release(PROJECT, "v1", released_at=day(5), milestones=[shared])
    issue = free.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=shared)
    free.log_time(issue, 3600, spent_at=day(1), by=ann)
    made = connected()
    (milestone,) = made.fetch_reference([PROJECT]).milestones
    assert (milestone.project, milestone.state, milestone.released_at) == ("acme", MilestoneState.RELEASED, day(5))
    (page,) = pages(made)
    assert [(log.seconds, log.author, log.started_at) for log in page.worklogs] == [(3600, str(ann), day(1))]
    assert moves(page) == [(day(0), None, f"milestone:{shared}")]
