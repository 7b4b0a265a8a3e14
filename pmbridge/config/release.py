"""What proves that a product may launch, when it launched, and how fast its bugs must be answered."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from pmbridge.config.section import Section, Words

_SPAN = re.compile(r"[1-9][0-9]*(bd|bh|d|h)")


def _span(text: str) -> str:
    if not _SPAN.fullmatch(text):
        raise ValueError(f"{text!r} is no span of time: write 2bd (business days), 4bh (business hours), 3d or 12h")
    return text


#: A span like 2bd (business days), 4bh (business hours), 3d or 12h (elapsed).
Span = Annotated[str, AfterValidator(_span)]


class AcceptanceSettings(Section):
    """The rules of the release gate; ``waivers`` is a file of accepted exceptions, beside the configuration."""

    must: tuple[Words, ...] = ()
    should: tuple[Words, ...] = ()
    waivers: Path | None = None
    fresh_days: int = Field(30, ge=1)


class LaunchEvidence(StrEnum):
    """What may tell the instant at which a version reached users."""

    DEPLOYMENT = "deployment"
    RELEASE = "release"
    VERSION = "version"
    TAG = "tag"


class LaunchSettings(Section):
    """Where a launch is read from, best evidence first."""

    evidence: tuple[LaunchEvidence, ...] = Field(
        (LaunchEvidence.RELEASE, LaunchEvidence.VERSION), alias="from", min_length=1
    )


class BugSettings(Section):
    """The time to resolve a bug, by the tracker's word for its severity or priority, in lower case."""

    sla: dict[str, Span] = Field(default_factory=dict)
