"""Settings, read from one YAML file and the environment."""

from __future__ import annotations

from pmbridge.config.digest import digest
from pmbridge.config.load import load
from pmbridge.config.product import ProductSettings
from pmbridge.config.settings import Schedule, Settings, SourceSettings

__all__ = ["ProductSettings", "Schedule", "Settings", "SourceSettings", "digest", "load"]
