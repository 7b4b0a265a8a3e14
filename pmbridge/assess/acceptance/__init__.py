"""The gate of each milestone, from a product's history and settings."""

from pmbridge.assess.acceptance.evidence import Evidence, gather
from pmbridge.assess.acceptance.section import acceptance

__all__ = ["Evidence", "acceptance", "gather"]
