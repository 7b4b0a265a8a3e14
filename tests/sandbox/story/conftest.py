"""Stories told once a seed for all tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pytest

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.story import Scenario, StoryIndex, build
from pmbridge.sandbox.story.simulation import simulate
from pmbridge.sandbox.story.world import World

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SEEDS = (1, 7, 8, 20, 25)
JIRA_URL, GITLAB_URL = "http://127.0.0.1:8010", "http://127.0.0.1:8020"


@dataclass(frozen=True)
class Told:
    """A story in its trackers."""

    seed: int
    jira: JiraSite
    gitlab: GitlabSite
    index: StoryIndex


def tell(seed: int, now: datetime = NOW, scenario: Scenario | None = None) -> Told:
    jira, gitlab = JiraSite(Clock(now)), GitlabSite(Clock(now))
    index = build(jira, gitlab, seed=seed, now=now, jira_url=JIRA_URL, gitlab_url=GITLAB_URL, scenario=scenario)
    return Told(seed, jira, gitlab, index)


_told = cache(tell)
_lived = cache(lambda seed: simulate(Scenario(), seed, NOW))


@pytest.fixture(params=SEEDS)
def told(request: pytest.FixtureRequest) -> Told:
    """Give the story of one of several seeds; tests only read it."""
    return _told(request.param)


@pytest.fixture
def all_told() -> list[Told]:
    """Give the stories of all seeds."""
    return [_told(seed) for seed in SEEDS]


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    """Give the simulated world of one of several seeds; tests only read it."""
    return _lived(request.param)


@pytest.fixture
def all_worlds() -> list[World]:
    """Give the simulated worlds of all seeds."""
    return [_lived(seed) for seed in SEEDS]


@pytest.fixture
def fresh() -> Callable[..., Told]:
    """Give a function that tells a story nobody else reads."""
    return tell
