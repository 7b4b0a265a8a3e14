from __future__ import annotations

from pathlib import Path

import pytest

from pmbridge.config.find import find
from pmbridge.errors import ConfigError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "home" / name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def made(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    return file


def test_the_file_is_searched_from_the_nearest_word_outwards(home: Path) -> None:
    user = made(home / "home" / "pmbridge" / "config.yaml")
    assert find(None, {}) == user
    made(home / "here" / "config.yaml")
    assert find(None, {}) == Path("config.yaml")
    other = made(home / "other.yaml")
    assert find(None, {"PMBRIDGE_CONFIG": str(other)}) == other
    named = made(home / "named.yaml")
    assert find(named, {"PMBRIDGE_CONFIG": str(other)}) == named


def test_without_a_file_it_says_where_it_looked_and_what_to_do(home: Path) -> None:
    with pytest.raises(ConfigError) as error:
        find(None, {})
    assert str(home / "here" / "config.yaml") in str(error.value)
    assert str(home / "home" / "pmbridge" / "config.yaml") in str(error.value)
    assert "pmbridge init" in str(error.value)


def test_a_named_file_must_exist(home: Path) -> None:
    made(home / "here" / "config.yaml")
    with pytest.raises(ConfigError, match="named by --config, does not exist"):
        find(home / "absent.yaml", {})
    with pytest.raises(ConfigError, match=r"named by \$PMBRIDGE_CONFIG, does not exist"):
        find(None, {"PMBRIDGE_CONFIG": str(home / "absent.yaml")})
    with pytest.raises(ConfigError, match="is a folder"):
        find(home, {})
