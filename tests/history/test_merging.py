from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pmbridge.history.merging import FaceName, MergeRules, merge, natural, slug
from pmbridge.model import Milestone, MilestoneKind, MilestoneState

ORDER = (("jira", "SHOP"), ("jira", "PAY"), ("gitlab", "acme/web"))


def face(title: str, source: str = "jira", project: str = "SHOP", **fields: Any) -> Milestone:
    kind = MilestoneKind(fields.pop("kind", "version" if source == "jira" else "milestone"))
    id_ = fields.pop("id", f"{kind.value}:{project}-{title}")
    return Milestone(source=source, id=id_, native_id=id_, kind=kind, project=project, title=title, **fields)


def test_equal_titles_in_two_trackers_are_one_milestone_whatever_their_case_and_blanks():
    merged = merge([face("Release 2.4"), face(" release  2.4 ", "gitlab", "acme/web")], MergeRules(order=ORDER))
    assert [(m.key, m.title, len(m.faces)) for m in merged] == [("release-2.4", "Release 2.4", 2)]
    assert merged[0].ids == {("jira", "version:SHOP-Release 2.4"), ("gitlab", "milestone:acme/web- release  2.4 ")}


def test_versions_of_two_projects_of_one_tracker_are_one_milestone():
    assert len(merge([face("2.4"), face("2.4", project="PAY")], MergeRules(order=ORDER))) == 1


def test_the_source_named_first_decides_the_dates_and_the_others_are_told():
    jira = face("2.4", due=date(2025, 3, 7))
    gitlab = face("2.4", "gitlab", "acme/web", start=date(2025, 1, 6), due=date(2025, 3, 14))
    one = merge([gitlab, jira], MergeRules(order=ORDER))[0]
    assert (one.start, one.due) == (date(2025, 1, 6), date(2025, 3, 7))
    assert one.conflicts == ("2.4: due date is 2025-03-07 in jira SHOP, but 2025-03-14 in gitlab acme/web.",)


def test_a_due_date_that_is_but_the_day_of_the_release_gives_way_to_a_plan():
    shipped = {"state": MilestoneState.RELEASED, "released_at": datetime(2025, 3, 12, tzinfo=UTC)}
    jira = face("2.4", due=date(2025, 3, 12), **shipped)
    gitlab = face("2.4", "gitlab", "acme/web", due=date(2025, 3, 7))
    both, alone = merge([jira, gitlab], MergeRules(order=ORDER))[0], merge([jira], MergeRules(order=ORDER))[0]
    assert (both.due, both.conflicts) == (date(2025, 3, 7), ())
    assert alone.due == date(2025, 3, 12)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("released", "open"), "released"),
        (("closed", "closed"), "closed"),
        (("closed", "open"), "open"),
        (("open", "open"), "open"),
    ],
)
def test_a_milestone_is_released_with_any_face_and_closed_with_all(states: tuple[str, str], expected: str):
    faces = [
        face("1", state=MilestoneState(states[0])),
        face("1", "gitlab", "acme/web", state=MilestoneState(states[1])),
    ]
    assert merge(faces)[0].state is MilestoneState(expected)


def test_the_release_of_any_face_is_the_launch():
    at = datetime(2025, 3, 7, 10, tzinfo=UTC)
    faces = [face("1"), face("1", "gitlab", "acme/web", state=MilestoneState.RELEASED, released_at=at)]
    assert merge(faces, MergeRules(order=ORDER))[0].released_at == at


def test_only_wanted_kinds_and_titles_are_milestones():
    rules = MergeRules(include=("2.*",), exclude=("*-rc?",))
    found = merge([face("2.4"), face("2.4-RC1"), face("Backlog"), face("2.5", kind="sprint")], rules)
    assert [m.title for m in found] == ["2.4"]


def test_an_explicit_list_unites_what_it_names_and_nothing_else():
    rules = MergeRules(
        by_name=False,
        explicit={
            "Spring": (
                FaceName("jira", MilestoneKind.VERSION, title="2.4"),
                FaceName("gitlab", MilestoneKind.MILESTONE, id="milestone:7"),
            )
        },
        order=ORDER,
    )
    found = merge(
        [face("2.4"), face("Q1", "gitlab", "acme/web", id="milestone:7"), face("2.5"), face("2.5", project="PAY")],
        rules,
    )
    assert [(m.title, len(m.faces)) for m in found] == [("2.5", 1), ("2.5", 1), ("Spring", 2)]


def test_keys_are_unique_and_keep_to_the_older_milestone():
    first, second = face("A b", id="version:2"), face("A-b", id="version:10")
    assert {m.title: m.key for m in merge([second, first])} == {"A b": "a-b", "A-b": "a-b-2"}


def test_a_title_without_a_letter_still_has_a_key():
    assert [slug(t) for t in ("Release 2.4 (web)", "…", "Größe 1")] == ["release-2.4-web", "milestone", "grösse-1"]


def test_titles_are_sorted_as_people_count():
    assert sorted(["2.10", "2.9", "a", "2"], key=natural) == ["2", "2.9", "2.10", "a"]


def test_nothing_merges_to_nothing():
    assert merge([]) == ()
