"""Only what talks to a tracker asks for its token."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmbridge.cli.boundary import exit_code
from pmbridge.cli.exits import Exit
from pmbridge.config import load
from pmbridge.config.references import ABSENT
from pmbridge.errors import ConfigError
from pmbridge.store import open_store

CONFIG = """
store: sqlite:///s.db
sources:
  jira-main:
    connector: jira
    url: https://acme.atlassian.net
    auth: {email: "${NO_SUCH_EMAIL}", token: "${NO_SUCH_TOKEN}"}
    projects: [SHOP]
products:
  shop:
    title: Shop
    projects: {jira-main: [SHOP]}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    open_store(f"sqlite:///{tmp_path}/s.db").close()
    return file


@pytest.mark.parametrize(
    "words", [["store", "status"], ["store", "check"], ["runs"], ["log"], ["export", "out", "--format", "csv"]]
)
def test_what_reads_the_store_only_needs_no_token(
    words: list[str], config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code(["--config", str(config), *words]) == Exit.WELL, capsys.readouterr().err


@pytest.mark.parametrize("words", [["audit"], ["gate", "1.0"], ["calibrate"]])
def test_what_assesses_gets_as_far_as_the_store_without_a_token(
    words: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["--config", str(config), *words]) == Exit.ERROR
    told = capsys.readouterr().err
    assert "Nothing was read from the trackers yet" in told
    assert "NO_SUCH_TOKEN" not in told


@pytest.mark.parametrize("words", [["sync"], ["run"], ["plan"], ["apply"], ["doctor"], ["audit", "--live"], ["worker"]])
def test_what_talks_to_a_tracker_says_which_token_is_wanting(
    words: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["--config", str(config), *words]) == Exit.ERROR
    assert "NO_SUCH_TOKEN" in capsys.readouterr().err


def test_what_stands_for_a_token_is_no_secret_and_hides_no_other_trouble(config: Path) -> None:
    settings = load(config, {}, tokens=False)
    auth = settings.sources["jira-main"].options.auth  # type: ignore[attr-defined]
    assert auth.token.get_secret_value() == ABSENT
    assert settings.secret_values == ()
    config.write_text(CONFIG.replace("acme.atlassian.net", "${NO_SUCH_HOST}"), encoding="utf-8")
    with pytest.raises(ConfigError, match="NO_SUCH_HOST"):
        load(config, {}, tokens=False)


def test_a_token_that_is_there_is_read_and_masked(config: Path) -> None:
    told = {"NO_SUCH_TOKEN": "s3cret-token", "NO_SUCH_EMAIL": "a@b.example"}
    assert "s3cret-token" in load(config, told, tokens=False).secret_values
