"""A simulated web shop project that fills the sandbox trackers."""

from __future__ import annotations

from pmbridge.sandbox.story.build import build
from pmbridge.sandbox.story.index import MilestoneEntry, StoryIndex
from pmbridge.sandbox.story.scenario import MilestonePlan, Rates, Role, Scenario, Team

__all__ = ["MilestoneEntry", "MilestonePlan", "Rates", "Role", "Scenario", "StoryIndex", "Team", "build"]
