"""Which milestones of the trackers belong to a product, and which of them are one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pmbridge.config.section import Section, Words
from pmbridge.model import MilestoneKind


class MilestoneName(Section):
    """One tracker's milestone, named by its id or its title."""

    source: Words
    kind: MilestoneKind
    id: Annotated[Words | None, Field(coerce_numbers_to_str=True)] = None
    title: Words | None = None

    @model_validator(mode="after")
    def _one_name(self) -> MilestoneName:
        if (self.id is None) == (self.title is None):
            raise ValueError("name the milestone by its id or by its title, one of the two")
        return self


class Merger(Section):
    """Several trackers' milestones that are one, under the title we give it."""

    title: Words
    refs: tuple[MilestoneName, ...]


class MilestoneSettings(Section):
    """The milestones of a product.

    ``merge`` is ``name`` (equal titles are one milestone) or an explicit list. ``include`` and ``exclude`` are patterns
    over titles with ``*`` and ``?``. ``tracking`` maps a milestone's title to the key of the ticket that stands for it;
    tickets with ``tracking_label`` in a milestone do so without being listed.
    """

    kinds: tuple[MilestoneKind, ...] = (MilestoneKind.VERSION, MilestoneKind.MILESTONE)
    merge: Literal["name"] | tuple[Merger, ...] = "name"
    include: tuple[Words, ...] = ("*",)
    exclude: tuple[Words, ...] = ()
    tracking: dict[str, Words] = Field(default_factory=dict)
    tracking_label: Words = "release-tracking"
