"""What a database's error means to a person."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from pmbridge.errors import StoreCorrupt, StoreError, StoreLocked, StoreUnavailable

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})

#: PostgreSQL's codes: a lock not had in time, a deadlock, a lost race.
_CONTENDED = frozenset({"55P03", "40P01", "40001"})
#: Disk full; read-only server or transaction; missing rights.
_FULL, _READ_ONLY, _DENIED = "53100", "25006", "42501"
#: What a standby says to a transaction that asks to write.
_RECOVERING = "during recovery"
#: The beginnings of codes: connection trouble, operator intervention (a restart), too many connections.
_GONE = ("08", "57P", "533")

#: How a connection is refused before there are codes, and what helps.
_REFUSALS = (
    ("password authentication failed", "The server refused the password. Check the user and password in `store`."),
    ("no password supplied", "The server asks for a password. Name one in `store` through ${NAME} or file:PATH."),
    ('role "', "The server does not know this user. Check the user in `store`, or create the role."),
    ('database "', "The server has no database of this name. Create it, or correct `store`."),
    ("resolve", "The host's name is not known. Check the host in `store`."),
    ("name or service", "The host's name is not known. Check the host in `store`."),
)


def explain(error: DBAPIError | sqlite3.Error, place: str) -> StoreError:
    """Return the error of ours that says what happened to the store at ``place``, and how to mend it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_file(cause, place)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return _of_server(cause, place, lost=lost)


def is_locked(error: sqlite3.Error) -> bool:
    """Say whether the only trouble is that another program is writing."""
    return _code(error) in _LOCKED


def damaged(place: str) -> StoreCorrupt:
    """Return the error for a database that is no store of ours, or not any more."""
    return StoreCorrupt(
        f"{place} is damaged or is not a store of pmbridge. Restore it from a backup, or move it away and run "
        "`pmbridge sync` to read everything anew."
    )


def _of_file(cause: sqlite3.Error, place: str) -> StoreError:
    code = _code(cause)
    if code in _LOCKED:
        return _busy(place)
    if code in _DAMAGED:
        return damaged(place)
    if code in _UNWRITABLE:
        return StoreError(
            f"{place} cannot be opened for writing. Check the rights of the file and of its folder, "
            "or change `store` in the configuration."
        )
    if code == sqlite3.SQLITE_FULL:
        return _full(place)
    return _refused(place, cause)


def _of_server(cause: BaseException | None, place: str, *, lost: bool) -> StoreError:
    state = getattr(cause, "sqlstate", None)
    if state in _CONTENDED:
        return _busy(place)
    if state == _FULL:
        return _full(place)
    if state == _READ_ONLY or _RECOVERING in str(cause):
        return StoreError(f"{place} takes no writes: it is read-only, a standby perhaps. Point `store` at the primary.")
    if state == _DENIED:
        return StoreError(f"The user of `store` lacks a right in {place}: {_first_line(cause)}.")
    if lost or (state is not None and state.startswith(_GONE)):
        return StoreUnavailable(
            f"The connection to {place} was lost; what was not committed is not stored. Run again when it is back."
        )
    return _not_connected(cause, place) if state is None else _refused(place, cause)


def _not_connected(cause: BaseException | None, place: str) -> StoreError:
    told = str(cause).lower()
    if "connection" not in told and "timeout" not in told and "resolve" not in told:
        return _refused(place, cause)
    if "fatal:" in told or "resolve" in told or "name or service" in told or "supplied" in told:
        for sign, cure in _REFUSALS:
            if sign in told.rpartition("fatal:")[2]:
                return StoreUnavailable(f"{place} cannot be opened. {cure}")
    return StoreUnavailable(f"{place} cannot be reached. Is the server running, and is `store` its address?")


def _busy(place: str) -> StoreLocked:
    return StoreLocked(f"Another program is writing to {place}. Wait until it has finished, then try again.")


def _full(place: str) -> StoreError:
    return StoreError(f"There is no space left to write {place}. Free some and try again.")


def _refused(place: str, cause: BaseException | None) -> StoreError:
    return StoreError(f"The store {place} refused: {_first_line(cause)}.")


def _first_line(cause: BaseException | None) -> str:
    return str(cause).strip().partition("\n")[0].rstrip(".")


def _code(error: BaseException | None) -> int:
    """Return SQLite's primary code, without the extension that the driver reports along."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
