"""The example is the reference: it must hold, and name every key there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from pmbridge.config import ProductSettings, Settings, load
from pmbridge.config.settings import Schedule

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
ENVIRONMENT = {"JIRA_EMAIL": "a@example.com", "JIRA_TOKEN": "jira-token", "GITLAB_TOKEN": "gitlab-token"}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.undo()  # the installed connectors, not the one of these tests
    return load(EXAMPLE, ENVIRONMENT)


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in models(field.annotation):
            yield from keys(inner)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def test_the_example_validates(example: Settings) -> None:
    assert list(example.sources) == ["jira-main", "gitlab-main"]
    assert example.products["shop"].title == "Web shop"
    assert example.schedule == Schedule()


def test_the_example_names_every_key(example: Settings) -> None:
    text = EXAMPLE.read_text()
    fields_of_a_time = {"opens", "closes"}
    everything = {*keys(ProductSettings), *keys(Schedule), "owner", "store"} - fields_of_a_time
    assert {key for key in everything if f"{key}:" not in text} == set()


def test_the_example_names_every_key_of_the_built_in_connectors(example: Settings) -> None:
    text = EXAMPLE.read_text()
    everything = {key for source in example.sources.values() for key in keys(type(source.options))}
    assert {key for key in everything if f"{key}:" not in text} == set()


def test_the_defaults_shown_are_the_defaults(example: Settings) -> None:
    shown = yaml.safe_load(EXAMPLE.read_text())["products"]["shop"]
    shop, default = (
        example.products["shop"],
        ProductSettings.model_validate({"title": "x", "projects": {"jira-main": ["SHOP"]}}),
    )
    for section in ("milestones", "levels", "health", "launch", "budget_writes"):
        assert section in shown
        assert getattr(shop, section) == getattr(default, section)
