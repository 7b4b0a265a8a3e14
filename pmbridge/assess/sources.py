"""The sources of a product and what their last runs proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pmbridge.assessment import CertificateSummary, HygieneFinding, Source
from pmbridge.metrics import wording
from pmbridge.model import SourceState

#: A lag where the usual interval is not known, and the least that is one.
_UNKNOWN, _LEAST = timedelta(days=1), timedelta(hours=1)


def sources(states: Iterable[SourceState]) -> tuple[Source, ...]:
    """Describe every source; one that has never been read has no certificate."""
    return tuple(
        Source(
            name=state.name,
            kind=state.kind,
            url=state.url,
            synced_at=state.synced_at,
            certificate=None if state.certificate is None else _summary(state.certificate),
        )
        for state in states
    )


def lagging(states: Iterable[SourceState], as_of: datetime) -> dict[str, str]:
    """Say by name of sources that were read long before the rest, by more than twice their usual interval.

    Sources of one pass are never read at the same instant, so less than an hour is no lag; where no interval is known
    yet, a day is one. What was read after ``as_of`` does not lag then.
    """
    read = [(state, state.synced_at) for state in states if state.synced_at is not None]
    newest = min(as_of, max((at for _, at in read), default=as_of))
    found = {}
    for state, at in read:
        usual = _UNKNOWN if state.interval is None else max(_LEAST, 2 * state.interval)
        if newest - at > usual:
            often = "" if state.interval is None else f", though usually no more than {_span(state.interval)} pass"
            found[state.name] = f"{state.name} was read {_span(newest - at)} before the rest{often}"
    return found


def late_reads(states: Iterable[SourceState], as_of: datetime) -> Iterator[HygieneFinding]:
    """Yield a finding for each source that lags."""
    for text in lagging(states, as_of).values():
        yield HygieneFinding(gap="sync lag", share=None, text=f"{text}. See `pmbridge sync` for what holds it up.")


def _span(length: timedelta) -> str:
    """Write a length of time in its largest whole unit."""
    minutes = max(1, round(length / timedelta(minutes=1)))
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return wording.count(round(minutes / size), unit)
    return wording.count(minutes, "minute")


def _summary(certificate: Mapping[str, Any]) -> CertificateSummary:
    """Keep of a certificate what the contract shows."""
    wanted = {name: certificate[name] for name in CertificateSummary.model_fields if name in certificate}
    return CertificateSummary.model_validate(wanted)
