"""Comparing who is in a milestone with what its tracker counts there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmbridge.connector import Tally, Tallying
from pmbridge.store import Store
from pmbridge.store.holdings import count_members, members_of, sound_keys
from pmbridge.sync.certificate import Gap, GapKind

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Members:
    """The milestones of one project whose items the tracker counts."""

    connector: Tallying
    store: Store
    source: str
    project: str
    tallies: Sequence[Tally]

    def disputed(self) -> tuple[str, ...]:
        """Return the milestones of which another number of items is held than the tracker counts."""
        with self.store.read() as conn:
            held = count_members(conn, self.source, self.project)
        own = (tally for tally in self.tallies if tally.project == self.project)
        return tuple(tally.milestone for tally in own if held.get(tally.milestone, 0) != tally.items)

    def gaps(self, milestones: Sequence[str]) -> tuple[Gap, ...]:
        """Look item by item into some milestones: counts lag, and count what may not be seen; lists do not."""
        return tuple(gap for milestone in milestones if (gap := self._gap(milestone)))

    def _gap(self, milestone: str) -> Gap | None:
        """Compare one milestone; items that are missing, or whose history is broken, have gaps of their own."""
        shown = frozenset(self.connector.list_members(self.project, milestone))
        with self.store.read() as conn:
            held = members_of(conn, self.source, self.project, milestone)
            keys = sound_keys(conn, self.source, shown ^ held)
        if not keys:
            return None
        text = (
            f"{milestone} of {self.project} has {len(shown)} items in the tracker and {len(held)} in the store. "
            "Run `pmbridge sync --full`."
        )
        return Gap(project=self.project, kind=GapKind.MISPLACED, text=text, items=keys[:_NAMED])
