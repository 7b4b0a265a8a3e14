"""Instants as whole UTC microseconds since 1970, as the store and arrays hold them.

An integer sorts and compares alike in every database and array, keeps the microsecond, and has no zone to lose.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the UTC instant that `to_micros` was given."""
    return EPOCH + timedelta(0, 0, micros)


def to_micros_or_none(instant: datetime | None) -> int | None:
    """Return `to_micros`, and ``None`` for an absent instant."""
    return None if instant is None else to_micros(instant)


def from_micros_or_none(micros: int | None) -> datetime | None:
    """Return `from_micros`, and ``None`` for an absent instant."""
    return None if micros is None else from_micros(micros)
