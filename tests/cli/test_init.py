from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmbridge.cli.commands import pmbridge
from pmbridge.errors import UsageError


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., str]:
    """Answer the questions of `init`, and return what it said."""
    out = str(tmp_path / "config.yaml")
    return lambda *answers: CliRunner().invoke(pmbridge, ["init", "--out", out], input="\n".join(answers)).output


def test_a_city_alone_is_no_time_zone_and_the_zone_meant_is_named(asked):
    said = asked("Shop", "berlin", "Europe/Berlin", "n", "n")
    assert "berlin is no time zone: did you mean Europe/Berlin?" in said
    assert said.count("In which time zone") == 2


def test_a_word_that_is_like_no_zone_is_asked_for_again(asked):
    assert "write it like Europe/Berlin" in asked("Shop", "???", "UTC", "n", "n")


def test_a_place_that_cannot_be_written_is_refused_before_a_question_is_asked(tmp_path):
    out = str(tmp_path / "nowhere" / "config.yaml")
    answer = CliRunner().invoke(pmbridge, ["init", "--out", out], input="Shop\n")
    assert isinstance(answer.exception, UsageError)
    assert "cannot be written" in str(answer.exception)
    assert "What is the product called" not in answer.output


def test_a_zone_that_exists_is_taken(asked):
    assert "is no time zone" not in asked("Shop", "America/Sao_Paulo", "n", "n")
