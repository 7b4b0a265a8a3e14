from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import responses

from pmbridge.model import MilestoneKind, MilestoneState
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.activity import Book, Unclear, told
from pmbridge_gitlab.agreement import agrees
from pmbridge_gitlab.changes import changes
from pmbridge_gitlab.history import IssueHistory, lists_to_read
from pmbridge_gitlab.normalize import Origin, item
from pmbridge_gitlab.settings import GitlabSettings, LabelScopes

Make = Callable[..., Any]
ONE, TWO = {"id": 11, "title": None}, {"id": 12, "title": "Sprint 2"}


def note(body: str, day: int) -> dict[str, Any]:
    return {
        "id": f"gid://gitlab/IterationNote/{day}",
        "createdAt": f"2026-03-{day:02}T08:00:00Z",
        "body": body,
        "author": None,
        "systemNoteMetadata": {"action": "iteration"},
    }


def test_an_issue_names_its_iteration_beside_its_milestone(make_issue: Make, make_milestone: Make) -> None:
    issue = make_issue(milestone=make_milestone(77), iteration=TWO)
    assert item(issue, Origin("x", "acme/web", LabelScopes())).milestones == ("milestone:77", "iteration:12")


def test_both_roads_tell_of_moves_between_iterations(make_issue: Make, make_event: Make) -> None:
    issue = make_issue(iteration=TWO, updated_at="2026-03-05T08:00:00Z")
    events = told(
        [note("changed iteration to *iteration:11", 3), note("changed iteration to acme/*iteration:12", 4)],
        Book(),
        created=issue["created_at"],
    )
    assert agrees(issue, events)
    assert not agrees(issue | {"iteration": ONE}, events)
    listed = [
        make_event(1, "03T08:00:00", action="add", iteration=ONE),
        make_event(2, "04T08:00:00", action="add", iteration=TWO),
    ]
    for rows in (events.iterations, listed):
        found = changes(issue, IssueHistory(iterations=rows), "x", LabelScopes())
        assert [(c.before, c.after) for c in found] == [
            (None, "iteration:11"),
            ("iteration:11", None),
            (None, "iteration:12"),
        ]
        assert len({c.identity for c in found}) == 3


def test_a_note_that_names_no_id_is_not_guessed_at() -> None:
    with pytest.raises(Unclear):
        told([note('changed iteration to *iteration:"Sprint 2"', 3)], Book(), created="2026-03-02T08:00:00Z")


def test_the_event_list_is_asked_for_only_where_the_tier_has_it(make_issue: Make) -> None:
    touched = {"updated_at": "2026-03-05T08:00:00Z"}
    assert "iterations" in lists_to_read(make_issue(iteration=None, **touched))
    assert "iterations" not in lists_to_read(make_issue(**touched))


def test_iterations_become_milestones_where_they_are_wanted(
    settings: GitlabSettings, server: responses.RequestsMock, api: str
) -> None:
    project = f"{api}/projects/acme%2Fshop-web"
    rows = [
        {"id": 11, "title": None, "start_date": "2026-03-02", "due_date": "2026-03-15", "state": 3, "group_id": 5},
        {"id": 12, "title": "Sprint 2", "start_date": "2026-03-16", "due_date": "2026-03-29", "state": 2},
    ]
    for name in ("milestones", "releases", "members/all"):
        server.get(f"{project}/{name}", json=[])
    server.get(f"{project}/iterations", json=rows)
    wanted = GitlabConnector("x", settings.model_copy(update={"iterations": True}), owner="acme")
    found = wanted.fetch_reference(["acme/shop-web"]).milestones
    assert [(m.kind, m.title, m.state) for m in found] == [
        (MilestoneKind.ITERATION, "2026-03-02 – 2026-03-15", MilestoneState.CLOSED),
        (MilestoneKind.ITERATION, "Sprint 2", MilestoneState.OPEN),
    ]
    plain = GitlabConnector("x", settings, owner="acme")
    assert plain.fetch_reference(["acme/shop-web"]).milestones == ()
    wanted.close()
    plain.close()


@pytest.mark.parametrize("shown", [True, False])
def test_a_project_that_shows_no_iterations_does_not_silence_its_neighbours(
    settings: GitlabSettings, server: responses.RequestsMock, api: str, shown: bool
) -> None:
    projects = ["acme/a", "acme/b", "acme/c"]
    for project in projects:
        for name in ("milestones", "releases", "members/all"):
            server.get(f"{api}/projects/{project.replace('/', '%2F')}/{name}", json=[])
    rows = [{"id": 11, "title": "Sprint 1", "start_date": "2026-03-02", "due_date": "2026-03-15", "state": 3}]
    server.get(f"{api}/projects/acme%2Fa/iterations", status=403, json={"message": "403 Forbidden"})
    told = server.get(f"{api}/projects/acme%2Fb/iterations", json=rows, status=200 if shown else 404)
    last = server.get(f"{api}/projects/acme%2Fc/iterations", json={}, status=404)
    wanted = GitlabConnector("x", settings.model_copy(update={"iterations": True}), owner="acme")
    found = wanted.fetch_reference(projects)
    wanted.close()
    assert [m.title for m in found.milestones] == (["Sprint 1"] if shown else [])
    assert found.missing_fields == (() if shown else ("iterations",))
    assert (told.call_count, last.call_count) == (1, 0 if shown else 1)
