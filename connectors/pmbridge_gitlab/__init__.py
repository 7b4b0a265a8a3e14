"""The GitLab connector: gitlab.com and self-managed servers, every tier."""

from pmbridge_gitlab.connector import GitlabConnector

__all__ = ["GitlabConnector"]
