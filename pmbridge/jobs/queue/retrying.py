"""Deciding whether a job that failed is tried again, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from pmbridge.errors import RateLimited, StoreLocked, StoreUnavailable, Unavailable
from pmbridge.jobs.queue.work import TryAgain
from pmbridge.jobs.stopping import Stopped

#: After so many attempts a job is dead until a person retries it.
ATTEMPTS = 8

_FIRST, _LONGEST = timedelta(seconds=15), timedelta(hours=1)
_PASSING = (TryAgain, Unavailable, StoreLocked, StoreUnavailable)


class Patience(BaseRetryStrategy):
    """Tries again what may pass: at the instant the tracker names, else after pauses that double."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, ``None`` for never."""
        if isinstance(exception, Stopped):
            # The worker stops, not the job: another one takes it at once.
            return RetryDecision(retry_at=datetime.now(UTC))
        if not isinstance(exception, _PASSING) or job.attempts >= ATTEMPTS:
            return None
        return RetryDecision(retry_at=max(_named(exception), datetime.now(UTC) + pause(job.attempts)))


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    return min(_LONGEST, _FIRST * float(2**attempts))


def _named(exception: BaseException) -> datetime:
    told = exception.at if isinstance(exception, TryAgain) else None
    told = exception.retry_at if isinstance(exception, RateLimited) else told
    return told or datetime.min.replace(tzinfo=UTC)
