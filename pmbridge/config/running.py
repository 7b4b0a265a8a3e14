"""How an installation runs by itself: what workers may ask of a tracker, and how long results are kept."""

from __future__ import annotations

from pydantic import Field

from pmbridge.config.section import Name, Section


class WorkerSettings(Section):
    """How a machine works as one of many.

    ``concurrency`` jobs at once; ``requests_per_minute`` is what all workers together may ask of a source; a worker
    that has not been heard of for ``stalled_after`` seconds has lost its jobs to the others.
    """

    concurrency: int = Field(2, ge=1, le=64)
    requests_per_minute: dict[Name, int] = Field(default_factory=dict)
    stalled_after: float = Field(60.0, gt=0)


class RetentionSettings(Section):
    """How many days unpublished assessments and certificates are kept, and the history of runs."""

    results_days: int = Field(400, ge=1)
    runs_days: int = Field(90, ge=1)
