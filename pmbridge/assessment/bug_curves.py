"""The curves behind the figures on bugs after a launch, for those who draw them."""

from __future__ import annotations

from datetime import date

from pmbridge.assessment.figures import Contract


class Curve(Contract):
    """The share that still waits after so many days, from 1 at 0, with its 95 % band; it holds until the next day."""

    days: tuple[float, ...]
    waiting: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class GrowthCurve(Contract):
    """Defects found by the end of each day as the model has it, with the 90 % interval; it goes beyond today."""

    dates: tuple[date, ...]
    fitted: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
