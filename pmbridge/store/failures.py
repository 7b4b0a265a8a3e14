"""What a database's error means to a person."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from pmbridge.errors import StoreCorrupt, StoreError, StoreLocked

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


def explain(error: DBAPIError | sqlite3.Error, place: str) -> StoreError:
    """Return the error of ours that says what happened to the store at ``place``, and how to mend it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = _code(cause)
    if code in _LOCKED:
        return StoreLocked(f"Another program is writing to {place}. Wait until it has finished, then try again.")
    if code in _DAMAGED:
        return damaged(place)
    if code in _UNWRITABLE:
        return StoreError(
            f"{place} cannot be opened for writing. Check the rights of the file and of its folder, "
            "or change `store` in the configuration."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreError(f"There is no space left to write {place}. Free some and try again.")
    return StoreError(f"The store {place} refused: {cause}.")


def is_locked(error: sqlite3.Error) -> bool:
    """Say whether the only trouble is that another program is writing."""
    return _code(error) in _LOCKED


def damaged(place: str) -> StoreCorrupt:
    """Return the error for a file that is no store of ours, or not any more."""
    return StoreCorrupt(
        f"{place} is damaged or is not a store of pmbridge. Restore it from a backup, or move it away and run "
        "`pmbridge sync` to read everything anew."
    )


def _code(error: BaseException | None) -> int:
    """Return SQLite's primary code, without the extension that the driver reports along."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
