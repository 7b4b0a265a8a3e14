"""A whole installation on the sandbox trackers: real HTTP, a real store, the command line as people use it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmbridge.cli.boundary import exit_code
from pmbridge.jobs.demo import Demo, running


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def demo(tmp_path):
    """The demo's trackers and configuration, in a folder of their own."""
    with running(tmp_path / "demo") as demo:
        yield demo


@pytest.fixture
def call(capfd) -> Callable[..., Answer]:
    """Run a command line: ``call("audit", config=path)``."""

    def run(*arguments: str, config: Path | None = None) -> Answer:
        capfd.readouterr()
        front = ["--config", str(config)] if config else []
        code = exit_code([*front, *arguments])
        seen = capfd.readouterr()
        return Answer(int(code), seen.out, seen.err)

    return run


@pytest.fixture
def synced(demo: Demo, call) -> Demo:
    """The demo after its first sync."""
    answer = call("sync", config=demo.config)
    assert answer.code == 0, answer.out + answer.err
    demo.sandbox.jira.requests.clear()
    demo.sandbox.gitlab.requests.clear()
    return demo


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    os.environ.pop("PMBRIDGE_CONFIG", None)
