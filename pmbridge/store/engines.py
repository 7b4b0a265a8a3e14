"""How each kind of database is reached and how its transactions begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from pmbridge.errors import StoreError
from pmbridge.store import postgresql, sqlite

#: How `store` is written, for messages.
FORMS = "Write `store` like sqlite:///pmbridge.db or postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of database.

    ``place`` names a store for people, ``connect`` makes its engine, ``prepare`` looks it over, and ``snapshot`` are
    the options of a connection that sees one instant.
    """

    place: Callable[[URL], str]
    connect: Callable[[URL, float], Engine]
    prepare: Callable[[Engine, float], None]
    snapshot: dict[str, object]


_KINDS = {
    "sqlite": Kind(sqlite.place, sqlite.connect, sqlite.prepare, {}),
    "postgresql": Kind(postgresql.place, postgresql.connect, postgresql.prepare, postgresql.SNAPSHOT),
}


def parsed(url: str) -> tuple[URL, Kind]:
    """Read a store's URL; raises `StoreError` for a typo or an unknown kind, without repeating what may be secret."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError(f"`store` is not a database URL. {FORMS}.") from None
    name = found.get_backend_name()
    if name not in _KINDS:
        raise StoreError(f"A store in {name} is not supported. {FORMS}.")
    return found, _KINDS[name]
