"""Comparing what is held of one project with what its tracker says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pmbridge.store import Store
from pmbridge.store.counts import Counts, count, kept_counts
from pmbridge.store.holdings import Keys, keys_unseen, keys_with_gap
from pmbridge.sync.certificate import Gap, GapKind
from pmbridge.sync.pull import Pulled

#: How many items a gap names; it always says how many there are.
NAMED = 20

NONE: Keys = (0, ())


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of a project after a run; ``items_tracker`` is ``None`` where the tracker does not say.

    ``counts`` are those that were made anew, to be kept.
    """

    project: str
    items_tracker: int | None
    items_stored: int
    changes_stored: int
    gaps: tuple[Gap, ...]
    tombstones: int = 0
    counts: Counts | None = None


def look(store: Store, source: str, project: str, gaps: tuple[Gap, ...] = ()) -> Holding:
    """Count what is stored of a project that was not read to its end in this run."""
    with store.read() as conn:
        known = kept_counts(conn, source, project)
        held = known or count(conn, source, project)
    return Holding(project, None, held.items, held.changes, gaps, held.gone, None if known else held)


def examine(store: Store, source: str, project: str, counted: int | None, pulled: Pulled) -> Holding:
    """Count what is stored, unless nothing has changed since it was counted, and name everything that is wanting."""
    with store.read() as conn:
        known = None if pulled.whole else kept_counts(conn, source, project)
        held = known or count(conn, source, project)
        unseen = keys_unseen(conn, source, project, pulled.started_at, limit=NAMED) if pulled.whole else NONE
        partial = keys_with_gap(conn, source, project, GapKind.PARTIAL_HISTORY, limit=NAMED)
        broken = keys_with_gap(conn, source, project, GapKind.HISTORY_GAP, limit=NAMED)
    gaps = (
        *_of_counts(project, counted, held.items, unseen),
        *_of_items(project, GapKind.PARTIAL_HISTORY, partial, "could be read only in part"),
        *_of_items(project, GapKind.HISTORY_GAP, broken, "does not hang together: a change is missing in it"),
    )
    return Holding(project, counted, held.items, held.changes, gaps, held.gone, None if known else held)


def _of_counts(project: str, counted: int | None, stored: int, unseen: Keys) -> Iterator[Gap]:
    gone, keys = unseen
    if gone:
        text = f"{_items(gone)} not met by a full read of {project}: gone, or no longer visible to this token."
        yield Gap(project=project, kind=GapKind.GONE, text=text, items=keys)
    elif counted is not None and counted < stored:
        text = f"{_items(stored - counted)} gone from {project} or no longer visible. Run `pmbridge sync --full`."
        yield Gap(project=project, kind=GapKind.GONE, text=text)
    if counted is None:
        text = f"The tracker does not say how many items {project} has: nothing proves that all are here."
        yield Gap(project=project, kind=GapKind.UNCOUNTED, text=text)
    elif counted > stored - gone:
        text = f"{_items(counted - stored + gone)} in {project} but not in the store. Run `pmbridge sync --full`."
        yield Gap(project=project, kind=GapKind.MISSING, text=text)


def _of_items(project: str, kind: GapKind, found: Keys, wanting: str) -> Iterator[Gap]:
    count, keys = found
    if count:
        whose = "1 item" if count == 1 else f"{count} items"
        yield Gap(project=project, kind=kind, text=f"The history of {whose} of {project} {wanting}.", items=keys)


def _items(count: int) -> str:
    return "1 item is" if count == 1 else f"{count} items are"
