"""A whole installation on the sandbox trackers: real HTTP, a real store, the command line as people use it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pmbridge.cli.boundary import exit_code
from pmbridge.config import load
from pmbridge.jobs.demo import running
from pmbridge.jobs.installation import open_installation
from pmbridge.jobs.sync import sync_all


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


@dataclass(frozen=True)
class FirstSync:
    """A store as the first sync leaves it, and the ports its addresses name."""

    store: Path
    ports: tuple[int, int]


@pytest.fixture(scope="session")
def first_sync(tmp_path_factory) -> FirstSync:
    """Sync the demo once for all tests; the story is the same to the byte whenever it is told on the same ports."""
    folder = tmp_path_factory.mktemp("first") / "demo"
    with running(folder) as demo, open_installation(load(demo.config)) as installation:
        certificates = sync_all(installation, holder="tests")
        ports = tuple(urlsplit(tracker.url).port for tracker in (demo.sandbox.jira, demo.sandbox.gitlab))
    assert [certificate.status for certificate in certificates] == ["complete", "complete"]
    return FirstSync(folder / "pmbridge.db", ports)


@pytest.fixture
def synced(tmp_path, first_sync):
    """The demo after its first sync."""
    with running(tmp_path / "demo", ports=first_sync.ports) as demo:
        shutil.copy(first_sync.store, demo.folder)
        yield demo


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    os.environ.pop("PMBRIDGE_CONFIG", None)
