"""The choice of the app that manages a Jira's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmbridge.connector import AcceptanceSource
from pmbridge_jira.app_client import AppClient
from pmbridge_jira.settings import AppSettings
from pmbridge_jira.xray import XrayServer
from pmbridge_jira.xray_cloud import URL, XrayCloud
from pmbridge_jira.zephyr import CLOUD_URL, ZephyrScaleCloud, ZephyrScaleServer

if TYPE_CHECKING:
    from pmbridge_jira.client import Client


def acceptance_source(name: str, settings: AppSettings, client: Client, browse: str) -> AcceptanceSource:
    """Return the configured app; those of a Data Center ask through Jira's own client."""
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    token = settings.token.get_secret_value() if settings.token else None
    match settings.app:
        case "xray-cloud":
            key = settings.client_id.get_secret_value() if settings.client_id else ""
            return XrayCloud(name, key, secret, settings.url or URL, browse)
        case "xray":
            return XrayServer(name, client, browse)
        case "zephyr-scale-cloud":
            return ZephyrScaleCloud(name, AppClient(name, settings.url or CLOUD_URL, token=token).get)
        case _:
            return ZephyrScaleServer(name, client.get)
