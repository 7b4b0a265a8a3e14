from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pmbridge.cli.boundary import exit_code
from pmbridge.cli.commands import COMMANDS, pmbridge
from pmbridge.cli.exits import Exit
from pmbridge.cli.options import InstantType

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(name):
    answer = CliRunner().invoke(pmbridge, [name, "--help"])
    assert answer.exit_code == 0
    assert "Example" in answer.output
    assert f"pmbridge {name}" in answer.output or name == "run"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_does(name):
    answer = CliRunner().invoke(pmbridge, ["--help"])
    assert re.search(rf"^  {name} +[A-Z].*\.$", answer.output, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_is_explained(name):
    command = pmbridge.get_command(click.Context(pmbridge), name)
    assert command is not None
    commands = [*command.commands.values()] if isinstance(command, click.Group) else [command]
    for one in commands:
        for parameter in one.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"
            else:
                assert parameter.metavar or parameter.name, name


def test_an_unknown_command_or_option_is_a_usage_error(capsys):
    assert exit_code(["nope"]) == Exit.USAGE
    assert exit_code(["audit", "--nope"]) == Exit.USAGE
    assert exit_code([]) == Exit.USAGE
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("written", "meant"), [("audt", ": did you mean audit?"), ("xyzzy", "")])
def test_a_command_that_is_none_is_refused_with_the_one_meant(written, meant, capsys):
    assert exit_code([written]) == Exit.USAGE
    assert f"There is no command {written}{meant}\n" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch):
    """Let the program fail with an error, whatever it is asked."""

    def fail(error: BaseException) -> None:
        def main(*_arguments: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(pmbridge, "main", main)

    return fail


@pytest.mark.parametrize(
    ("library", "extra"),
    [("apscheduler.executors", "schedule"), ("procrastinate", "worker"), ("psycopg", "postgresql")],
)
def test_a_library_that_is_not_installed_is_named_by_the_extra_that_brings_it(library, extra, failing, capsys):
    failing(ModuleNotFoundError(f"No module named {library!r}", name=library))
    assert exit_code(["schedule"]) == Exit.ERROR
    assert f"pip install 'pmbridge[{extra}]'." in capsys.readouterr().err


def test_a_library_that_no_extra_brings_is_a_fault_of_ours(failing):
    failing(ModuleNotFoundError("No module named 'nonsense'", name="nonsense"))
    with pytest.raises(ModuleNotFoundError):
        exit_code(["schedule"])


def _ctrl_c() -> click.Abort:
    """What click makes of Ctrl-C in the middle of the work."""
    stopped = click.Abort()
    stopped.__cause__ = KeyboardInterrupt()
    return stopped


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        (click.Abort(), "Stopped at the question; nothing was done."),
        (_ctrl_c(), "the next run goes on from there"),
        (KeyboardInterrupt(), "the next run goes on from there"),
    ],
)
def test_a_question_nobody_answers_is_told_from_work_that_was_stopped(stopped, words, failing, capsys):
    failing(stopped)
    assert exit_code(["apply"]) == Exit.INTERRUPTED
    assert words in capsys.readouterr().err


def test_options_also_come_from_the_environment(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PMBRIDGE_CONFIG", str(tmp_path / "nowhere.yaml"))
    assert exit_code(["audit"]) == Exit.ERROR
    assert "nowhere.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T09:00", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20T09:00+01:00", "2026-11-20T09:00:00+01:00"),
    ],
)
def test_an_instant_is_a_day_or_a_time(text, iso):
    assert InstantType().convert(text, None, None).isoformat() == iso


def test_what_is_no_instant_is_refused_with_the_right_form():
    with pytest.raises(click.BadParameter, match="write 2026-11-20"):
        InstantType().convert("yesterday", None, None)


def test_the_connectors_are_listed_without_importing_their_clients(capsys):
    assert exit_code(["connectors"]) == Exit.WELL
    out = capsys.readouterr().out
    assert "gitlab" in out
    assert "jira" in out


def test_the_readme_and_the_guides_name_every_command():
    told = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    missing = [name for name in COMMANDS if f"pmbridge {name}" not in told]
    assert missing == []


def test_every_command_the_readme_shows_exists():
    shown = set(re.findall(r"pmbridge (?:--config \S+ )?([a-z]+)\b", (ROOT / "README.md").read_text()))
    words = {"and", "is", "reads", "computes"}
    assert {name for name in shown if name not in words} <= set(COMMANDS)
