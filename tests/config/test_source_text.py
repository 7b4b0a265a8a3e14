from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmbridge.config.source_text import parse
from pmbridge.errors import ConfigError

FILE = Path("config.yaml")

data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii"), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefgh", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(data)
def test_what_is_written_is_read(value: Any) -> None:
    assert parse(json.dumps(value), FILE).data == value


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused_on_purpose(text: str) -> None:
    refusal = ""
    try:
        parse(text, FILE)
    except ConfigError as error:
        refusal = str(error)
    assert not refusal or refusal.startswith(FILE.name)


def test_a_control_character_is_located() -> None:
    with pytest.raises(ConfigError, match=r"^config\.yaml:2:4 holds a control character, U\+0007"):
        parse("a: 1\nb: \a", FILE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: epic", {"on": "epic"}),
        ("a: no", {"a": "no"}),
        ("a: yes", {"a": "yes"}),
        ("a: true", {"a": True}),
        ("a: 9:30", {"a": "9:30"}),
        ("a: 9-17", {"a": "9-17"}),
        ("a: 010", {"a": "010"}),
        ("a: 1.5e3", {"a": 1500.0}),
        ("a: 2026-12-25", {"a": date(2026, 12, 25)}),
        ("a: ~", {"a": None}),
        ("a: {b: ${X}, c: ${Y}}", {"a": {"b": "${X}", "c": "${Y}"}}),
        ("a: [${X}/y]", {"a": ["${X}/y"]}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ],
)
def test_words_mean_what_they_say(text: str, value: Any) -> None:
    assert parse(text, FILE).data == value


def test_every_value_knows_its_line() -> None:
    lines = parse("a:\n  - b: 1\n    c:\n      d: 2\n", FILE).lines
    assert lines[("a",)] == 1
    assert lines[("a", 0, "b")] == 2
    assert lines[("a", 0, "c", "d")] == 4


def test_a_value_that_holds_itself_is_refused() -> None:
    problems = parse("a: &x [1, *x]", FILE).problems
    assert [problem.text for problem in problems] == ["an alias (*) repeats itself without end: write the value out"]


def test_a_text_that_multiplies_itself_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 7)]
    assert parse("\n".join(rows), FILE).problems


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: &x\n  b: *y", "[" * 5000, "a: b: c"])
def test_dangerous_or_broken_yaml_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text, FILE)
