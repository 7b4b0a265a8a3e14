"""A Jira and a GitLab on loopback, for trying things out and for tests."""

from __future__ import annotations

from pmbridge.sandbox.access import Token
from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.sandbox import Sandbox

__all__ = ["Clock", "GitlabSite", "JiraSite", "Sandbox", "Token"]
