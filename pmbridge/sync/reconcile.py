"""Finding what a tracker no longer shows, and believing it only after a second look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pmbridge.connector import Finding, Reconciling, Whereabouts
from pmbridge.store import Lease, Store
from pmbridge.store.tombstones import Tombstone, bury, last_reconciled, standing, write_reconciled
from pmbridge.sync.certificate import Gap, GapKind

#: A project is compared item by item at least so often.
EVERY = timedelta(days=1)
#: More than so many items, and more than this share of a project, never vanish at once on one answer's word.
FEW, SHARE = 20, 0.1
_NAMED = 20

_REASONS = {
    Finding.GONE: "deleted, or no longer visible to this token",
    Finding.ARCHIVED: "archived",
}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison came to.

    ``listed`` are the items the tracker shows. ``unread`` are shown and not held, among them those that came back.
    ``gaps`` is the refusal of a mass loss; ``notes`` name what was buried.
    """

    listed: frozenset[str]
    unread: int
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Compares one project with its tracker, whose clock stands at ``now``.

    ``accept_losses`` is a person's word that a great many items are gone indeed.
    """

    connector: Reconciling
    store: Store
    lease: Lease
    source: str
    project: str
    now: datetime
    accept_losses: bool = False

    def due(self, *, full: bool, counted: int | None, stored: int) -> bool:
        """Say whether to compare: after a full read that left a doubt, where counts disagree, and once a day."""
        with self.store.read() as conn:
            last = last_reconciled(conn, self.source, self.project)
        return full or counted != stored or last is None or self.now - last >= EVERY

    def run(self) -> Reconciled:
        """List the ids the tracker shows, look directly at what is missing there, and bury what is gone.

        Raises what the connector and the store raise; nothing is buried then.
        """
        listed = frozenset(self.connector.list_ids(self.project))
        with self.store.read() as conn:
            held = standing(conn, self.source, self.project)
        missing = {item: key for item, key in held.items() if item not in listed}
        unread = len(listed - held.keys())
        if self._is_mass(len(missing), len(held)):
            return Reconciled(listed, unread, gaps=(self._refusal(missing, len(held)),))
        stones = self._confirmed(missing)
        with self.lease.write() as conn:
            bury(conn, stones)
            write_reconciled(conn, self.source, self.project, self.now)
        return Reconciled(listed, unread, notes=tuple(f"{s.key} is gone: {s.reason}." for s in stones))

    def note(self) -> None:
        """Note that the project was compared: a whole read of as many items as are counted and held has done it."""
        with self.lease.write() as conn:
            write_reconciled(conn, self.source, self.project, self.now)

    def unheld(self, listed: frozenset[str]) -> tuple[str, ...]:
        """Return the keys of the first of those items that the tracker shows and that are still not held."""
        with self.store.read() as conn:
            wanting = sorted(listed - standing(conn, self.source, self.project).keys(), key=_by_number)[:_NAMED]
        seen = self.connector.find(self.project, {item: item for item in wanting}) if wanting else ()
        return tuple(where.key or where.item for where in seen)

    def _is_mass(self, missing: int, held: int) -> bool:
        return not self.accept_losses and missing > FEW and missing > held * SHARE

    def _refusal(self, missing: dict[str, str], held: int) -> Gap:
        text = (
            f"{len(missing)} of {held} items of {self.project} are missing from one listing, too many to be believed: "
            "none was counted as gone. Check what the token may see; if they are gone indeed, run "
            "`pmbridge sync --full --accept-losses`."
        )
        named = tuple(sorted(missing.values())[:_NAMED])
        return Gap(project=self.project, kind=GapKind.MASS_LOSS, text=text, items=named)

    def _confirmed(self, missing: dict[str, str]) -> list[Tombstone]:
        """Look at each missing item; one that is found where it was is a listing that lags behind."""
        if not missing:
            return []
        seen = self.connector.find(self.project, missing)
        return [self._stone(where, missing[where.item]) for where in seen if where.finding is not Finding.HERE]

    def _stone(self, where: Whereabouts, key: str) -> Tombstone:
        reason = _REASONS.get(where.finding) or f"moved, and called {where.key} now"
        return Tombstone(self.source, where.item, self.project, key, reason, self.now)


def _by_number(id_: str) -> tuple[int, str]:
    return len(id_), id_
