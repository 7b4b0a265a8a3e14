"""Freezes: the instants at which people agreed on what a milestone holds and when it is due."""

from __future__ import annotations

from datetime import date

from pmbridge.model.refs import Frozen, Instant


class Freeze(Frozen):
    """One agreed baseline of a milestone.

    The first one is the original; every later one is a re-baseline and names who approved it. ``start`` and ``due`` are
    the dates that were agreed on with it.
    """

    milestone: str
    at: Instant
    author: str
    reason: str
    approver: str | None = None
    start: date | None = None
    due: date | None = None
