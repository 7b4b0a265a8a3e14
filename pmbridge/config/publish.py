"""What is written back, and how much of it at most."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pmbridge.config.nearest import suggestion
from pmbridge.config.section import Section
from pmbridge.connector import Surface

#: What can be told, and where each can stand.
SLOTS: dict[str, frozenset[Surface]] = {
    "milestone-health": frozenset({Surface.COMMENT, Surface.DESCRIPTION}),
    "acceptance": frozenset({Surface.COMMENT}),
    "hand-off": frozenset({Surface.COMMENT}),
    "health-label": frozenset({Surface.LABELS}),
    "dashboard": frozenset({Surface.WIKI}),
}


def _known_slot(slot: str) -> str:
    if slot not in SLOTS:
        raise ValueError(f"{slot!r} is no slot{suggestion(slot, tuple(SLOTS))}")
    return slot


class PublishRule(Section):
    """One thing we write: which slot, on which surface; nothing is written without such a rule.

    ``on`` is the ticket a comment goes to: the milestone's epic, or any ticket that stands for it. ``create_when``
    keeps a first text back until there is something to say; by default a comment waits for a colour that is not
    green, and a quiet place is written at once.
    """

    slot: Annotated[str, AfterValidator(_known_slot)]
    surface: Surface
    on: Literal["epic", "ticket"] = "ticket"
    create_when: Literal["not-green", "always"] | None = None

    @model_validator(mode="after")
    def _stands_there(self) -> Self:
        places = SLOTS[self.slot]
        if self.surface not in places:
            named = " or ".join(sorted(place.value for place in places))
            raise ValueError(f"{self.slot} cannot stand on {self.surface.value}: write surface: {named}")
        return self


class WriteBudget(Section):
    """The most that one run may create and write for a product."""

    creates: int = Field(25, ge=0)
    writes: int = Field(200, ge=0)
