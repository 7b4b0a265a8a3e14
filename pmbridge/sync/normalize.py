"""Deriving every row of a source anew from the payloads that are kept, after its mapping changed."""

from __future__ import annotations

from dataclasses import dataclass

from pmbridge.connector import Connector, Normalizing
from pmbridge.errors import StoreError
from pmbridge.store import Store, acquire
from pmbridge.store.ingest import write_page
from pmbridge.store.payloads import batches, count_without, learned
from pmbridge.store.temporal import rebuild
from pmbridge.sync.certificate import GapKind


@dataclass(frozen=True, slots=True)
class Normalized:
    """How many items were mapped again, and how many kept what they had for want of a payload."""

    source: str
    items: int
    kept: int


def normalize_source(connector: Connector, store: Store, *, holder: str) -> Normalized:
    """Map all payloads of a source again, in one transaction and without a request.

    Raises `StoreError` where the connector cannot do so, and what it raises for a payload; nothing is then changed.
    """
    if not isinstance(connector, Normalizing):
        raise StoreError(f"{connector.kind} cannot map stored payloads again. Run `pmbridge sync --full`.")
    with acquire(store, connector.name, holder) as lease, lease.write() as conn:
        by, items = learned(conn, connector.name), 0
        for batch in batches(conn, connector.name):
            page = connector.normalize(batch.project, batch.raw, by)
            partial = {id_ for id_, gap in batch.gaps.items() if gap == GapKind.PARTIAL_HISTORY}
            named = tuple(sorted(partial | set(page.partial_history)))
            page = page.model_copy(update={"partial_history": named, "raw": {}})
            write_page(conn, connector.name, page, seen_at=batch.seen_at, gaps=batch.gaps)
            items += len(batch.raw)
        rebuild(conn, connector.name)
        return Normalized(connector.name, items, count_without(conn, connector.name))
