"""Everything the rules of a gate look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pmbridge.metrics.acceptance.authority import HeldSignoff
from pmbridge.metrics.acceptance.figures import Figures
from pmbridge.metrics.acceptance.matrix import Matrix, Row
from pmbridge.metrics.acceptance.requirement import Priority
from pmbridge.metrics.acceptance.work_lists import Defect, WorkLists
from pmbridge.model import RuleName


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on the measured rules hold, and the quality characteristics that somebody must have looked at."""

    should_verified: float = 0.95
    pass_rate_lower: float = 0.90
    flaky_share: float = 0.02
    characteristics: tuple[str, ...] = ("security",)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One milestone before its gate; ``open_defects`` are those in its scope, ``arrivals`` Laplace's u of them."""

    matrix: Matrix
    figures: Figures
    lists: WorkLists
    open_defects: Sequence[Defect] = ()
    environments: Sequence[str] = ()
    signoffs: Mapping[RuleName, Sequence[HeldSignoff]] = field(default_factory=dict)
    arrivals: float | None = None
    limits: Limits = Limits()

    def of(self, priority: Priority) -> list[Row]:
        """Return the requirements of one priority."""
        return [row for row in self.matrix.rows if row.requirement.priority is priority]
