"""What a rule was computed from, down to the trackers' own events: the contract of `pmbridge audit --explain`."""

from __future__ import annotations

from pmbridge.assessment.figures import Contract, Moment


class Input(Contract):
    """One number or word that went into a figure."""

    name: str
    value: str


class Evidence(Contract):
    """One event in a tracker; ``event`` is its id there: of the change, the worklog, or the creation."""

    at: Moment
    item: str
    what: str
    by: str | None
    event: str


class Explanation(Contract):
    """One rule of one milestone: what it measured, the inputs, and the events behind them, the oldest first."""

    milestone: str
    rule: str
    text: str
    inputs: tuple[Input, ...] = ()
    events: tuple[Evidence, ...] = ()
