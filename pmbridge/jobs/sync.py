"""Reading all sources, one after the other, so that the trouble of one does not stop the next."""

from __future__ import annotations

from collections.abc import Sequence

from pmbridge.jobs.installation import Installation
from pmbridge.sync import Certificate, Report, sync_source
from pmbridge.sync.progress import say_nothing


def sync_all(
    installation: Installation,
    *,
    holder: str,
    sources: Sequence[str] = (),
    full: bool = False,
    report: Report = say_nothing,
) -> list[Certificate]:
    """Read what changed in some sources, by default in all, and return each one's certificate.

    A source that fails has a certificate that says so; `StoreError` ends the whole run.
    """
    chosen = installation.sources(sources)
    return [
        sync_source(connector, installation.store, holder=holder, full=full, progress=report)
        for connector in chosen.values()
    ]
