"""The bug flow of a product's launches, from its history and settings."""

from pmbridge.assess.bugs.field import BugField, survey
from pmbridge.assess.bugs.section import bugs

__all__ = ["BugField", "bugs", "survey"]
