"""The sandbox's GraphQL interface refuses what GitLab refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import TOKEN

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ITEMS = "project(fullPath: $path) { workItems(first: 10) { nodes { %s } } }"


@pytest.fixture
def ask():
    with Sandbox(Clock(AT)) as sandbox:
        site = sandbox.gitlab.site
        site.add_project("acme/web")
        site.create_issue("acme/web", "Cart", at=AT, by=site.bot, labels=["a", "b"])

        def send(question, **variables):
            answer = requests.post(
                f"{sandbox.gitlab.url}/api/graphql",
                json={"query": question, "variables": {"path": "acme/web"} | variables},
                headers={"Authorization": f"Bearer {TOKEN}"},
                timeout=5,
            )
            assert answer.status_code == 200
            return answer.json()

        yield send


def test_a_list_is_answered_page_by_page(ask):
    answer = ask("{ " + ITEMS % "iid title" + " }")
    assert answer == {"data": {"project": {"workItems": {"nodes": [{"iid": "1", "title": "Cart"}]}}}}


def test_what_is_not_visible_is_null(ask):
    assert ask("{ " + ITEMS % "iid" + " }", path="acme/none") == {"data": {"project": None}}


def test_labels_of_one_moment_are_told_in_one_note(ask):
    notes = "discussions(filter: ONLY_ACTIVITY, first: 9) { nodes { notes(first: 1) { nodes { body } } } }"
    answer = ask("{ " + ITEMS % f"widgets {{ ... on WorkItemWidgetNotes {{ {notes} }} }}" + " }")
    (item,) = answer["data"]["project"]["workItems"]["nodes"]
    (discussion,) = next(w for w in item["widgets"] if w)["discussions"]["nodes"]
    assert discussion["notes"]["nodes"][0]["body"].endswith("labels")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("{ project(fullPath: $path) { workItems { nodes { iid } } } }", "first"),
        ("{ project(fullPath: $path) { workItems(first: 500) { nodes { iid } } } }", "first"),
        ("{ " + ITEMS % "colour" + " }", "doesn't exist on type 'WorkItem'"),
        ("{ " + ITEMS % "widgets { ... on WorkItemWidgetMood { mood } }" + " }", "No such type WorkItemWidgetMood"),
        ("{ " + ITEMS % ("iid " * 300) + " }", "exceeds max complexity of 250"),
        ("{ project(fullPath: $path) { workItems(first: 1) ", "Expected"),
        ("{ " + "#" * 10_001 + " }", "too large"),
    ],
)
def test_a_question_that_gitlab_would_refuse_is_refused_in_its_words(ask, question, words):
    (error,) = ask(question)["errors"]
    assert words in error["message"]
