"""The proof of a run: what the tracker has, what is held, and what is wanting."""

from __future__ import annotations

from enum import StrEnum

from pmbridge.errors import ConnectorError, NotFound
from pmbridge.model import Frozen, Instant


class CertificateStatus(StrEnum):
    """Everything is held, something is wanting, or the source could not be read to its end."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class GapKind(StrEnum):
    """What may be wanting."""

    GONE = "gone"
    MISSING = "missing"
    UNCOUNTED = "uncounted"
    PARTIAL_HISTORY = "partial_history"
    HISTORY_GAP = "history_gap"
    MISSING_FIELD = "missing_field"
    MISPLACED = "misplaced"
    MASS_LOSS = "mass_loss"
    INTERRUPTED = "interrupted"


class Gap(Frozen):
    """Something that is wanting, in a sentence for people; ``items`` are keys, the first ones where there are many.

    ``project`` is ``None`` where the gap concerns the whole source.
    """

    project: str | None
    kind: GapKind
    text: str
    items: tuple[str, ...] = ()


class ProjectCount(Frozen):
    """What the tracker says one project has, and what is held of it."""

    project: str
    items_tracker: int | None
    items_stored: int
    changes_stored: int
    tombstones: int = 0


class Certificate(Frozen):
    """The proof of one run over one source.

    Counts are totals of what is held for ``projects`` after the run, not of what the run moved; ``items_tracker`` is
    ``None`` where the tracker does not say. ``counts`` has the same by project. ``notes`` are things to know that
    take nothing away from completeness. ``requests``, ``bytes`` and ``waited_seconds`` are what the run cost; its
    start and end are by the clock here, and ``clock_skew_seconds`` is how far the tracker's is ahead of it, ``None``
    where the tracker was not reached.
    """

    source: str
    projects: tuple[str, ...]
    status: CertificateStatus
    items_tracker: int | None
    items_stored: int
    changes_stored: int
    tombstones: int = 0
    counts: tuple[ProjectCount, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0
    bytes: int = 0
    waited_seconds: float = 0.0
    clock_skew_seconds: float | None = None
    started_at: Instant
    finished_at: Instant


def interrupted(project: str | None, error: ConnectorError) -> Gap:
    """Return the gap that an error leaves in a project, or in the whole source."""
    text = f"{project or 'The source'} could not be read to its end: {error}"
    if project is not None and isinstance(error, NotFound):
        text += " Check `projects` of this source: does the account see it?"
    return Gap(project=project, kind=GapKind.INTERRUPTED, text=text)
