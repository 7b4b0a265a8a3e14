"""The files for deploying, as far as they can be tried without the machines they are for."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from pmbridge.cli.commands import pmbridge

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"


def accepts(words: list[str]) -> None:
    """Parse a command line without running it; raises `click.UsageError` for what does not exist."""
    group: click.Command = pmbridge
    with pmbridge.make_context("pmbridge", list(words), resilient_parsing=False) as context:
        rest = [*context._protected_args, *context.args] if hasattr(context, "_protected_args") else context.args
        while isinstance(group, click.Group):
            name, command, rest = group.resolve_command(context, rest)
            assert command is not None, name
            group = command
        group.make_context(group.name, list(rest), parent=context)


def test_the_crontab_calls_commands_that_exist() -> None:
    lines = [line for line in (DEPLOY / "crontab").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        command = shlex.split(line.split(None, 5)[5])
        assert command[0] == "pmbridge"
        accepts(command[1:])


def test_the_systemd_units_hold_together() -> None:
    service, timer = (configparser.ConfigParser(strict=False) for _ in range(2))
    for parser in (service, timer):
        parser.optionxform = str  # type: ignore[assignment,method-assign]
    service.read(DEPLOY / "pmbridge.service")
    timer.read(DEPLOY / "pmbridge.timer")
    command = shlex.split(service["Service"]["ExecStart"])
    accepts(command[command.index("pmbridge") + 1 :])
    assert service["Service"]["User"] != "root"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_the_pipeline_calls_commands_that_exist() -> None:
    job = yaml.safe_load((DEPLOY / "gitlab-ci.yml").read_text())["pmbridge"]
    calls = [shlex.split(line) for line in job["script"] if line.startswith("pmbridge")]
    assert calls
    for call in calls:
        accepts(call[1:])


def test_the_pods_run_as_nobody_on_a_read_only_root() -> None:
    cron, workers = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    assert cron["spec"]["concurrencyPolicy"] == "Forbid"
    for pod in (cron["spec"]["jobTemplate"]["spec"]["template"]["spec"], workers["spec"]["template"]["spec"]):
        assert pod["securityContext"]["runAsNonRoot"]
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        accepts(container["args"])


def test_the_image_is_not_run_by_root_and_starts_a_command() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001"]
    (command,) = re.findall(r'^CMD \["(.+)"\]$', text, re.MULTILINE)
    accepts([command])


def test_a_command_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        accepts(["runn"])
    with pytest.raises(click.UsageError):
        accepts(["run", "--metrics-fil", "x"])
