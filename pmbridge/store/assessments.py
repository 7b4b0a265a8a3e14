"""The assessments that were made, so that a report can say what has changed since the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pmbridge.model.instants import from_micros, to_micros
from pmbridge.store.bulk import append
from pmbridge.store.schema import assessments


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """One assessment of a product; ``body`` is its JSON text, byte for byte as it was computed.

    ``digest`` tells assessments of one instant apart; ``published`` says that people were shown it.
    """

    product: str
    as_of: datetime
    digest: str
    body: str
    published: bool = False


def save_assessment(conn: Connection, made: StoredAssessment) -> None:
    """Store an assessment; one that was published stays so when it is computed again."""
    here = _at(made.product, made.as_of, made.digest)
    values: dict[str, Any] = {"body": made.body}
    if made.published:
        values["published"] = 1
    if conn.execute(update(assessments).where(here).values(**values)).rowcount == 0:
        row = made.product, to_micros(made.as_of), made.digest, int(made.published), made.body
        append(conn, assessments, [row])


def last_published(conn: Connection, product: str, *, before: datetime) -> StoredAssessment | None:
    """Return the latest published assessment of a product for an instant earlier than ``before``."""
    table = assessments.c
    shown = (table.product == product) & (table.published == 1) & (table.as_of < to_micros(before))
    newest = select(assessments).where(shown).order_by(table.as_of.desc(), table.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return None if row is None else _stored(row)


def _at(product: str, as_of: datetime, digest: str) -> Any:
    table = assessments.c
    return (table.product == product) & (table.as_of == to_micros(as_of)) & (table.digest == digest)


def _stored(row: Row[Any]) -> StoredAssessment:
    return StoredAssessment(row.product, from_micros(row.as_of), row.digest, row.body, bool(row.published))
