"""The Jira connector; its client library is imported when the first request is made."""

from __future__ import annotations

from pmbridge_jira.connector import JiraConnector
from pmbridge_jira.settings import JiraSettings

__all__ = ["JiraConnector", "JiraSettings"]
