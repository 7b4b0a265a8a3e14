"""What is written back, and how much of it at most."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pmbridge.config.section import Name, Section
from pmbridge.connector import Surface


class PublishRule(Section):
    """One thing we write: which slot, on which surface; nothing is written without such a rule.

    ``on`` is the ticket a comment goes to: the milestone's epic, or any ticket that stands for it. ``create_when``
    keeps a first text back until there is something to say; by default a comment waits for a colour that is not
    green, and a quiet place is written at once.
    """

    slot: Name
    surface: Surface
    on: Literal["epic", "ticket"] = "ticket"
    create_when: Literal["not-green", "always"] | None = None


class WriteBudget(Section):
    """The most that one run may create and write."""

    creates: int = Field(25, ge=0)
    writes: int = Field(200, ge=0)
