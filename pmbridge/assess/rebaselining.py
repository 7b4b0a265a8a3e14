"""A milestone's earned value against the baselines people agreed on: the present one, and the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pmbridge.assess.money import Account, account
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import FigureStatus, Risk
from pmbridge.history.days import local_day
from pmbridge.metrics import wording
from pmbridge.metrics.baseline import Baseline
from pmbridge.model import Freeze

#: From this many baselines on the promise itself is in doubt.
_MANY = 3


def agreed_account(stands: Standing, freezes: Sequence[Freeze], around: Surroundings) -> Account:
    """Measure against the last baseline, beside it by the first; the dates are those agreed on with each.

    Moving the due date is no recovery: until people freeze again, the date of the freeze counts.
    """
    if not freezes:
        return account(stands, around.reading, around.budgeting)
    now = account(_promised(stands, freezes[-1]), around.reading, around.budgeting)
    if len(freezes) == 1:
        return now
    first = account(_at(stands, freezes[0]), around.reading, around.budgeting).figures
    note = () if first.spi_t.status is FigureStatus.OK else first.spi_t.reasons
    figures = now.figures.model_copy(
        update={
            "spi_t_original": first.spi_t,
            "reasons": (*now.figures.reasons, *(f"first baseline: {n}" for n in note)),
        }
    )
    return replace(now, figures=figures)


def moved_often(freezes: Sequence[Freeze], around: Surroundings) -> Iterator[Risk]:
    """Yield the signal that a baseline was agreed on anew more than once."""
    if len(freezes) >= _MANY:
        last = freezes[-1]
        day = wording.day(local_day(last.at, around.reading.zone))
        text = f"The baseline was agreed on anew {len(freezes) - 1} times, last on {day} ({last.reason})."
        yield Risk(signal="baseline moved", severity="medium", item=None, since=last.at, text=text)


def _promised(stands: Standing, freeze: Freeze) -> Standing:
    if freeze.due is None:
        return stands
    return replace(stands, milestone=replace(stands.milestone, due=freeze.due))


def _at(stands: Standing, freeze: Freeze) -> Standing:
    """Set the baseline back to an earlier freeze."""
    return replace(_promised(stands, freeze), baseline=Baseline(freeze.at, "first freeze", committed=True))
