"""Whatever stands in the file: settings, or a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.config import load
from pmbridge.errors import ConfigError

EXAMPLE = yaml.safe_load((Path(__file__).parents[2] / "config.example.yaml").read_text())
SECRET = "s3cr3t-t0ken"
ENVIRONMENT = {"JIRA_EMAIL": "a@example.com", "JIRA_TOKEN": SECRET, "GITLAB_TOKEN": SECRET}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=2),
    max_leaves=4,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(list(places(EXAMPLE))), anything)
def test_any_value_anywhere_is_taken_or_refused_on_purpose(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, path: tuple[Any, ...], value: Any
) -> None:
    monkeypatch.undo()  # the installed connectors
    file = write(yaml.safe_dump(with_value(EXAMPLE, path, value), allow_unicode=False))
    with suppress(ConfigError):
        assert load(file, ENVIRONMENT).products


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(list(places(EXAMPLE))[1:]))
def test_no_refusal_repeats_a_secret_that_slipped_to_the_wrong_place(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, path: tuple[Any, ...]
) -> None:
    monkeypatch.undo()
    file = write(yaml.safe_dump(with_value(EXAMPLE, path, "${JIRA_TOKEN}")))
    try:
        load(file, ENVIRONMENT)
        said = ""
    except ConfigError as error:
        said = str(error)
    assert SECRET not in said
