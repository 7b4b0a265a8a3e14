"""The append-only record of what was written to trackers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, true

from pmbridge.model import Frozen, Instant
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import append
from pmbridge.store.schema import receipts

#: After these actions something of ours stands at the place.
_HOLDING = ("CREATE", "UPDATE", "KEEP", "PRUNE")
_REMOVING = ("DELETE",)


class Outcome(StrEnum):
    """How a step ended; ``unknown`` means that it was sent and no answer came."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Receipt(Frozen):
    """One step as it was carried out.

    ``target`` is the stable address of the thing (`Ref.address`); ``project`` and ``key`` are what it takes besides to
    look at it again. The fingerprints are those of the text before and after; ``previous_text`` is what stood there,
    where it may have to be restored. ``gist`` is what a reader takes from the text that was written, as its writer
    puts it.
    """

    run_id: str
    at: Instant
    source: str
    target: str
    project: str
    key: str
    surface: str
    slot: str
    action: str
    before_fp: str | None = None
    after_fp: str | None = None
    remote_id: str | None = None
    url: str | None = None
    notifies: str = "nobody"
    outcome: Outcome = Outcome.DONE
    error: str | None = None
    previous_text: str | None = None
    gist: str | None = None


def append_receipts(conn: Connection, written: Iterable[Receipt]) -> None:
    """Add receipts in the order given; none is ever changed or removed."""
    append(conn, receipts, [_row(receipt) for receipt in written])


def known(conn: Connection, source: str) -> tuple[Receipt, ...]:
    """Return the last receipt of every place of a source where something of ours stands, as far as we know."""
    table = receipts.c
    place = (table.source, table.target, table.surface, table.slot)
    settled = (table.source == source) & (table.outcome == Outcome.DONE.value)
    lasting = settled & table.action.in_(_HOLDING + _REMOVING)
    newest = select(func.max(table.id)).where(lasting).group_by(*place)
    held = select(receipts).where(table.id.in_(newest), table.action.in_(_HOLDING)).order_by(table.id)
    return tuple(map(_receipt, conn.execute(held)))


def unanswered(conn: Connection, source: str) -> tuple[Receipt, ...]:
    """Return the last receipt of every place of a source where it is unknown whether the step arrived."""
    table = receipts.c
    place = (table.source, table.target, table.surface, table.slot)
    newest = select(func.max(table.id)).where(table.source == source).group_by(*place)
    lost = (table.outcome == Outcome.UNKNOWN.value) & table.id.in_(newest)
    return tuple(map(_receipt, conn.execute(select(receipts).where(lost).order_by(table.id))))


def iter_receipts(
    conn: Connection,
    *,
    source: str | None = None,
    run_id: str | None = None,
    target: str | None = None,
    slot: str | None = None,
    since: datetime | None = None,
) -> Iterator[Receipt]:
    """Yield receipts, oldest first; ``target`` is an address or what people call the thing."""
    table = receipts.c
    wanted: list[ColumnElement[bool]] = [true()]
    given = ((table.source, source), (table.run_id, run_id), (table.slot, slot))
    wanted += [column == value for column, value in given if value is not None]
    if target is not None:
        wanted.append(or_(table.target == target, table.key == target))
    if since is not None:
        wanted.append(table.at >= to_micros(since))
    yield from map(_receipt, conn.execute(select(receipts).where(*wanted).order_by(table.id)))


def _row(receipt: Receipt) -> tuple[Any, ...]:
    values = receipt.model_dump() | {"at": to_micros(receipt.at)}
    return tuple(values[column.name] for column in receipts.columns if column.name != "id")


def _receipt(row: Row[Any]) -> Receipt:
    values = row._asdict()
    del values["id"]
    return Receipt(**values | {"at": from_micros(row.at)})
