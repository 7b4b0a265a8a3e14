"""What a run found, and the certificate it amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pmbridge.connector import Usage
from pmbridge.sync.certificate import Certificate, CertificateStatus, Gap, ProjectCount
from pmbridge.sync.holding import Holding


@dataclass(frozen=True, slots=True)
class Findings:
    """What came to light in a run; ``gaps`` are those of the whole source, each holding has its project's own."""

    failed: bool
    holdings: tuple[Holding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    clock_skew_seconds: float | None = None

    def with_more(self, gaps: Sequence[Gap], notes: Sequence[str]) -> Findings:
        """Return the findings with further gaps of the source, and notes."""
        return replace(self, gaps=(*self.gaps, *gaps), notes=(*self.notes, *notes))

    @property
    def all_gaps(self) -> tuple[Gap, ...]:
        """Return the gaps of the source, then those of its projects."""
        return (*self.gaps, *(gap for held in self.holdings for gap in held.gaps))

    @property
    def status(self) -> CertificateStatus:
        """Return the status that the gaps allow."""
        if self.failed:
            return CertificateStatus.FAILED
        return CertificateStatus.PARTIAL if self.all_gaps else CertificateStatus.COMPLETE

    @property
    def items_tracker(self) -> int | None:
        """Return the tracker's count of all projects, or ``None`` if it is not known of every one."""
        counts = [held.items_tracker for held in self.holdings if held.items_tracker is not None]
        return sum(counts) if self.holdings and len(counts) == len(self.holdings) else None


def certify(
    source: str, found: Findings, before: Usage, after: Usage, started_at: datetime, finished_at: datetime
) -> Certificate:
    """Return the certificate of a run that cost the difference between two usages."""
    return Certificate(
        source=source,
        projects=tuple(held.project for held in found.holdings),
        status=found.status,
        items_tracker=found.items_tracker,
        items_stored=sum(held.items_stored for held in found.holdings),
        changes_stored=sum(held.changes_stored for held in found.holdings),
        tombstones=sum(held.tombstones for held in found.holdings),
        counts=tuple(_count(held) for held in found.holdings),
        gaps=found.all_gaps,
        notes=found.notes,
        clock_skew_seconds=found.clock_skew_seconds,
        requests=after.requests - before.requests,
        bytes=after.bytes_received - before.bytes_received,
        waited_seconds=after.waited_seconds - before.waited_seconds,
        started_at=started_at,
        finished_at=finished_at,
    )


def _count(held: Holding) -> ProjectCount:
    return ProjectCount(
        project=held.project,
        items_tracker=held.items_tracker,
        items_stored=held.items_stored,
        changes_stored=held.changes_stored,
        tombstones=held.tombstones,
    )
