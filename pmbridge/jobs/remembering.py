"""What the ledger of an installation remembers, and how a step is written into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from pmbridge.connector import Action, Place, Surface
from pmbridge.document import Gist
from pmbridge.jobs.installation import Installation
from pmbridge.model import Ref, RefKind
from pmbridge.store.ledger import Outcome as Settled
from pmbridge.store.ledger import Receipt, iter_receipts, known, unanswered
from pmbridge.writeback.apply import Outcome, Row
from pmbridge.writeback.memory import Memory, Shown, address

#: A text that is rewritten more often than this in a day is in a fight with somebody, and rests.
OFTEN = 6

#: What was sent leaves a receipt, and nothing else.
SENT = {Outcome.DONE: Settled.DONE, Outcome.FAILED: Settled.FAILED, Outcome.UNKNOWN: Settled.UNKNOWN}


def recall(installation: Installation, now: datetime) -> Memory:
    """Read what is known of every place of the configured sources."""
    with installation.store.read() as conn:
        held = [receipt for name in installation.connectors for receipt in known(conn, name)]
        lost = [receipt for name in installation.connectors for receipt in unanswered(conn, name)]
        lately = list(iter_receipts(conn, since=now - timedelta(days=1)))
    return Memory(
        written=_addresses(held),
        shown=dict(_shown(held)),
        unsure=_addresses(lost),
        restless=_restless(lately),
    )


def remembered_places(installation: Installation) -> list[Place]:
    """List the places where something of ours stands, as far as the ledger knows."""
    with installation.store.read() as conn:
        return [_place(receipt) for name in installation.connectors for receipt in known(conn, name)]


def receipt(row: Row, run_id: str, at: datetime, mask: Callable[[str], str]) -> Receipt:
    """Write a step that was sent as a receipt; what stood there before is kept without secrets."""
    place, artifact = row.step.place, row.step.artifact
    return Receipt(
        run_id=run_id,
        at=at,
        source=place.target.source,
        target=place.target.address,
        project=place.target.project,
        key=place.target.key,
        surface=place.surface.value,
        slot=place.slot,
        action=row.step.action.value,
        before_fp=row.step.before,
        after_fp=artifact.fingerprint if artifact else None,
        remote_id=row.remote_id or row.step.remote_id,
        url=row.url,
        notifies=row.step.notifies,
        outcome=SENT[row.outcome],
        error=row.error,
        previous_text=mask(row.previous_text) if row.previous_text is not None else None,
        gist=artifact.gist.model_dump_json() if artifact and artifact.gist else None,
    )


def _addresses(receipts: Iterable[Receipt]) -> frozenset[str]:
    return frozenset(address(_place(receipt)) for receipt in receipts)


def _shown(receipts: Iterable[Receipt]) -> Iterator[tuple[str, Shown]]:
    for one in receipts:
        if one.gist is not None:
            yield address(_place(one)), Shown(one.after_fp, Gist.model_validate_json(one.gist))


def _restless(lately: Iterable[Receipt]) -> frozenset[str]:
    """Name the places that were rewritten more than `OFTEN` times; a refused update rewrote nothing."""
    updates = Counter(
        address(_place(r)) for r in lately if r.action == Action.UPDATE.value and r.outcome is not Settled.FAILED
    )
    return frozenset(place for place, count in updates.items() if count > OFTEN)


def _place(one: Receipt) -> Place:
    _, kind, native = one.target.split(":", 2)
    target = Ref(source=one.source, kind=RefKind(kind), id=native, project=one.project, key=one.key)
    return Place(target=target, surface=Surface(one.surface), slot=one.slot)
