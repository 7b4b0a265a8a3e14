"""What holds for every test: no network but the loopback address, and no settings from the machine."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Allow loopback and local sockets only, unless the command line says otherwise."""
    if not config.getoption("allow_hosts", default=None):
        config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


@pytest.fixture(autouse=True)
def _no_settings_from_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in [
        n for n in os.environ if n.startswith("PMBRIDGE_") and n not in ("PMBRIDGE_SPECS", "PMBRIDGE_BACKTEST")
    ]:
        monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config-home")))
