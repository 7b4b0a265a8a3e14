"""Keeping the store to what the configuration says is kept."""

from __future__ import annotations

import secrets as randomness
from datetime import datetime, timedelta

from pmbridge.config import Settings
from pmbridge.store import Store
from pmbridge.store.erasure import Erased, erase_person
from pmbridge.store.retention import forget, prune, stale_places


def prune_store(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Delete what has served its time, and return how many rows of what."""
    keep = settings.retention
    with store.write() as conn:
        return prune(conn, now=now, results=timedelta(days=keep.results_days), runs=timedelta(days=keep.runs_days))


def unconfigured_places(store: Store, settings: Settings) -> list[tuple[str, str]]:
    """List the projects that are stored and that no source names any more."""
    configured = {
        name: [*getattr(source.options, "projects", ()), *getattr(source.options, "groups", ())]
        for name, source in settings.sources.items()
    }
    with store.read() as conn:
        return stale_places(conn, configured)


def forget_places(store: Store, places: list[tuple[str, str]]) -> int:
    """Delete projects with everything of theirs, and return how many items that were."""
    with store.write() as conn:
        return forget(conn, places)


def erase(store: Store, source: str, person: str) -> Erased | None:
    """Erase a person; the pseudonym cannot be traced back, since its salt is thrown away."""
    with store.write() as conn:
        return erase_person(conn, source, person, salt=randomness.token_hex(16))
