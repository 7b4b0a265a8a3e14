"""The past weeks a simulation draws from, and whether there are enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Weeks with a finish from which on a simulation answers, and from which its word is worth more.
MIN_WEEKS, MEDIUM_WEEKS, HIGH_WEEKS = 4, 8, 12
_PAUSE_WEEKS = 4


class TooLittleHistoryError(ValueError):
    """The past weeks do not allow a simulation; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """Finishes a week, oldest first, and the net growth of the scope in the same weeks, if it is known.

    Counts may be fractions: a week with closed days is given as what it would have been with all of them open.
    """

    finished: tuple[float, ...]
    grown: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.finished or min(self.finished) < 0:
            raise ValueError("finishes must be counts of 0 or more, at least one week of them")
        if self.grown and len(self.grown) != len(self.finished):
            raise ValueError("growth must be known for the same weeks as the finishes")

    @property
    def busy(self) -> int:
        """Weeks with a finish."""
        return sum(count > 0 for count in self.finished)

    @property
    def mean(self) -> float:
        """Finishes a week."""
        return sum(self.finished) / len(self.finished)

    @property
    def is_paused(self) -> bool:
        """Whether nothing was finished in the last four weeks after something had been."""
        return len(self.finished) > _PAUSE_WEEKS and not any(self.finished[-_PAUSE_WEEKS:]) and self.busy > 0

    @property
    def confidence(self) -> str:
        """How far an answer from these weeks can be trusted."""
        return "high" if self.busy >= HIGH_WEEKS else "medium" if self.busy >= MEDIUM_WEEKS else "low"

    def require(self, least: int = MIN_WEEKS) -> None:
        """Raise `TooLittleHistoryError` where there are fewer than ``least`` weeks with a finish."""
        if self.busy == 0:
            raise TooLittleHistoryError(f"no throughput in {len(self.finished)} weeks")
        if self.busy < least:
            raise TooLittleHistoryError(f"only {self.busy} of the {least} weeks with a finish that are needed")


def per_full_week(counts: Sequence[int], open_share: Sequence[float]) -> tuple[float, ...]:
    """Return what each week would have brought with all its days open; weeks without an open day are left out.

    ``open_share`` is the part of a usual week's working days that were open. What was finished in a closed week is
    added to the next one.
    """
    found, carried = [], 0.0
    for count, share in zip(counts, open_share, strict=True):
        if share <= 0:
            carried += count
        else:
            found.append((count + carried) / share)
            carried = 0.0
    return tuple(found)
