"""A connector that exists only here, and files to read."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from pmbridge import connector
from pmbridge.config import Settings, load

ENVIRONMENT = {"TRACKER_TOKEN": "s3cr3t-t0ken", "TRACKER_USER": "a.user@example.com"}

WHOLE = """\
sources:
  main:
    connector: paper
    url: https://tracker.example
    auth: {user: ${TRACKER_USER}, token: ${TRACKER_TOKEN}}
    projects: [SHOP]
    groups: [acme]
products:
  shop:
    title: Web shop
    projects: {main: [SHOP]}
"""


class Auth(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    user: str | None = None
    token: SecretStr


class PaperSettings(BaseModel):
    """Like a careless connector's: it does not forbid unknown keys."""

    model_config = ConfigDict(frozen=True)
    url: str
    auth: Auth
    projects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class PaperConnector:
    Settings: ClassVar[type[BaseModel]] = PaperSettings


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake_load(name: str) -> type[PaperConnector]:
        if name == "broken":
            raise ImportError("no module named ink")
        return {"paper": PaperConnector}[name]

    def fake_names() -> dict[str, EntryPoint]:
        return {"paper": EntryPoint("paper", "paper:PaperConnector", connector.ENTRY_POINT_GROUP)}

    monkeypatch.setattr(connector, "load", fake_load)
    monkeypatch.setattr(connector, "names", fake_names)


@pytest.fixture
def whole() -> str:
    """A small configuration without a fault."""
    return WHOLE


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "config.yaml"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def settle(write: Callable[[str], Path]) -> Callable[..., Settings]:
    """Load a text, with an environment that has the tracker's token."""

    def settle(text: str, **environ: str) -> Settings:
        return load(write(text), {**ENVIRONMENT, **environ})

    return settle
