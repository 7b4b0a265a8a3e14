"""The bricks of the contract: closed values, instants with ``Z``, and figures that say why they are missing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from pmbridge.model import Instant


def _with_z(value: datetime) -> str:
    return value.isoformat(timespec="microseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


#: An instant that is written as ISO 8601 in UTC with ``Z``.
Moment = Annotated[Instant, PlainSerializer(_with_z, return_type=str, when_used="json")]


class Contract(BaseModel):
    """A part of the contract: immutable, and closed to fields nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class FigureStatus(StrEnum):
    """Whether a derived figure may be used."""

    OK = "ok"
    INSUFFICIENT = "insufficient"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    REFUSED = "refused"


class Confidence(StrEnum):
    """How far a figure can be trusted, from A (fully) to D (hardly)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Figure(Contract):
    """A derived figure: never a bare number. ``n`` is the sample size, ``interval`` its bounds where there are any."""

    value: float | None
    unit: str
    status: FigureStatus = FigureStatus.OK
    n: int | None = None
    interval: tuple[float, float] | None = None
    confidence: Confidence | None = None
    reasons: tuple[str, ...] = ()


def missing(unit: str, reason: str, status: FigureStatus = FigureStatus.UNKNOWN) -> Figure:
    """Make a figure that says why there is none."""
    return Figure(value=None, unit=unit, status=status, reasons=(reason,))
