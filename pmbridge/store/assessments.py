"""The assessments that were made, so that a report can say what has changed since the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pmbridge.model.instants import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from pmbridge.store.bulk import append
from pmbridge.store.schema import assessments

#: What is known of an assessment without its body.
_KNOWN = tuple(assessments.c[name] for name in ("product", "as_of", "digest", "published", "seen", "until"))


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """One assessment of a product; ``body`` is its JSON text, byte for byte as it was computed.

    ``digest`` tells assessments of one instant apart; ``published`` says that people were shown it. ``seen`` names all
    that it rests on: while that is the same, it holds ``until`` an instant. Without it, it was made for a look only.
    """

    product: str
    as_of: datetime
    digest: str
    body: str
    published: bool = False
    seen: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of an assessment without reading it."""

    product: str
    as_of: datetime
    digest: str
    published: bool
    seen: str | None
    until: datetime | None


def save_assessment(conn: Connection, made: StoredAssessment) -> Made:
    """Store an assessment and return what is kept; one that was published stays so when it is computed again."""
    here = _at(made.product, made.as_of, made.digest)
    held = {"seen": made.seen, "until": to_micros_or_none(made.until)}
    values: dict[str, Any] = {"body": made.body} | (held if made.seen is not None else {})
    if made.published:
        values["published"] = 1
    if conn.execute(update(assessments).where(here).values(**values)).rowcount == 0:
        row = made.product, to_micros(made.as_of), made.digest, int(made.published), made.body
        append(conn, assessments, [(*row, *held.values())])
    chosen = select(*_KNOWN).where(here)
    return _made(conn.execute(chosen).one())


def last_published(conn: Connection, product: str, *, before: datetime) -> StoredAssessment | None:
    """Return the latest published assessment of a product for an instant earlier than ``before``."""
    table = assessments.c
    shown = (table.product == product) & (table.published == 1) & (table.as_of < to_micros(before))
    newest = select(assessments).where(shown).order_by(table.as_of.desc(), table.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return None if row is None else _stored(row)


def last_made(conn: Connection, product: str) -> Made | None:
    """Return what is known of the latest assessment of a product."""
    table = assessments.c
    newest = select(*_KNOWN).where(table.product == product).order_by(table.as_of.desc(), table.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return None if row is None else _made(row)


def read_body(conn: Connection, made: Made) -> str:
    """Return the JSON text of an assessment."""
    chosen = select(assessments.c.body).where(_at(made.product, made.as_of, made.digest))
    body: str = conn.execute(chosen).scalar_one()
    return body


def mark_published(conn: Connection, made: Made) -> None:
    """Note that people were shown an assessment."""
    conn.execute(update(assessments).where(_at(made.product, made.as_of, made.digest)).values(published=1))


def _at(product: str, as_of: datetime, digest: str) -> Any:
    table = assessments.c
    return (table.product == product) & (table.as_of == to_micros(as_of)) & (table.digest == digest)


def _made(row: Row[Any]) -> Made:
    until = from_micros_or_none(row.until)
    return Made(row.product, from_micros(row.as_of), row.digest, bool(row.published), row.seen, until)


def _stored(row: Row[Any]) -> StoredAssessment:
    until = from_micros_or_none(row.until)
    return StoredAssessment(
        row.product, from_micros(row.as_of), row.digest, row.body, bool(row.published), row.seen, until
    )
