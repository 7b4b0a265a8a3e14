"""The sources of a product and what their last runs proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pmbridge.assessment import CertificateSummary, Source
from pmbridge.model import SourceState


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


def _summary(certificate: Mapping[str, Any]) -> CertificateSummary:
    """Keep of a certificate what the contract shows."""
    wanted = {name: certificate[name] for name in CertificateSummary.model_fields if name in certificate}
    return CertificateSummary.model_validate(wanted)
