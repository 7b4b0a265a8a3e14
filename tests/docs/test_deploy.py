"""The files for deploying, as far as they can be tried without the machines they are for."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from pmbridge.cli.commands import pmbridge

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
SERVICES = ("pmbridge.service", "pmbridge-worker.service")


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


def passes(*command: str | Path) -> str:
    """Run a checker; what it finds is the failure."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name)
    return parser


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_calls_a_command_that_exists_as_nobody_in_particular(name: str) -> None:
    service = unit(name)["Service"]
    command = shlex.split(service["ExecStart"])
    accepts(command[command.index("pmbridge") + 1 :])
    assert service["User"] != "root"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "true")
    assert int(service["TimeoutStopSec"]) >= 60, "a page and its transaction have time to end"


def test_the_timer_makes_up_for_what_it_missed() -> None:
    timer = unit("pmbridge.timer")
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert unit("pmbridge.service")["Service"]["Type"] == "oneshot"


def test_systemd_itself_has_nothing_to_say_about_the_units() -> None:
    """Where the machine has systemd; elsewhere what it would refuse first: a setting without a section or a name."""
    units = [DEPLOY / name for name in (*SERVICES, "pmbridge.timer")]
    if shutil.which("systemd-analyze"):
        assert passes("systemd-analyze", "verify", "--man=no", *units) == ""
        assert passes("systemd-analyze", "calendar", unit("pmbridge.timer")["Timer"]["OnCalendar"])
    for path in units:
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        assert lines[0] == "[Unit]"
        assert all(re.fullmatch(r"\[[A-Z][a-z]+\]|[A-Z][A-Za-z]+=.*", line) for line in lines)


def test_the_pipeline_keeps_to_gitlab_s_schema() -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci")
    told = passes(sys.executable, "-m", "check_jsonschema", *schema, DEPLOY / "gitlab-ci.yml")
    assert told.strip().startswith("ok")


def test_the_manifests_keep_to_the_schema_of_kubernetes() -> None:
    told = passes(sys.executable, "-m", "kubernetes_validate", "--strict", DEPLOY / "kubernetes.yaml")
    assert told.count("passed") == 2


def test_the_linter_of_dockerfiles_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    assert passes(hadolint if hadolint.exists() else "hadolint", DEPLOY / "Dockerfile") == ""


def test_the_image_is_made_of_the_sources_alone() -> None:
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    assert {"pyproject.toml", "pmbridge", "connectors", "README.md"} <= kept


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
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert not container["image"].endswith(":latest")
        assert container["resources"]["limits"]["memory"]
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
