"""The baselines that people agreed on; none is ever changed or removed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, func, select

from pmbridge.model import Freeze
from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import append
from pmbridge.store.schema import freezes


def save_freeze(conn: Connection, product: str, freeze: Freeze) -> None:
    """Keep one more baseline of a milestone."""
    row = (
        product,
        freeze.milestone,
        to_micros(freeze.at),
        freeze.author,
        freeze.reason,
        freeze.approver,
        _text(freeze.start),
        _text(freeze.due),
    )
    append(conn, freezes, [row])


def count_freezes(conn: Connection, product: str) -> int:
    """Return how many baselines of a product there are: since none is ever changed, the number tells of a new one."""
    return conn.execute(select(func.count()).select_from(freezes).where(freezes.c.product == product)).scalar_one()


def read_freezes(conn: Connection, product: str) -> dict[str, tuple[Freeze, ...]]:
    """Return all baselines of a product by the key of the milestone, the oldest first."""
    found: defaultdict[str, list[Freeze]] = defaultdict(list)
    for row in conn.execute(select(freezes).where(freezes.c.product == product).order_by(freezes.c.at)):
        found[row.milestone].append(
            Freeze(
                milestone=row.milestone,
                at=from_micros(row.at),
                author=row.author,
                reason=row.reason,
                approver=row.approver,
                start=_date(row.start),
                due=_date(row.due),
            )
        )
    return {milestone: tuple(own) for milestone, own in found.items()}


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
