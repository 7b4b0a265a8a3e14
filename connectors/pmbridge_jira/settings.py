"""The section of the configuration that describes one Jira."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FilePath, SecretStr, field_validator, model_validator

AUTO = "auto"

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]*")
_FIELD_ID = re.compile(r"[A-Za-z]\w*")


def _field_id(value: str) -> str:
    if not _FIELD_ID.fullmatch(value):
        raise ValueError(f"{value!r} is no field id: write 'auto' or an id such as customfield_10016")
    return value


FieldId = Annotated[str, AfterValidator(_field_id)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Auth(_Section):
    """Who asks: e-mail and API token on Cloud; a token alone is sent as a bearer token."""

    email: str | None = None
    token: SecretStr


class FieldSettings(_Section):
    """Where the fields that Jira keeps as custom fields are found: ``auto``, or a field id."""

    story_points: FieldId = AUTO
    sprint: FieldId = AUTO
    epic: FieldId = AUTO
    flagged: FieldId = AUTO
    severity: FieldId = AUTO
    start: FieldId = AUTO


class AppSettings(_Section):
    """The app that manages tests: which one, and its credentials where it has its own.

    ``xray-cloud`` needs ``client_id`` and ``client_secret``, ``zephyr-scale-cloud`` a ``token``; ``xray`` and
    ``zephyr-scale`` live on a Data Center and take its account. ``url`` is for regional hosts.
    """

    app: Literal["xray-cloud", "xray", "zephyr-scale-cloud", "zephyr-scale"]
    url: str | None = None
    client_id: SecretStr | None = None
    client_secret: SecretStr | None = None
    token: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return None if value is None else _checked_address(value)

    @model_validator(mode="after")
    def _credentials(self) -> Self:
        if self.app == "xray-cloud" and not (self.client_id and self.client_secret):
            raise ValueError("xray-cloud needs client_id and client_secret")
        if self.app == "zephyr-scale-cloud" and not self.token:
            raise ValueError("zephyr-scale-cloud needs a token")
        return self


class JiraSettings(_Section):
    """One Jira: its address, the account, the projects to read, where the fields are.

    ``url`` is where requests go. ``site`` is the address people open; it differs from ``url`` only for tokens that
    work through ``https://api.atlassian.com/ex/jira/…``. The switches buy data at a price: ``remote_links`` (links
    to pages outside Jira) one request an item that is read; ``sprints`` (sprints as milestones) one request a
    board; ``worklogs`` (time entered or taken back on issues that nothing else touched; that of updated ones is
    always read) two requests a run; ``full_history`` (changes of every field in place of the ten that matter most)
    more bytes in as many requests; ``epics`` (epics as milestones) one request for each hundred of them, and
    ``full_history``, which it implies. ``tests`` is the app that manages tests, if there is one. ``timeout_seconds``
    bounds one answer; ``ca_bundle`` is the file of an authority that the system does not know.
    """

    url: str
    site: str | None = None
    auth: Auth
    projects: tuple[str, ...] = Field(min_length=1)
    fields: FieldSettings = FieldSettings()
    remote_links: bool = False
    sprints: bool = False
    epics: bool = False
    full_history: bool = False
    worklogs: bool = False
    tests: AppSettings | None = None
    connections: int = Field(default=4, ge=1, le=8)
    timeout_seconds: float = Field(default=60.0, gt=0)
    ca_bundle: FilePath | None = None

    @field_validator("url", "site")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return None if value is None else _checked_address(value)

    @field_validator("projects")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            if not _PROJECT_KEY.fullmatch(key):
                raise ValueError(f"{key!r} is no project key: write it as in SHOP-12, without the number")
        return tuple(dict.fromkeys(value))

    @property
    def browse_url(self) -> str:
        """The address people open, without a trailing slash."""
        return self.site or self.url


def _checked_address(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError("write the address as https://acme.atlassian.net")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the address must hold no account, query or fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("the token would travel unencrypted: write https")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
