"""Every question is valid by GitLab's own schema, and costs less than GitLab allows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from pmbridge.sandbox.gitlab import graphql
from pmbridge.sandbox.gitlab.graphql_text import parse as read
from pmbridge.sandbox.gitlab.state import ULTIMATE_WIDGETS, WIDGETS
from pmbridge_gitlab import delivery_queries, epics, glance_queries, queries, requirements

SPECS = Path(os.environ.get("PMBRIDGE_SPECS") or Path(__file__).resolve().parents[4] / "shared" / "specs")
SCHEMA = SPECS / "gitlab-graphql-schema.2023-08.graphql"
QUESTIONS = {
    "histories": queries.histories(linked=False),
    "more activity": queries.MORE_ACTIVITY,
    "more logs": queries.MORE_LOGS,
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    if not SCHEMA.exists():
        pytest.skip("tracker descriptions not found; set PMBRIDGE_SPECS to the folder that holds them")
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)


MERGE_REQUESTS = [
    delivery_queries.merge_requests(delivery_queries.LISTS[:1], waits=False),
    delivery_queries.merge_requests(delivery_queries.LISTS[1:], waits=False),
]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_question_is_valid_since_16_3(name: str, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(QUESTIONS[name]))] == []


def test_links_are_the_only_thing_that_newer_servers_must_add(schema: GraphQLSchema) -> None:
    (error,) = validate(schema, parse(queries.histories(linked=True)))
    assert error.message.startswith("Unknown type 'WorkItemWidgetLinkedItems'")


@pytest.mark.parametrize("question", [*QUESTIONS.values(), queries.histories(linked=True)])
def test_the_question_costs_less_than_half_of_what_is_allowed(question: str) -> None:
    values: dict[str, Any] = {"logs": True}
    assert len(question) < 2_000
    assert graphql.complexity(read(question, values), "Query", WIDGETS) < graphql.MOST_COMPLEX / 2


def test_the_glance_at_two_projects_is_valid_and_leaves_room(schema: GraphQLSchema) -> None:
    question, values = glance_queries.glance(["acme/a", "acme/b"])
    assert [error.message for error in validate(schema, parse(question))] == []
    assert len(question) < 5_000
    assert graphql.complexity(read(question, values), "Query", WIDGETS) <= 0.9 * graphql.MOST_COMPLEX


def test_threads_are_the_only_thing_of_merge_requests_that_newer_servers_must_add(schema: GraphQLSchema) -> None:
    question = delivery_queries.merge_requests(delivery_queries.LISTS, waits=True)
    assert {error.message.split("'")[1] for error in validate(schema, parse(question))} == {
        "resolvableDiscussionsCount", "resolvedDiscussionsCount",
    }  # fmt: skip
    assert graphql.complexity(read(question, {}), "Query", WIDGETS) <= 0.8 * graphql.MOST_COMPLEX


def test_the_questions_about_code_and_requirements_are_valid_since_16_3(schema: GraphQLSchema) -> None:
    for question in (*MERGE_REQUESTS, requirements.REQUIREMENTS):
        assert [error.message for error in validate(schema, parse(question))] == []
    (error,) = validate(schema, parse(delivery_queries.CLOSING_MERGE_REQUESTS))
    assert error.message.startswith("Unknown type 'WorkItemWidgetDevelopment'")


@pytest.mark.parametrize(
    "question",
    [
        *MERGE_REQUESTS,
        delivery_queries.CLOSING_MERGE_REQUESTS,
        requirements.REQUIREMENTS,
        epics.EPICS,
    ],
)
def test_the_other_questions_cost_less_than_half_of_what_is_allowed(question: str) -> None:
    kinds = WIDGETS | ULTIMATE_WIDGETS
    assert graphql.complexity(read(question, {}), "Query", kinds) < graphql.MOST_COMPLEX / 2


def test_the_glance_at_fifty_projects_asks_one_thing_more_of_newer_servers_and_leaves_room(
    schema: GraphQLSchema,
) -> None:
    question, values = glance_queries.many([f"acme/part-{n}" for n in range(glance_queries.MANY)])
    (error,) = validate(schema, parse(question))
    assert error.message.startswith("Unknown argument 'fullPaths'")
    assert len(question) < 5_000
    assert graphql.complexity(read(question, values), "Query", WIDGETS) <= 0.9 * graphql.MOST_COMPLEX
