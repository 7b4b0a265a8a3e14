from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pmbridge.config import Settings, load
from pmbridge.errors import ConfigError

Settle = Callable[..., Settings]
REFERENCE = "${TRACKER_TOKEN}"


def token_of(settings: Settings) -> str:
    return str(settings.sources["main"].options.auth.token.get_secret_value())  # type: ignore[attr-defined]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    stored: dict[str, str] = {}
    errors = ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def get_password(service: str, name: str) -> str | None:
        if name == "locked":
            raise errors.KeyringError
        return stored.get(f"{service}/{name}")

    module = ModuleType("keyring")
    module.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return stored


def test_a_token_comes_from_the_environment_without_blanks_around_it(settle: Settle, whole: str) -> None:
    assert token_of(settle(whole, TRACKER_TOKEN=" fresh-token\n")) == "fresh-token"


@pytest.mark.parametrize("quoted", ['"${TRACKER_TOKEN}"', "'${TRACKER_TOKEN}'", "${TRACKER_TOKEN}"])
def test_a_reference_may_be_quoted_or_plain(settle: Settle, whole: str, quoted: str) -> None:
    assert token_of(settle(whole.replace(REFERENCE, quoted))) == "s3cr3t-t0ken"


def test_a_token_comes_from_a_file_beside_the_configuration(settle: Settle, whole: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-the-file\n")
    assert token_of(settle(whole.replace(REFERENCE, "file:token"))) == "from-the-file"


def test_a_token_comes_from_the_keyring(settle: Settle, whole: str, keyring: dict[str, str]) -> None:
    keyring["pmbridge/main"] = "from-the-keyring"
    assert token_of(settle(whole.replace(REFERENCE, "keyring:main"))) == "from-the-keyring"


@pytest.mark.parametrize(
    ("reference", "finding"),
    [
        ("${NOT_SET}", "the environment variable NOT_SET is not set: set it"),
        ("${EMPTY}", "the environment variable EMPTY is empty: set it"),
        ("${my-token}", "${my-token} is no name of a variable"),
        ("file:missing", "the file missing cannot be read (No such file or directory)"),
        ("file:blank", "the file blank is empty"),
        ("file:huge", "the file huge is too large to be a secret"),
        ("keyring:absent", "the keyring has no 'absent': store it with `keyring set pmbridge absent`"),
        ("keyring:locked", "the keyring cannot be opened"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(
    settle: Settle, whole: str, tmp_path: Path, keyring: dict[str, str], reference: str, finding: str
) -> None:
    (tmp_path / "blank").write_text(" \n")
    (tmp_path / "huge").write_text("x" * 100_000)
    with pytest.raises(ConfigError, match="1 problem:") as error:
        settle(whole.replace(REFERENCE, reference), EMPTY="")
    assert f"config.yaml:5 sources.main.auth.token: {finding}" in str(error.value)


def test_a_missing_keyring_says_how_to_install_it(settle: Settle, whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"pip install 'pmbridge\[keyring\]'"):
        settle(whole.replace(REFERENCE, "keyring:main"))


@pytest.mark.parametrize("literal", ["glpat-abcdefgh", "12345678", "$TRACKER_TOKEN", "[glpat-abcdefgh]"])
def test_a_literal_token_is_refused_and_not_shown(settle: Settle, whole: str, literal: str) -> None:
    with pytest.raises(ConfigError, match="a secret must not stand in this file") as error:
        settle(whole.replace(REFERENCE, literal))
    assert "write ${MAIN_TOKEN" in str(error.value)
    assert literal.strip("[]") not in str(error.value)


def test_a_literal_auth_section_is_refused_and_not_shown(settle: Settle, whole: str) -> None:
    with pytest.raises(ConfigError, match=r"sources\.main\.auth: a secret must not stand") as error:
        settle(whole.replace("{user: ${TRACKER_USER}, token: ${TRACKER_TOKEN}}", "glpat-abcdefgh"))
    assert "glpat" not in str(error.value)


def test_who_one_is_may_be_written_out(settle: Settle, whole: str) -> None:
    settings = settle(whole.replace("${TRACKER_USER}", "someone@example.com"))
    assert settings.sources["main"].options.auth.user == "someone@example.com"  # type: ignore[attr-defined]


def test_references_work_outside_of_secrets_and_are_not_masked(settle: Settle, whole: str) -> None:
    settings = settle(whole.replace("title: Web shop", "title: ${SHOP_TITLE}"), SHOP_TITLE="Corner shop")
    assert settings.products["shop"].title == "Corner shop"
    assert settings.secret_values == ("s3cr3t-t0ken",)


@pytest.mark.parametrize("place", ["store: postgresql://me:letmein@host/db\n", ""])
def test_a_password_in_an_address_is_refused_and_not_shown(settle: Settle, whole: str, place: str) -> None:
    text = place + (whole if place else whole.replace("https://", "https://me:letmein@"))
    with pytest.raises(ConfigError, match=r"a password must not stand in this file: write \$\{NAME\}") as error:
        settle(text)
    assert "letmein" not in str(error.value)


def test_a_password_of_the_store_is_a_secret(settle: Settle, whole: str) -> None:
    settings = settle("store: postgresql://me:${PGPASSWORD}@host/db\n" + whole, PGPASSWORD="letmein")
    assert settings.store == "postgresql://me:letmein@host/db"
    assert set(settings.secret_values) == {"letmein", "s3cr3t-t0ken"}
    assert "letmein" not in repr(settings)


def test_no_secret_shows_in_settings_or_their_dump(settle: Settle, whole: str) -> None:
    settings = settle(whole)
    assert "s3cr3t" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_no_error_repeats_a_secret(write: Callable[[str], Path], whole: str) -> None:
    text = whole.replace("title: Web shop", "zone: ${TRACKER_TOKEN}")
    with pytest.raises(ConfigError) as error:
        load(write(text), {"TRACKER_TOKEN": "s3cr3t-t0ken", "TRACKER_USER": "a"})
    assert "s3cr3t" not in str(error.value)
    assert "'***' is no time zone" in str(error.value)
