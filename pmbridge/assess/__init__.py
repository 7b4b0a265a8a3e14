"""History, settings and an instant become an assessment."""

from __future__ import annotations

from pmbridge.assess.product import assess

__all__ = ["assess"]
